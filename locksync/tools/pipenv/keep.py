"""The commands after which a lock file of pipenv gives what somebody wrote into its export."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from locksync.documents import Table
from locksync.findings import At, Place, Repair
from locksync.model import Difference
from locksync.tools.pipenv.manifest import parse_pipfile
from locksync.tools.shared.keeping import Declared, kept
from locksync.tools.shared.project import Project

SECTIONS = {"packages": "", "dev-packages": "dev"}


def keep(project: Project, difference: Difference) -> Repair | None:
    """The commands. None: there are none that do it."""
    manifest = project.manifest_path
    found = kept(difference, _declared(parse_pipfile(project.tree.read(manifest) or b"", manifest)))
    if found is None:
        return None
    upgrade = (At("PIPENV_PIPFILE", Place(manifest), is_variable=True), "pipenv", "upgrade")
    steps: list[tuple[str | At, ...]] = []
    writes: tuple[str, ...] = (project.lock_path,)
    if found.moved:
        pins = (f"{name}=={version}" for name, version in found.moved.items())
        steps.append((*upgrade, "--lock-only", *pins))
    for group, requirements in found.added.items():
        options = ("--dev",) if group else ()
        # It writes the Pipfile and the lock file, and installs nothing.
        steps.append((*upgrade, *options, *requirements))
        writes = (project.lock_path, manifest)
    return Repair(tuple(steps), writes=writes)


def _declared(pipfile: Table) -> Iterator[tuple[str, Declared]]:
    for section, group in SECTIONS.items():
        for name, value in pipfile.table(section).values.items():
            text = value.get("version", "*") if isinstance(value, dict) else value
            if isinstance(text, str):
                yield name, Declared(group, partial(_allows, text))


def _allows(text: str, version: str) -> bool:
    try:
        return SpecifierSet("" if text == "*" else text).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True
