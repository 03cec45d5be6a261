"""A pylock.toml read into requirements, and how two of them differ in meaning.

The format: PEP 751, kept as the "pylock.toml Specification" among those of the Python Packaging
Authority, lock-version 1.0. The reader takes what tools write, which is less strict than the
specification and `packaging.pylock`: pipenv leaves out files that it has not found, and PDM writes
an empty `requires-python`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import FindingError
from locksync.model import Difference
from locksync.requirements.comparison import compare_parsed
from locksync.requirements.markers import holds_alike
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import Requirement, RequirementsFile

SETS = ("extras", "dependency-groups", "default-groups")
EDITABLE = "--editable"
DIRECT = ("vcs", "archive", "directory")


class Pylock(NamedTuple):
    """What an installer reads from a pylock.toml, but for what only an index knows."""

    packages: tuple[Requirement, ...]
    """An index, the Python versions of a package and the like are options of it."""
    names: Mapping[str, str] = {}
    """The names of files, by their hashes, where they are known."""
    options: tuple[str, ...] = ()
    """What holds for all of the file: Python versions, extras, groups."""
    environments: tuple[str, ...] = ()
    creator: str = ""


class Source(NamedTuple):
    """Where a package comes from, if from no index."""

    url: str
    """Of a repository, an archive or a directory, or the path of one."""
    revision: str = ""
    """The branch or tag that was asked for."""
    editable: bool = False


def parse_pylock(content: bytes, path: str) -> Pylock:
    """Read the content of a pylock.toml. Raises FindingError for one that is malformed."""
    document = parse_toml(content, path)
    with blaming(path):
        packages = tuple(document.tables("packages"))
        return Pylock(
            packages=tuple(map(_package, packages)),
            names={
                digest: file.string("name")
                for package in packages
                for file in _files(package)
                if "name" in file
                for digest in _hashes(file)
            },
            options=tuple(_options(document)),
            environments=document.strings("environments"),
            creator=document.string("created-by", ""),
        )


def requirement(
    name: str,
    version: str = "",
    *,
    marker: str = "",
    source: Source | None = None,
    hashes: frozenset[str] = frozenset(),
    index: str = "",
    python: str = "",
) -> Requirement:
    """What a package of a pylock.toml would be as a line of a requirements file."""
    options = {EDITABLE} if source and source.editable else set()
    if index:
        options.add(f"index {index.rstrip('/')}")
    if python := spelt(python):
        options.add(f"requires-python {python}")
    if source and source.revision:
        options.add(f"requested-revision {source.revision}")
    if source and version:
        options.add(f"version {version}")
    return Requirement(
        name=canonicalize_name(name),
        extras=frozenset(),
        specifier=SpecifierSet() if source else _exactly(version),
        url=source.url if source else "",
        marker=_marker(marker),
        hashes=hashes,
        options=frozenset(options),
    )


def for_all(python: str = "", **sets: Iterable[str]) -> tuple[str, ...]:
    """The options of a pylock.toml: its Python versions, its extras and groups by their keys."""
    found = [f"requires-python {text}"] if (text := spelt(python)) else []
    for key in SETS:
        if names := sorted(sets.get(key.replace("-", "_"), ())):
            found.append(f"{key} {', '.join(names)}")
    return tuple(found)


def compare_pylocks(found: Pylock, expected: Pylock, *, python: str = "") -> Difference:
    """The difference that makes `expected` of `found`; an empty one where both mean the same.

    What only an index knows does not count: the URLs of files, their sizes, their times. `python`
    is as in `locksync.requirements.comparison.compare`.
    """
    difference = compare_parsed(
        RequirementsFile(found.packages, found.options),
        RequirementsFile(expected.packages, expected.options),
        python=python,
    )
    further = [*_environments(found, expected), *_renamed(found, expected)]
    if found.creator != expected.creator:
        further.append(f"created-by {found.creator or 'none'} -> {expected.creator}")
    return difference._replace(details=(*difference.details, *further))


def compare_contents(current: bytes, expected: bytes, path: str, python: str = "") -> Difference:
    """The difference between the contents of two files, as `compare_pylocks` tells it."""
    try:
        before, after = parse_pylock(current, path), parse_pylock(expected, path)
    except FindingError as error:
        return Difference(details=(error.finding.message,))
    return compare_pylocks(before, after, python=python)


def is_of(file: str, package: Requirement) -> bool:
    """Whether a file has the name of a wheel or source distribution of a package's version."""
    from packaging.utils import parse_sdist_filename, parse_wheel_filename

    try:
        if file.endswith(".whl"):
            name, version, *_ = parse_wheel_filename(file)
        else:
            name, version = parse_sdist_filename(file)
    except ValueError:
        return False
    return name == package.name and package.specifier.contains(version, prereleases=True)


def path_to(path: str) -> str:
    """A path as it is compared: without the dots that tools may put before it."""
    return posixpath.normpath(path)


def spelt(python: str) -> str:
    """Python versions in one spelling."""
    try:
        return str(SpecifierSet(python))
    except InvalidSpecifier:
        return python


def _environments(found: Pylock, expected: Pylock) -> Iterator[str]:
    before, after = (
        " or ".join(f"({one})" for one in side.environments) for side in (found, expected)
    )
    if bool(before) != bool(after) or holds_alike(before, after) is not True:
        yield f"environments {before or 'none'} -> {after or 'none'}"


def _renamed(found: Pylock, expected: Pylock) -> Iterator[str]:
    for digest, name in found.names.items():
        if (wanted := expected.names.get(digest, name)) != name:
            yield f"the file with {digest} is called {name} -> {wanted}"


def _options(document: Table) -> Iterator[str]:
    sets = {key.replace("-", "_"): document.strings(key) for key in SETS}
    yield from for_all(document.string("requires-python", ""), **sets)
    if (version := document.string("lock-version", "1.0")) != "1.0":
        yield f"lock-version {version}"


def _package(package: Table) -> Requirement:
    return requirement(
        package.string("name"),
        package.string("version", ""),
        marker=package.string("marker", ""),
        source=_source(package),
        hashes=frozenset(digest for file in _files(package) for digest in _hashes(file)),
        index=package.string("index", ""),
        python=package.string("requires-python", ""),
    )


def _source(package: Table) -> Source | None:
    kind = next((kind for kind in DIRECT if kind in package), None)
    if kind is None:
        return None
    table = package.table(kind)
    place = table.string("url", "") or path_to(table.string("path", ""))
    within = table.string("subdirectory", "")
    fragment = f"#subdirectory={within}" if within else ""
    if kind == "vcs":
        place = f"{table.string('type')}+{place}@{table.string('commit-id', '')}"
    editable = kind == "directory" and table.boolean("editable", default=False)
    return Source(place + fragment, table.string("requested-revision", ""), editable)


def _files(package: Table) -> Iterator[Table]:
    yield from package.tables("wheels")
    yield from (package.table(kind) for kind in ("sdist", "archive") if kind in package)


def _hashes(file: Table) -> Iterator[str]:
    hashes = file.table("hashes")
    return (f"{name}:{hashes.string(name)}" for name in hashes.values)


def _exactly(version: str) -> SpecifierSet:
    try:
        return SpecifierSet(f"=={version}" if version else "")
    except InvalidSpecifier:
        return SpecifierSet(f"==={version}")


def _marker(text: str) -> str:
    try:
        return str(Marker(text)) if text else ""
    except (InvalidMarker, RecursionError):
        return text
