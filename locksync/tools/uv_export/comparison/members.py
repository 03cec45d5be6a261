"""Whether the lock file covers the workspace's members, and their Python versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts, of
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.pythons import bounds, parse_pythons
from locksync.tools.uv_export.workspace import Workspace


def check_python(facts: Facts) -> Iterator[str]:
    """Compare `requires-python` of all members."""
    wanted = []
    for member in facts.workspace.manifests:
        if "dependency-groups" in member.uv:
            raise UndecidableError(f"{member.path} has settings for single groups")
        if "requires-python" in member.project:
            wanted.append(member.project.string("requires-python"))
    if not wanted:
        raise UndecidableError("without requires-python, uv takes the Python that it runs under")
    if bounds(parse_pythons(",".join(wanted))) != bounds(facts.pythons):
        yield facts.of_root("requires-python has changed")


def check_members(facts: Facts) -> Iterator[str]:
    """Compare the members, where they are and how uv installs them."""
    members = facts.workspace.members
    is_alone = facts.workspace.root.has_project and len(members) == 1
    expected = set() if is_alone else set(members)
    if expected != set(facts.manifest.strings("members")):
        yield facts.of_root("the members of the workspace have changed")
    required = _required_members(facts.workspace)
    for name, member in members.items():
        if name not in facts.locals:
            yield of(member, f"the lock file has no {name}")
            return
        kind = "virtual"
        if member.is_package(needs_build_system=name not in required):
            kind = "editable" if required.get(name, True) else "directory"
        if (facts.locals[name].kind, facts.locals[name].directory) != (kind, member.directory):
            yield of(member, f"{name} is now {kind}")


def _required_members(workspace: Workspace) -> Mapping[str, bool]:
    """The members that others name as a source, each with whether it is to be editable."""
    required: dict[str, bool] = {}
    members = workspace.members
    # Of several entries for a member, the last one counts.
    for manifest in (workspace.root, *(members[name] for name in sorted(members))):
        for name, given in manifest.sources().items():
            for source in given if isinstance(given, list) else [given]:
                if isinstance(source, dict) and "workspace" in source and name != manifest.name:
                    required[name] = Table(source).boolean("editable", default=True)
    return required
