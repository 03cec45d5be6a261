"""What a command asks of a project: its requirements, with those of the wanted extras."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.requirements.names import canonicalize_name
from locksync.tools.compiled.manifest import Input, Metadata, UnprovableError, Wanted

MOST_WAYS = 1000
"""In how many ways a project may ask for its own extras."""
EXTRA_MARKER = re.compile(r"""\bextra *(==|!=) *["']([^"']*)["']""")
TRUE, FALSE = 'python_version >= "2"', 'python_version < "2"'
Markers = tuple[str, ...]
"""All of them have to hold."""
EVERYWHERE: frozenset[str] = frozenset()


def select(metadata: Metadata, wanted: Wanted, file: str) -> list[Input]:
    """What a command asks of a project. Raises FindingError and UnprovableError."""
    names = _selected_extras(metadata, wanted, file)
    items: list[tuple[Input, Markers]] = [(_under(item), ()) for item in metadata.requirements]
    own = len(items)
    items.extend((item, ()) for name in names for item in _asked_by(metadata, name))
    seen: set[tuple[str, frozenset[str]]] = {(name, EVERYWHERE) for name in names}
    found = []
    for number, (item, where) in enumerate(items):  # It grows by what its own extras ask for.
        markers = _joined(where, item.requirement.marker)
        if not metadata.name or item.requirement.name != metadata.name or item.requirement.url:
            found.append(_where(markers, item))
            continue
        if not wanted.expands_itself:
            if number >= own:  # pip-tools has pip build the project for it.
                place = paths.relative(paths.parent(file), wanted.directory)
                found.append(item._replace(requirement=item.requirement._replace(url=place)))
                continue
            raise UnprovableError(f"{file} asks for extras of itself")
        for extra in metadata.extras:
            ways = {(extra, frozenset(markers)), (extra, EVERYWHERE)}
            if canonicalize_name(extra) in item.requirement.extras and ways.isdisjoint(seen):
                seen.add((extra, frozenset(markers)))
                items.extend((asked, markers) for asked in _asked_by(metadata, extra))
        if len(seen) > MOST_WAYS:
            raise UnprovableError(f"{file} asks for extras of itself in too many ways")
    return found


def _asked_by(metadata: Metadata, extra: str) -> Iterator[Input]:
    """What an extra asks for: its own list, and what names it in a marker."""
    yield from metadata.extras[extra]
    for item in metadata.requirements:
        if EXTRA_MARKER.search(item.requirement.marker):
            yield _under(item, canonicalize_name(extra))


def _under(item: Input, extra: str = "") -> Input:
    """A requirement with what its marker says of extras decided for one of them, or for none."""
    marker = item.requirement.marker
    if "extra" not in marker:
        return item

    def decided(match: re.Match[str]) -> str:
        is_same = canonicalize_name(match[2]) == extra
        return TRUE if is_same == (match[1] == "==") else FALSE

    return _where((EXTRA_MARKER.sub(decided, marker),), item)


def _joined(markers: Markers, marker: str) -> Markers:
    return markers if not marker or marker in markers else (*markers, marker)


def _where(markers: Markers, item: Input) -> Input:
    marker = " and ".join(f"({one})" for one in markers) if len(markers) > 1 else "".join(markers)
    return item._replace(requirement=item.requirement._replace(marker=marker))


def _selected_extras(metadata: Metadata, wanted: Wanted, file: str) -> list[str]:
    if wanted.all_extras:
        return list(metadata.extras)
    normalized = {canonicalize_name(name): name for name in metadata.extras}
    missing = sorted(extra for extra in wanted.extras if canonicalize_name(extra) not in normalized)
    if missing:
        message = f"{file} has no extra {', '.join(missing)}"
        raise FindingError(Finding(Code.REFUSED, message, file))
    return [normalized[canonicalize_name(extra)] for extra in sorted(wanted.extras)]
