"""Whether dependency groups are what the lock file records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts, of
from locksync.tools.uv_export.manifest import Manifest


def check_groups(
    facts: Facts,
    manifest: Manifest,
    groups: Mapping[str, Sequence[str]],
    locked: Table,
    *,
    empty: bool,
) -> Iterator[str]:
    """Compare the groups and their requirements. `empty`: whether empty groups count."""
    lowering = facts.lowering(manifest)
    names = {name for name, texts in groups.items() if texts or empty}
    if names != {name for name, value in locked.values.items() if value or empty}:
        yield of(manifest, "the dependency groups have changed")
        return
    for name in sorted(names):
        expected = [found for text in groups[name] for found in lowering.lower(text, group=name)]
        if not facts.are_same(expected, locked.tables(name)):
            yield of(manifest, f"the dependency group {name} has changed")


def check_default_groups(facts: Facts, manifest: Manifest, locked: Table) -> Iterator[str]:
    """Compare the groups that uv installs by default."""
    if facts.has_default_groups and _default_groups(manifest.uv) != _default_groups(locked):
        yield of(manifest, "the default groups have changed")


def _default_groups(table: Table) -> frozenset[str]:
    if "default-groups" not in table:
        return frozenset(("dev",))
    if table.values["default-groups"] == "all":
        return frozenset(("all",))
    return frozenset(map(canonicalize_name, table.strings("default-groups")))
