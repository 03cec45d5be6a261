"""Whether dependency groups are what the lock file records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts, of
from locksync.tools.uv_export.errors import RefusedError
from locksync.tools.uv_export.manifest import GroupItem, Manifest, pythons_of_groups
from locksync.tools.uv_export.pythons import bounds, parse_pythons

ALL = frozenset(("all",))


def check_groups(
    facts: Facts,
    manifest: Manifest,
    groups: Mapping[str, Sequence[GroupItem]],
    locked: Table,
    *,
    empty: bool,
) -> Iterator[str]:
    """Compare the groups and their requirements. `empty`: whether empty groups count."""
    lowering = facts.lowering(manifest)
    names = {name for name, items in groups.items() if items or empty}
    if names != {name for name, value in locked.values.items() if value or empty}:
        yield of(manifest, "the dependency groups have changed")
        return
    for name in sorted(names):
        expected = [
            found
            for item in groups[name]
            for found in lowering.lower(item.text, group=name, where=item.condition)
        ]
        if not facts.are_same(expected, locked.tables(name)):
            yield of(manifest, f"the dependency group {name} has changed")


def check_default_groups(facts: Facts, manifest: Manifest, locked: Table) -> Iterator[str]:
    """Compare the groups that uv installs by default, and the Pythons of single groups.

    `locked`: where the lock file records them.
    """
    default = _default_groups(manifest.uv)
    _refuse_unknown_groups(manifest, default)
    if not facts.has_default_groups:
        return
    if default != _default_groups(locked):
        yield of(manifest, "the default groups have changed")
    recorded = locked.table("group-requires-python")
    pythons = {name: recorded.string(name) for name in recorded.values}
    if _bounds(pythons) != _bounds(pythons_of_groups(manifest)):
        yield of(manifest, "requires-python of the dependency groups has changed")


def _refuse_unknown_groups(manifest: Manifest, default: frozenset[str]) -> None:
    """Raise RefusedError for a default group that is not declared."""
    if default == ALL or "default-groups" not in manifest.uv:
        return
    declared = map(canonicalize_name, manifest.document.table("dependency-groups").values)
    if unknown := sorted(default.difference(declared)):
        raise RefusedError(f"the default group {unknown[0]} is not declared")


def _default_groups(table: Table) -> frozenset[str]:
    if "default-groups" not in table:
        return frozenset(("dev",))
    if table.values["default-groups"] == "all":
        return ALL
    return frozenset(map(canonicalize_name, table.strings("default-groups")))


def _bounds(pythons: Mapping[str, str]) -> Mapping[str, object]:
    return {name: bounds(parse_pythons(text)) for name, text in pythons.items() if text}
