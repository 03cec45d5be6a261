"""Running PDM on a copy of a project: it would write to the project itself."""

from __future__ import annotations

from pathlib import PurePath

from locksync.command import Invocation
from locksync.documents import blaming, parse_toml
from locksync.export import Code, Finding, FindingError
from locksync.paths import parent
from locksync.tools.pdm.answering import MANIFEST, Project, untold
from locksync.tools.pdm.options import UNTOLD, read_options

LOCK = "pdm.lock"
ENVIRONMENT = {
    "PDM_CHECK_UPDATE": "0",
    "PDM_USE_VENV": "0",
    **dict.fromkeys(("PDM_LOCKFILE", "PDM_PROJECT", "PDM_PYTHON", "PDM_LOCK_FORMAT")),
}
"""Makes no virtual environment and asks for no update, whatever the user has set."""
OF_THE_MACHINE = ("--no-markers", "-g", "--global")
"""Options with which PDM asks the environment of the project, or leaves it alone."""


def invoke(project: Project, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.Tool.invoke`."""
    export, tree = project.export, project.tree
    arguments = export.arguments
    if UNTOLD in arguments:
        raise _refused(project, untold(export.output))
    if given := [word for word in arguments if word in OF_THE_MACHINE]:
        raise _refused(project, f"with {given[0]}, it depends on the machine where PDM runs")
    manifest = project.read_manifest()
    with blaming(project.manifest_path):
        if manifest.members is not None:
            raise _refused(project, "PDM would need the members of the workspace")
    for path in project.settings():
        raise _refused(project, f"{path} has settings that could have PDM do something else")
    files = {}
    for path, name in ((project.lock_path, LOCK), (project.manifest_path, MANIFEST)):
        files[name] = content = tree.read(path) or b""
        document = parse_toml(content, path)
        if name == LOCK:
            with blaming(path):
                document.refuse_control_characters("summary")
                if any("path" in package for package in document.tables("package")):
                    raise _refused(project, "PDM would need the directories that are installed")
    copy = PurePath(output).with_name("project")
    original = PurePath(tree.absolute(parent(project.manifest_path)))
    is_printed = read_options(arguments).output is None
    places = ("--project", str(copy), "--lockfile", str(copy / LOCK))
    return Invocation(
        arguments=("export", *arguments, *places, *(() if is_printed else ("--output", output))),
        output=output,
        to_stdout=is_printed,
        environment={**ENVIRONMENT, "PDM_CONFIG_FILE": str(copy / "none.toml")},
        directory=str(copy),
        files=files,
        restored=((copy.as_uri(), original.as_uri()),),
    )


def _refused(project: Project, reason: str) -> FindingError:
    output = project.export.output
    message = f"{output} is not regenerated: {reason}"
    return FindingError(Finding(Code.REFUSED, message, output))
