"""The files of a project, beside its lock file, that decide on an export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from locksync.documents import blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.repository.paths import join
from locksync.tools.pdm.lock import LocalProject
from locksync.tools.pdm.manifest import Manifest
from locksync.tools.pdm.options import MANIFEST
from locksync.tools.pdm.workspace import refuse_member
from locksync.tools.shared.arguments import unsupported
from locksync.tools.shared.project import Project

SETTINGS = ("pdm.toml", ".pdm.toml")
"""Files in which a project can override the settings of its users."""
DECIDING = ("lock", "pypi")
"""Their tables that change an export."""
BUILD_FILES = ("setup.py", "setup.cfg")


def read_manifest(project: Project) -> Manifest:
    """The project's pyproject.toml. Raises FindingError if PDM would export another project."""
    path = project.manifest_path
    content = project.tree.read(path)
    if content is None:
        message = f"there is no {path}, so PDM exports another project"
        raise FindingError(Finding(Code.REFUSED, message, path))
    document = parse_toml(content, path)
    with blaming(path):
        manifest = Manifest(document)
    refuse_member(project)
    return manifest


def settings(project: Project) -> Iterator[str]:
    """The paths of the settings in the repository that change an export."""
    for file in SETTINGS:
        path = join(project.directory, file)
        content = project.tree.read(path)
        if content and any(key in parse_toml(content, path) for key in DECIDING):
            yield path


def local_project(project: Project, path: str) -> LocalProject:
    """The project in a directory or file that the lock file names by a relative path."""
    try:
        place = join(project.directory, path)
    except ValueError as error:
        reason = f"{project.lock_path} names a path outside the repository"
        raise unsupported(project.export, reason) from error
    untold = unsupported(project.export, f"only PDM itself can tell the name of what is in {place}")
    if any(project.tree.exists(join(place, file)) for file in BUILD_FILES):
        raise untold
    url = PurePath(project.tree.absolute(project.directory), path).as_uri()
    content = project.tree.read(join(place, MANIFEST))
    if content is None:
        return LocalProject(None, url)
    document = parse_toml(content, join(place, MANIFEST))
    if "project" not in document:
        raise untold
    with blaming(join(place, MANIFEST)):
        return LocalProject(document.table("project").line("name", "") or None, url)
