"""Extras that name extras of their own project, with what those hold in their place.

As of uv 0.13.9: `FlatRequiresDist` in crates/uv-distribution/src/metadata/requires_dist.rs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from locksync.tools.uv_export.lowering import Lowering, parse_requirement
from locksync.tools.uv_export.manifest import Manifest
from locksync.tools.uv_export.markers import ALWAYS, Condition, parse_condition
from locksync.tools.uv_export.requirements import LockedRequirement

Wanted = tuple[str, Condition]
"""An extra, "" for none, and the condition under which it is wanted."""


def flattened(lowering: Lowering, manifest: Manifest) -> Iterator[LockedRequirement]:
    """The requirements of a project and its extras, without references to itself."""
    given = list(_given(manifest))
    queue = deque((extra, _condition(extra)) for extra in dict(given))
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        wanted, where = queue.popleft()
        if (key := (wanted, where.comparisons)) in seen:
            continue
        seen.add(key)
        for text in (text for extra, text in given if extra == wanted):
            queue.extend(_own_extras(text, manifest.name, where))
            for found in lowering.lower(text, extra=wanted, where=where):
                if found.name != manifest.name:
                    yield found
                elif found.asked.specifiers:
                    yield found._replace(asked=found.asked._replace(extras=frozenset()))


def _condition(extra: str) -> Condition:
    return parse_condition(f'extra == "{extra}"') if extra else ALWAYS


def _own_extras(text: str, name: str, where: Condition) -> Iterator[Wanted]:
    """The extras that a requirement names if it is one of the project itself."""
    requirement = parse_requirement(text)
    if canonicalize_name(requirement.name) == name:
        for extra in sorted(requirement.extras):
            yield canonicalize_name(extra), parse_condition(requirement.marker) & where


def _given(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """The requirements of a project, each with its extra."""
    for text in manifest.project.strings("dependencies"):
        yield "", text
    extras = manifest.project.table("optional-dependencies")
    for extra in extras.values:
        for text in extras.strings(extra):
            yield canonicalize_name(extra), text
