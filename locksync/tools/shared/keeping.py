"""What to do with a lock file so that an edit of its output is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from locksync.documents import MalformedError, Table
from locksync.model import Difference
from locksync.requirements.names import canonicalize_name


class Declared(NamedTuple):
    """A requirement of a manifest."""

    group: str
    """The dependency group; "" for the project's own dependencies."""
    allows: Callable[[str], bool]
    """Whether it allows a version."""


class Kept(NamedTuple):
    """What has to happen so that an output file is right as it was edited."""

    moved: Mapping[str, str]
    """Packages that the manifest lets the lock file bring to their version."""
    added: Mapping[str, tuple[str, ...]]
    """Requirements that the manifest lacks, by dependency group."""


def kept(difference: Difference, declared: Iterable[tuple[str, Declared]]) -> Kept | None:
    """What has to happen. None: no command does it.

    The difference is what the export would make of the file: it would take back what was raised
    by hand, and take out what was put in by hand.
    """
    known: dict[str, list[Declared]] = {}
    for name, one in declared:
        known.setdefault(canonicalize_name(name), []).append(one)
    moved: dict[str, str] = {}
    added: dict[str, list[str]] = {}
    for name, version, is_newer in _edited(difference):
        places = known.get(name, [])
        if is_newer and all(place.allows(version) for place in places):
            moved[name] = version
            continue
        for group in sorted({place.group for place in places} or {""}):
            added.setdefault(group, []).append(f"{name}=={version}")
    if difference.added or not (moved or added):
        return None  # What was taken out by hand may be what another package needs.
    return Kept(moved, {group: tuple(names) for group, names in added.items()})


def _edited(difference: Difference) -> Iterator[tuple[str, str, bool]]:
    """The pins that somebody has changed or added, and whether they are newer than the locked."""
    for pin in difference.changed:
        if _is_version(pin.before) and _is_version(pin.after):
            yield pin.name, pin.before, Version(pin.before) > Version(pin.after)
    for added in difference.removed:
        if _is_version(added.version):
            yield added.name, added.version, False


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def standard(document: Table) -> Iterator[tuple[str, Declared]]:
    """The requirements of `[project]` and `[dependency-groups]` in a pyproject.toml."""
    project = document.table("project")
    for text in _texts(project, "dependencies"):
        yield from _declared(text, "")
    groups = document.table("dependency-groups")
    for group in groups.values:
        for text in _texts(groups, group):
            yield from _declared(text, group)


def _texts(table: Table, key: str) -> list[str]:
    try:
        return [item for item in table.array(key) if isinstance(item, str)]
    except MalformedError:
        return []


def _declared(text: str, group: str) -> Iterator[tuple[str, Declared]]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return
    specifier = requirement.specifier
    yield requirement.name, Declared(group, lambda it: specifier.contains(it, prereleases=True))
