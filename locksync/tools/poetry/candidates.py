"""Which `poetry export` commands may have written a requirements file, as its text tells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

from locksync.documents import Table
from locksync.requirements.traces import WORD, Traces
from locksync.tools.poetry.lock import DIRECT_TYPES, lock_version
from locksync.tools.poetry.manifest import Manifest, RefusedError, read_manifest
from locksync.tools.shared.selections import misfit, subsets

if TYPE_CHECKING:
    from poetry.core.packages.dependency import Dependency

MAIN = canonicalize_name("main")
MOST_SELECTIONS = 6
"""How many sets of groups and extras are tried: those whose packages fit best."""
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")

Offers = Mapping[tuple[NormalizedName, str], Collection[NormalizedName]]
"""What an extra of a package brings in."""


class Selection(NamedTuple):
    """A set of dependency groups and extras of a project."""

    groups: tuple[NormalizedName, ...]
    extras: tuple[NormalizedName, ...]


class Brought(NamedTuple):
    """What a lock file says that groups and extras bring in, markers aside."""

    groups: Mapping[NormalizedName, frozenset[NormalizedName]]
    extras: Mapping[NormalizedName, frozenset[NormalizedName]]

    def by(self, selection: Selection) -> frozenset[NormalizedName]:
        """The names of the packages that a selection brings in."""
        names = [self.groups[group] for group in selection.groups]
        if MAIN in selection.groups:
            names += [self.extras[extra] for extra in selection.extras]
        return frozenset().union(*names)


def candidate_arguments(
    lock: Table, document: Table, traces: Traces, root: str
) -> Iterator[tuple[str, ...]]:
    """The arguments that may have been given, without an output file, the likeliest first.

    `root` is the absolute path of the project. Of commands that cannot be told apart by what
    they write, the one with the fewest options comes first, but for groups and extras that the
    name of the file names. Raises ValueError for a lock file or manifest that is malformed.
    """
    try:
        manifest = read_manifest(document)
    except RefusedError:
        yield ()  # It tells why.
        return
    brought = _brought(lock, document, manifest, root)
    for selection in _selections(manifest, brought, traces):
        chosen = _as_arguments(selection, manifest)
        for form in _forms(lock, traces):
            yield (*form, *chosen)


def _brought(lock: Table, document: Table, manifest: Manifest, root: str) -> Brought:
    offered = _offered(lock)
    needed: dict[NormalizedName, set[NormalizedName]] = {}
    groups: dict[NormalizedName, set[NormalizedName]] = {name: set() for name in manifest.groups}
    groups.setdefault(MAIN, set())
    optional: set[NormalizedName] = set()
    for package in lock.tables("package"):
        name = canonicalize_name(package.string("name"))
        needed.setdefault(name, set()).update(_needed(package, offered))
        if package.boolean("optional", default=False):
            optional.add(name)
        for group in map(canonicalize_name, package.strings("groups")):
            if group in groups and not (name in optional and group == MAIN):
                groups[group].add(name)
    if lock_version(lock) != "2.1":
        groups = {
            group: _closure(
                _required(_direct(document, group, manifest, root), offered, optional), needed
            )
            for group in groups
        }
    extras = {canonicalize_name(name): set[NormalizedName]() for name in manifest.extras}
    locked = lock.table("extras")
    for extra in locked.values:
        if canonicalize_name(extra) in extras:
            extras[canonicalize_name(extra)] = _closure(_names(locked.strings(extra)), needed)
    return Brought(
        {name: frozenset(names) for name, names in groups.items()},
        {name: frozenset(names) for name, names in extras.items()},
    )


def _offered(lock: Table) -> Offers:
    """What each extra of each package brings in."""
    return {
        (canonicalize_name(package.string("name")), extra): frozenset(_names(extras.strings(extra)))
        for package in lock.tables("package")
        for extras in [package.table("extras")]
        for extra in extras.values
    }


def _names(requirements: Iterable[str]) -> Iterator[NormalizedName]:
    """The names that texts such as "flask (>=3)" begin with."""
    matches = (NAME.match(text) for text in requirements)
    return (canonicalize_name(match[0]) for match in matches if match)


def _needed(package: Table, offered: Offers) -> Iterator[NormalizedName]:
    """The names of what a package needs without being asked for extras."""
    dependencies = package.table("dependencies")
    for name, value in dependencies.values.items():
        for item in value if isinstance(value, list) else [value]:
            details = Table(item if isinstance(item, dict) else {}, dependencies.at(name))
            if details.boolean("optional", default=False):
                continue
            yield canonicalize_name(name)
            for extra in details.strings("extras"):
                yield from offered.get((canonicalize_name(name), extra), ())


def _direct(
    document: Table, group: NormalizedName, manifest: Manifest, root: str
) -> tuple[Dependency, ...]:
    """What the project itself needs for a group."""
    if group not in manifest.groups:
        return ()
    from locksync.tools.poetry.walk import read_requirements

    return read_requirements(document, [group], manifest.python, root).dependencies


def _required(
    dependencies: Iterable[Dependency], offered: Offers, optional: Collection[NormalizedName]
) -> Iterator[NormalizedName]:
    """The names of what is needed without being asked for extras of the project."""
    for dependency in dependencies:
        if not (dependency.is_optional() and dependency.name in optional):
            yield dependency.name
            for extra in dependency.extras:
                yield from offered.get((dependency.name, extra), ())


def _closure(
    names: Iterable[NormalizedName], needed: Mapping[NormalizedName, Iterable[NormalizedName]]
) -> set[NormalizedName]:
    found: set[NormalizedName] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in needed and name not in found:
            found.add(name)
            waiting.extend(needed[name])
    return found


def _selections(manifest: Manifest, brought: Brought, traces: Traces) -> Sequence[Selection]:
    """The selections whose packages fit the names in the file best."""
    names = frozenset(canonicalize_name(name) for name in traces.names)
    likely = {group for group, found in brought.groups.items() if found <= names}
    likely_extras = {extra for extra, found in brought.extras.items() if found <= names}
    groups = sorted(brought.groups, key=lambda name: (name != MAIN, name))
    found = dict.fromkeys(
        Selection(
            tuple(map(canonicalize_name, chosen)),
            tuple(map(canonicalize_name, extras)) if MAIN in chosen else (),
        )
        for chosen, extras in product(
            subsets(groups, likely), [*subsets(sorted(brought.extras), likely_extras)]
        )
        if chosen
    )
    hints = {part for part in (*groups, *brought.extras) if {*WORD.findall(part)} <= traces.words}

    def unlikeliness(selection: Selection) -> tuple[int, int, int]:
        unheeded = hints - {*selection.groups, *selection.extras}
        options = sum(word.startswith("-") for word in _as_arguments(selection, manifest))
        return misfit(brought.by(selection), names), len(unheeded), options

    best = sorted(found, key=unlikeliness)[:MOST_SELECTIONS]
    least, _, _ = unlikeliness(best[0])
    return [one for one in best if unlikeliness(one)[0] <= 2 * least]


def _as_arguments(selection: Selection, manifest: Manifest) -> tuple[str, ...]:
    others = [group for group in selection.groups if group != MAIN]
    words: tuple[str, ...] = ()
    if MAIN not in selection.groups:
        words = ("--only", ",".join(others))
    elif len(others) > 1 and manifest.groups <= {*selection.groups}:
        words = ("--all-groups",)
    elif others:
        words = ("--with", ",".join(others))
    if len(selection.extras) > 1 and len(selection.extras) == len(manifest.extras):
        return (*words, "--all-extras")
    return (*words, "--extras", " ".join(selection.extras)) if selection.extras else words


def _forms(lock: Table, traces: Traces) -> Iterator[tuple[str, ...]]:
    """The options of how packages are listed, the simplest first."""
    packages = list(lock.tables("package"))
    metadata = lock.table("metadata").values
    has_hashes = bool(metadata.get("files") or metadata.get("hashes")) or any(
        package.values.get("files") for package in packages
    )
    sources = (package.table("source").values for package in packages)
    has_index = any(source and source.get("type") not in DIRECT_TYPES for source in sources)
    # Constraints lack extras, which only a walk writes, and packages in develop mode.
    is_walked = lock_version(lock) != "2.1"
    is_develop = any(package.values.get("develop") for package in packages)
    formats: list[tuple[str, ...]] = [()]
    if "constraints" in traces.words:
        formats.insert(0, ("-f", "constraints.txt"))
    elif (is_walked or is_develop) and not traces.extras:
        formats.append(("-f", "constraints.txt"))
    hashes = ("--without-hashes",) if has_hashes and not traces.hashes else ()
    urls: list[tuple[str, ...]] = [()]
    if has_index and not traces.indexes:
        urls.append(("--without-urls",))
    for form, indexes in product(formats, urls):
        yield (*form, *hashes, *indexes)
