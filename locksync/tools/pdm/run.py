"""Running PDM on copies of a project's files, because it would write to the project itself."""

from __future__ import annotations

from pathlib import PurePath

from locksync.documents import blaming, parse_toml
from locksync.findings import Code
from locksync.model import Invocation
from locksync.tools.pdm.files import read_manifest, settings
from locksync.tools.pdm.manifest import EVERY_COMMAND
from locksync.tools.pdm.options import PYLOCK, Options, read_options
from locksync.tools.shared.project import Project
from locksync.tools.shared.refusals import not_regenerated

ENVIRONMENT = {
    "PDM_CHECK_UPDATE": "0",
    "PDM_USE_VENV": "0",
    **dict.fromkeys(("PDM_LOCKFILE", "PDM_PROJECT", "PDM_PYTHON", "PDM_LOCK_FORMAT")),
}
"""Keeps PDM from making a virtual environment and from asking for updates."""
ASKED = ("--pyproject", "--expandvars")
"""The options for which PDM may be run. Others depend on the environment of the project."""


def invoke(project: Project, output: str) -> Invocation:
    """How to run the command, as `locksync.tools.protocol.Tool.invoke` describes it."""
    options = read_options(project.export.arguments)
    _refuse_options(project, options)
    _refuse_manifest(project)
    _refuse_lock(project)
    # The copies are as far above the output as the repository is above the original.
    place = PurePath(output).parents[project.export.output.count("/")]
    copy = place / project.directory
    original = PurePath(project.tree.absolute(project.directory))
    places = ("--project", str(copy), "--lockfile", str(place / project.lock_path))
    written = ("--output", output) if options.output else ()
    return Invocation(
        arguments=("export", *project.export.arguments, *places, *written),
        output=output,
        to_stdout=not written,
        environment={**ENVIRONMENT, "PDM_CONFIG_FILE": str(copy / "none.toml")},
        copied=(project.lock_path, project.manifest_path),
        restored=((copy.as_uri(), original.as_uri()),),
    )


def _refuse_options(project: Project, options: Options) -> None:
    export = project.export
    for word in options.unsupported:
        if word not in ASKED:
            reason = f"with {word}, it may depend on the machine where PDM runs"
            raise not_regenerated(export, reason, instead=f"Take {word} out of its command")
    if options.format == PYLOCK and options.itself:
        raise not_regenerated(export, "PDM would build the project itself")


def _refuse_manifest(project: Project) -> None:
    export, path = project.export, project.manifest_path
    manifest = read_manifest(project)
    with blaming(path):
        if manifest.runs_at_every_command:
            reason = f"PDM would run the script {EVERY_COMMAND} of {path}"
            raise not_regenerated(export, reason, Code.HOSTILE, path)
        if manifest.members is not None:
            raise not_regenerated(export, "PDM would need the members of the workspace")
    for file in settings(project):
        reason = f"{file} has settings that could have PDM do something else"
        raise not_regenerated(export, reason)


def _refuse_lock(project: Project) -> None:
    document = parse_toml(project.read_lock(), project.lock_path)
    with blaming(project.lock_path):
        document.refuse_control_characters("summary")
        if any("path" in package for package in document.tables("package")):
            reason = "PDM would need the directories that are installed"
            raise not_regenerated(project.export, reason)
