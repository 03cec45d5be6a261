"""Whether what the root alone may declare is what the lock file records."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.comparison.groups import check_default_groups, check_groups
from locksync.tools.uv_export.manifest import groups_of

RECORDED = {
    "constraint-dependencies": "constraints",
    "override-dependencies": "overrides",
    "build-constraint-dependencies": "build-constraints",
}
"""Settings, each with its name in the lock file."""


def check_constraints(facts: Facts) -> Iterator[str]:
    """Compare constraints, overrides and exclusions."""
    root = facts.workspace.root
    lowering = facts.lowering(root)
    for setting, locked in RECORDED.items():
        expected = [
            requirement for text in root.uv.strings(setting) for requirement in lowering.lower(text)
        ]
        if setting != "build-constraint-dependencies":
            # A new constraint on a package that is not locked changes nothing.
            entries = facts.manifest.tables(locked)
            known = facts.lock.names.union(entry.string("name") for entry in entries)
            expected = [found for found in expected if found.name in known]
        if not facts.are_same(expected, facts.manifest.tables(locked)):
            yield facts.of_root(f"the {setting} have changed")
    excluded = {canonicalize_name(name) for name in root.uv.strings("exclude-dependencies")}
    if excluded & facts.lock.names:
        yield facts.of_root("the exclude-dependencies have changed")


def check_root_groups(facts: Facts) -> Iterator[str]:
    """Compare the dependency groups of a root without a project."""
    root = facts.workspace.root
    locked = facts.manifest.table("dependency-groups")
    groups = {} if root.has_project else groups_of(root)
    yield from check_groups(facts, root, groups, locked, empty=False)
    if not root.has_project:
        yield from check_default_groups(facts, root, facts.manifest)
