"""Whether what the root alone may declare is what the lock file records.

As of uv 0.13.9: `ManifestFilter` in crates/uv-lock/src/lock/inputs.rs. What concerns a package
that is neither locked nor recorded changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name, canonicalize_version

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.comparison.groups import check_default_groups, check_groups
from locksync.tools.uv_export.lowering import Lowering
from locksync.tools.uv_export.manifest import groups_of
from locksync.tools.uv_export.markers import can_hold
from locksync.tools.uv_export.requirements import LockedRequirement, are_same, from_lock

Scope = tuple[str, str]
"""A package and its version, "" for all; both "" for whatever no scope names."""
EVERYWHERE: Scope = ("", "")
CONSTRAINTS = "constraint-dependencies"
Scoped = Mapping[Scope, Sequence[LockedRequirement]]


def check_constraints(facts: Facts) -> Iterator[str]:
    """Compare constraints."""
    root, locked = facts.workspace.root, list(facts.manifest.tables("constraints"))
    lowering = facts.lowering(root)
    known = facts.lock.names.union(entry.string("name") for entry in locked)
    given = [found for text in root.uv.strings(CONSTRAINTS) for found in lowering.lower(text)]
    expected = _restricting((found for found in given if found.name in known), facts)
    actual = _restricting((from_lock(entry, facts.root) for entry in locked), facts)
    if not are_same(expected, actual, facts.pythons):
        yield facts.of_root(f"the {CONSTRAINTS} have changed")


def _restricting(
    constraints: Iterable[LockedRequirement], facts: Facts
) -> Iterator[LockedRequirement]:
    """The constraints that restrict anything, without extras."""
    for constraint in constraints:
        if constraint.source[0] == "registry" and not constraint.asked.specifiers:
            continue
        if can_hold(constraint.condition, facts.pythons):
            yield constraint._replace(asked=constraint.asked._replace(extras=frozenset()))


def check_build_constraints(facts: Facts) -> Iterator[str]:
    """Compare the constraints of builds."""
    setting, root = "build-constraint-dependencies", facts.workspace.root
    lowering = facts.lowering(root)
    expected = [found for text in root.uv.strings(setting) for found in lowering.lower(text)]
    if not facts.are_same(expected, facts.manifest.tables("build-constraints")):
        yield facts.of_root(f"the {setting} have changed")


def check_overrides(facts: Facts) -> Iterator[str]:
    """Compare overrides, also those of single packages."""
    setting, root = "override-dependencies", facts.workspace.root
    lowering = facts.lowering(root)
    actual = _locked_overrides(facts)
    names = {name for name, _ in actual} | facts.lock.names
    named = facts.lock.names | {found.name for found in actual[EVERYWHERE]}
    expected = {
        scope: [found for found in given if scope != EVERYWHERE or found.name in named]
        for scope, given in _given_overrides(root.uv, setting, lowering).items()
        if scope == EVERYWHERE or scope[0] in names
    }
    if expected.keys() != actual.keys() or not all(
        are_same(expected[scope], actual[scope], facts.pythons) for scope in expected
    ):
        yield facts.of_root(f"the {setting} have changed")


def _given_overrides(settings: Table, setting: str, lowering: Lowering) -> Scoped:
    found: dict[Scope, list[LockedRequirement]] = {EVERYWHERE: []}
    for entry in settings.items(setting):
        scope = EVERYWHERE if isinstance(entry, str) else _scope(entry)
        texts = (entry,) if isinstance(entry, str) else entry.strings("dependencies")
        lowered = [one for text in texts for one in lowering.lower(text)]
        found.setdefault(scope, []).extend(lowered)
    return found


def _locked_overrides(facts: Facts) -> Scoped:
    found: dict[Scope, list[LockedRequirement]] = {EVERYWHERE: []}
    for entry in facts.manifest.tables("overrides"):
        if "package" in entry:
            items, scope = entry.tables("dependencies"), _scope(entry)
        else:
            items, scope = iter((entry,)), EVERYWHERE
        found.setdefault(scope, []).extend(from_lock(item, facts.root) for item in items)
    return found


def _scope(entry: Table) -> Scope:
    package = entry.table("package")
    name = canonicalize_name(package.string("name"))
    return name, canonicalize_version(package.string("version", ""))


def check_exclusions(facts: Facts) -> Iterator[str]:
    """Compare the packages that are left out, also of single packages."""
    setting = "exclude-dependencies"
    actual = _exclusions(facts.manifest, "excludes")
    names = facts.lock.names | {name for name, _ in actual}
    named = facts.lock.names | actual[EVERYWHERE]
    expected = {
        scope: names_left_out & named if scope == EVERYWHERE else names_left_out
        for scope, names_left_out in _exclusions(facts.workspace.root.uv, setting).items()
        if scope == EVERYWHERE or scope[0] in names
    }
    if expected != actual:
        yield facts.of_root(f"the {setting} have changed")


def _exclusions(table: Table, key: str) -> Mapping[Scope, frozenset[str]]:
    found: dict[Scope, frozenset[str]] = {EVERYWHERE: frozenset()}
    for entry in table.items(key):
        scope = EVERYWHERE if isinstance(entry, str) else _scope(entry)
        names = (entry,) if isinstance(entry, str) else entry.strings("dependencies")
        found[scope] = found.get(scope, frozenset()).union(map(canonicalize_name, names))
    return found


def check_root_groups(facts: Facts) -> Iterator[str]:
    """Compare the dependency groups of a root without a project."""
    root = facts.workspace.root
    if facts.manifest.array("requirements"):
        # uv recorded the groups there until 0.5.
        yield facts.of_root("the dependency groups are recorded in another place")
    locked = facts.manifest.table("dependency-groups")
    groups = {} if root.has_project else groups_of(root)
    yield from check_groups(facts, root, groups, locked, empty=False)
    if not root.has_project:
        yield from check_default_groups(facts, root, facts.manifest)
