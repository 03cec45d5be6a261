"""The commands after which a lock file of PDM gives what somebody wrote into its export."""

from __future__ import annotations

from locksync.documents import parse_toml
from locksync.findings import At, Repair
from locksync.model import Difference
from locksync.tools.pdm.options import command
from locksync.tools.shared.keeping import Declared, kept, standard
from locksync.tools.shared.project import Project


def keep(project: Project, difference: Difference) -> Repair | None:
    """The commands. None: there are none that do it."""
    manifest = project.manifest_path
    declared = dict(standard(parse_toml(project.tree.read(manifest) or b"", manifest)))
    found = kept(difference, declared.items())
    if found is None:
        return None
    steps: list[tuple[str | At, ...]] = []
    writes: tuple[str, ...] = (project.lock_path,)
    added = {group: list(requirements) for group, requirements in found.added.items()}
    for name, version in found.moved.items():
        if name in declared:
            steps += _command(project, "update", declared[name], name).steps
        else:  # PDM updates only what the project itself asks for.
            added.setdefault("", []).append(f"{name}=={version}")
    for group, requirements in added.items():
        place = Declared(group, lambda _: True)
        steps += _command(project, "add", place, *requirements).steps
        writes = (project.lock_path, manifest)
    return Repair(tuple(steps), writes=writes)


def _command(project: Project, subcommand: str, place: Declared, *words: str) -> Repair:
    group = ("-dG", place.group) if place.group else ()
    return command(project.export, subcommand, "--no-sync", *group, *words)
