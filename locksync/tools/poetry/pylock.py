"""What `poetry export -f pylock.toml` writes, but for what only an index knows.

Follows poetry-plugin-export 1.10.1, `_export_pylock_toml` in src/poetry_plugin_export/exporter.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from locksync.documents import Table
from locksync.requirements.parsing import Requirement
from locksync.requirements.pylock import Pylock, Source, for_all, path_to, requirement
from locksync.tools.poetry.header import CREATOR, selection
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.select import needed

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

DEFAULT_INDEX = "https://pypi.org/simple"
ANY = "*"
PLAIN_RANGE = re.compile(r"(?:[<>]=?\d+(?:\.\d+)*)(?:,[<>]=?\d+(?:\.\d+)*)?")
SIMPLIFIED = ("extra", "python_full_version")
"""What poetry may simplify in a way that changes when the marker holds."""
ALTERNATIVES = "||"
"""What joins ranges that are no specifier. poetry writes them into a comment."""


class Form(NamedTuple):
    """What the export takes from the lock file, and where its paths begin."""

    groups: frozenset[NormalizedName]
    extras: frozenset[NormalizedName]
    python: str
    absolute: Callable[[str], str]
    """Gives the absolute path, without links, of a path in the lock file."""
    output: str
    """The absolute path of the directory of the output."""


def expected(packages: Iterable[LockedPackage], form: Form) -> Pylock:
    """What the file is to say. Raises ValueError for invalid markers and versions."""
    found = [
        (package, marker)
        for package, markers in needed(packages, form.groups)
        if (marker := _marker(markers, form.extras)) is not None
    ]
    return Pylock(
        packages=tuple(_package(package, marker, form) for package, marker in found),
        names={digest: name for package, _ in found for name, digest in _files(package)},
        options=for_all("" if form.python == ANY else _versions(form.python)),
        environments=tuple(_environments(form.python)),
        creator=CREATOR,
    )


def differing_selections(document: Table, form: Form) -> Iterator[str]:
    """How the groups and extras of a pylock.toml differ from those that are asked for."""
    wanted = {"groups": form.groups, "extras": form.extras}
    for key, names in selection(document).items():
        if names != wanted[key]:
            before, after = (", ".join(sorted(side)) or "none" for side in (names, wanted[key]))
            yield f"{key} {before} -> {after}"


def _package(package: LockedPackage, marker: str, form: Form) -> Requirement:
    source = package.source
    direct = _source(package, form)
    return requirement(
        package.name,
        "" if source.type == "directory" else package.version,
        marker=marker,
        source=direct,
        hashes=frozenset(digest for _, digest in _files(package)),
        index="" if direct else source.url or DEFAULT_INDEX,
        python="" if package.python == ANY else _versions(package.python),
    )


def _source(package: LockedPackage, form: Form) -> Source | None:
    source = package.source
    fragment = f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
    if source.type == "git":
        url = f"git+{source.url}@{source.resolved_reference or ''}"
        return Source(url + fragment, source.reference or "")
    if source.type == "directory":
        return Source(_path(source.url, form), editable=package.develop)
    if source.type == "file":
        return Source(_path(source.url, form) + fragment)
    return Source(source.url + fragment) if source.type == "url" else None


def _path(path: str, form: Form) -> str:
    absolute = PurePath(form.absolute(path))
    if absolute.is_relative_to(form.output):
        return path_to(absolute.relative_to(form.output).as_posix())
    return absolute.as_posix()


def _files(package: LockedPackage) -> Iterator[tuple[str, str]]:
    """The names and hashes of the files that are recorded.

    Of wheels, and of other files, poetry records those that stand together last; of other files
    the very last.
    """
    files = zip(package.files, package.hashes, strict=False)
    if package.source.type in ("git", "directory"):
        return
    if package.source.type in ("file", "url"):
        yield from (("", digest) for _, digest in files)
        return
    last = {is_wheel: [*run] for is_wheel, run in groupby(files, key=_is_wheel)}
    yield from last.get(True, ())
    yield from last.get(False, ())[-1:]


def _is_wheel(file: tuple[str, str]) -> bool:
    return file[0].endswith(".whl")


def _marker(markers: list[str], extras: frozenset[NormalizedName]) -> str | None:
    """The marker of a package, "" if it always holds, None if it is for other extras."""
    text = markers[0] if len({*markers}) == 1 else "extra"
    if not any(word in text for word in SIMPLIFIED):
        return text.removeprefix(ANY)
    from locksync.tools.poetry.markers import wanted_marker

    marker = wanted_marker(markers, extras)
    if marker is None:
        return None
    return "" if marker.is_any() else str(marker)


def _versions(python: str) -> str:
    """Python versions as poetry spells them, "" where it writes them into a comment."""
    if PLAIN_RANGE.fullmatch(python):
        return python
    from poetry.core.constraints.version import parse_marker_version_constraint

    constraint = parse_marker_version_constraint(python)
    text = "" if constraint.is_any() else str(constraint)
    return "" if ALTERNATIVES in text else text


def _environments(python: str) -> Iterator[str]:
    if python != ANY:
        from locksync.tools.poetry.markers import project_marker

        yield str(project_marker(python))
