"""Whether the extras and groups that exclude one another are what the lock file records.

As of uv 0.13.9: `expand_transitive_group_includes` in crates/uv-pypi-types/src/conflicts.rs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.manifest import Manifest

Item = tuple[str, str, str]
"""A package, and the kind and name of what is meant of it."""
MOST_SETS = 2_000


def check_conflicts(facts: Facts) -> Iterator[str]:
    """Compare the extras and groups that exclude one another."""
    root = facts.workspace.root
    given = {
        frozenset(_item(item, member.name) for item in items)
        for member in facts.workspace.manifests
        for items in _sets(member.uv, "conflicts")
    }
    actual = {
        frozenset(_item(item, "") for item in items) for items in _sets(facts.document, "conflicts")
    }
    expected = _with_including(given, root) if root.has_project else given
    if expected != actual:
        yield facts.of_root("the conflicting extras and groups have changed")


def _with_including(given: Iterable[frozenset[Item]], root: Manifest) -> set[frozenset[Item]]:
    """The sets, and those with a group of the root instead of one that it includes."""
    including = _including(root)
    found = set(given)
    queue = list(found)
    while queue:
        items = queue.pop()
        for item in items:
            for other in including.get(item, ()):
                replaced = items - {item} | {other}
                if len(replaced) == len(items) and replaced not in found:
                    found.add(replaced)
                    queue.append(replaced)
        if len(found) > MOST_SETS:
            raise UndecidableError("its sets of conflicting groups are too many to compare")
    return found


def _including(root: Manifest) -> Mapping[Item, set[Item]]:
    """The groups of the root that include another one, by that one."""
    groups = root.document.table("dependency-groups")
    found: dict[Item, set[Item]] = {}
    for name in groups.values:
        for item in groups.items(name):
            if isinstance(item, Table) and "include-group" in item:
                included = canonicalize_name(item.string("include-group"))
                group = (root.name, "group", canonicalize_name(name))
                found.setdefault((root.name, "group", included), set()).add(group)
    return found


def _sets(table: Table, key: str) -> Iterator[list[Table]]:
    for items in table.array(key):
        yield list(Table({"items": items}, table.at(key)).tables("items"))


def _item(item: Table, package: str) -> Item:
    name = canonicalize_name(item.string("package", package))
    kind = next((kind for kind in ("extra", "group") if kind in item), "project")
    return name, kind, canonicalize_name(item.string(kind, ""))
