"""The commands after which a lock file of poetry gives what somebody wrote into its export."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from locksync.documents import Table, parse_toml
from locksync.findings import At, Place, Repair
from locksync.model import Difference
from locksync.tools.shared.keeping import Declared, kept, standard
from locksync.tools.shared.project import Project


def keep(project: Project, difference: Difference) -> Repair | None:
    """The commands. None: there are none that do it."""
    document = parse_toml(project.tree.read(project.manifest_path) or b"", project.manifest_path)
    found = kept(difference, (*standard(document), *_own(document)))
    if found is None:
        return None
    poetry = ("poetry", At("-C", Place(project.directory)))
    steps: list[tuple[str | At, ...]] = []
    writes: tuple[str, ...] = (project.lock_path,)
    if found.moved:
        steps.append((*poetry, "update", "--lock", *found.moved))
    for group, requirements in found.added.items():
        options = ("--group", group) if group else ()
        steps.append((*poetry, "add", "--lock", *options, *requirements))
        writes = (project.lock_path, project.manifest_path)
    return Repair(tuple(steps), writes=writes)


def _own(document: Table) -> Iterator[tuple[str, Declared]]:
    """The requirements in poetry's own tables."""
    own = document.table("tool").table("poetry")
    tables = [("", own.table("dependencies")), ("dev", own.table("dev-dependencies"))]
    groups = own.table("group")
    tables += [(name, groups.table(name).table("dependencies")) for name in groups.values]
    for group, table in tables:
        for name, value in table.values.items():
            text = value.get("version") if isinstance(value, dict) else value
            if isinstance(text, str) and name != "python":
                yield name, Declared(group, partial(_allows, text))


def _allows(constraint: str, version: str) -> bool:
    from poetry.core.constraints.version import Version, parse_constraint

    return parse_constraint(constraint).allows(Version.parse(version))
