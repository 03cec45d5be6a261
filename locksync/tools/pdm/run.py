"""Running PDM on a copy of a project: it would write to the project itself."""

from __future__ import annotations

from pathlib import PurePath

from locksync.documents import blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.model import Invocation
from locksync.repository.paths import parent
from locksync.tools.pdm.answer import Project, untold
from locksync.tools.pdm.manifest import EVERY_COMMAND
from locksync.tools.pdm.options import PYLOCK, UNTOLD, read_options

ENVIRONMENT = {
    "PDM_CHECK_UPDATE": "0",
    "PDM_USE_VENV": "0",
    **dict.fromkeys(("PDM_LOCKFILE", "PDM_PROJECT", "PDM_PYTHON", "PDM_LOCK_FORMAT")),
}
"""Makes no virtual environment and asks for no update, whatever the user has set."""
ASKED = ("--pyproject", "--expandvars")
"""The options for which PDM can be asked. Others depend on the environment of the project."""


def invoke(project: Project, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.Tool.invoke`."""
    export, tree = project.export, project.tree
    options = read_options(export.arguments)
    if UNTOLD in options.unsupported:
        raise _refused(project, untold(export.output))
    for word in options.unsupported:
        if word not in ASKED:
            raise _refused(project, f"with {word}, it may depend on the machine where PDM runs")
    if options.format == PYLOCK and options.itself:
        raise _refused(project, "PDM would build the project itself")
    manifest = project.read_manifest()
    with blaming(project.manifest_path):
        if manifest.runs_at_every_command:
            message = (
                f"{export.output} is not regenerated: PDM would run the script {EVERY_COMMAND} "
                f"of {project.manifest_path}"
            )
            raise FindingError(Finding(Code.HOSTILE, message, project.manifest_path))
        if manifest.members is not None:
            raise _refused(project, "PDM would need the members of the workspace")
    for path in project.settings():
        raise _refused(project, f"{path} has settings that could have PDM do something else")
    document = parse_toml(tree.read(project.lock_path) or b"", project.lock_path)
    with blaming(project.lock_path):
        document.refuse_control_characters("summary")
        if any("path" in package for package in document.tables("package")):
            raise _refused(project, "PDM would need the directories that are installed")
    # The place of the copies is as far above the output as the repository is above the original.
    place = PurePath(output).parents[export.output.count("/")]
    copy = place / parent(project.manifest_path)
    original = PurePath(tree.absolute(parent(project.manifest_path)))
    places = ("--project", str(copy), "--lockfile", str(place / project.lock_path))
    written = ("--output", output) if options.output else ()
    return Invocation(
        arguments=("export", *export.arguments, *places, *written),
        output=output,
        to_stdout=not written,
        environment={**ENVIRONMENT, "PDM_CONFIG_FILE": str(copy / "none.toml")},
        copied=(project.lock_path, project.manifest_path),
        restored=((copy.as_uri(), original.as_uri()),),
    )


def _refused(project: Project, reason: str) -> FindingError:
    output = project.export.output
    message = f"{output} is not regenerated: {reason}"
    return FindingError(Finding(Code.REFUSED, message, output))
