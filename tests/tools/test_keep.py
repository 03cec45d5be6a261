"""The commands after which a lock file gives what somebody wrote into its export."""

from __future__ import annotations

import pytest

from locksync.command_line import split_command
from locksync.model import ChangedPin, Difference, Pin
from locksync.reports.pasted import Here, command_line
from locksync.tools.registry import TOOLS, read_export
from tests.support.memory import MemoryTree
from tests.support.projects import UV_PROJECT, pdm_project, pipenv_project, poetry_project

FILES = {
    **poetry_project("poetry"),
    **pipenv_project("pipenv"),
    **pdm_project("pdm"),
    **{f"uv/{path}": text for path, text in UV_PROJECT.items()},
}
OWN_TABLES = """\
[tool.poetry]
name = "app"

[tool.poetry.dependencies]
python = "^3.9"
flask = "^3.0"

[tool.poetry.group.dev.dependencies]
pytest = { version = "^7", extras = ["x"] }
"""
COMMANDS = {
    "poetry": "poetry export -o requirements.txt",
    "pipenv": "pipenv requirements > requirements.txt",
    "pdm": "pdm export -o requirements.txt",
    "uv": "uv export -o requirements.txt",
}
RAISED = Difference(changed=(ChangedPin("flask", "3.1", "3.0.3"),))
LOWERED = Difference(changed=(ChangedPin("flask", "2.0", "3.0.3"),))
PUT_IN = Difference(removed=(Pin("six", "1.16.0"),))
TAKEN_OUT = Difference(added=(Pin("six", "1.16.0"),))
OF_DEV = Difference(changed=(ChangedPin("delta", "2.0", "1.0"),))


@pytest.mark.parametrize(
    ("tool", "difference", "command"),
    [
        ("poetry", RAISED, "poetry update --lock flask"),
        ("poetry", LOWERED, "poetry add --lock flask==2.0"),
        ("poetry", PUT_IN, "poetry add --lock six==1.16.0"),
        ("poetry", TAKEN_OUT, None),
        ("poetry", Difference(details=("six 1: marker none -> x",)), None),
        ("pipenv", RAISED, "pipenv upgrade --lock-only flask==3.1"),
        ("pipenv", PUT_IN, "pipenv upgrade six==1.16.0"),
        ("pdm", RAISED, "pdm update --no-sync flask"),
        ("pdm", LOWERED, "pdm add --no-sync flask==2.0"),
        (
            "pdm",
            Difference(changed=(ChangedPin("click", "9", "8"),)),
            "pdm add --no-sync click==9",
        ),
        ("uv", OF_DEV, "uv lock --upgrade-package delta==2.0"),
        ("uv", PUT_IN, "uv add --no-sync six==1.16.0"),
    ],
)
def test_the_lock_file_is_brought_to_the_edit(
    tool: str, difference: Difference, command: str | None
) -> None:
    export = read_export(split_command(COMMANDS[tool]), tool)
    if tool == "uv":
        export = export._replace(lock="uv/uv.lock")
    repair = TOOLS[export.tool].keep(export, difference, MemoryTree(FILES))
    assert (repair and command_line(repair, Here(tool))) == command


@pytest.mark.parametrize(
    ("pin", "command"),
    [
        (ChangedPin("flask", "3.1", "3.0"), "poetry update --lock flask"),
        (ChangedPin("flask", "4.0", "3.0"), "poetry add --lock flask==4.0"),
        (ChangedPin("pytest", "8.0", "7.0"), "poetry add --lock --group dev pytest==8.0"),
    ],
)
def test_poetrys_own_tables_are_read(pin: ChangedPin, command: str) -> None:
    export = read_export(split_command(COMMANDS["poetry"]), "")
    tree = MemoryTree({"pyproject.toml": OWN_TABLES, "poetry.lock": ""})
    repair = TOOLS["poetry"].keep(export, Difference(changed=(pin,)), tree)
    assert repair
    assert command_line(repair) == command
