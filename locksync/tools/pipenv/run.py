"""Running `pipenv requirements` and `pipenv pylock`, where nothing in its input could steer it."""

from __future__ import annotations

from locksync.documents import blaming, parse_json
from locksync.model import Invocation
from locksync.tools.pipenv.manifest import parse_pipfile
from locksync.tools.pipenv.options import COMMAND, makes_pylock, reads_no_lock
from locksync.tools.shared.project import Project

ENVIRONMENT = {
    "PIPENV_DONT_LOAD_ENV": "1",
    "PIPENV_IGNORE_VIRTUALENVS": "1",
    "PIPENV_PIPFILE": None,
    "PIPENV_PYPI_MIRROR": None,
}
"""Keeps a .env file and the user's own settings from changing the export."""


def invoke(project: Project, output: str) -> Invocation:
    """How to run the command, as `locksync.tools.protocol.Tool.invoke` describes it."""
    _refuse_control_characters(project)
    if makes_pylock(project.export.arguments):
        # Of two options for the output, the last one counts.
        arguments = (*project.export.arguments, "--output", output)
        return Invocation(arguments, output, environment=ENVIRONMENT)
    arguments = (*COMMAND[1:], *project.export.arguments)
    return Invocation(arguments, output, to_stdout=True, environment=ENVIRONMENT)


def _refuse_control_characters(project: Project) -> None:
    if reads_no_lock(project.export.arguments):
        parse, path = parse_pipfile, project.manifest_path
    else:
        parse, path = parse_json, project.lock_path
    with blaming(path):
        parse(project.tree.read(path) or b"", path).refuse_control_characters()
