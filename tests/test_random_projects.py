"""Projects made at random: what we render is what the real tool writes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from locksync.command_line import Command
from locksync.findings import FindingError
from locksync.tools.registry import TOOLS, read_export
from tests.support import real_tools
from tests.support.memory import MemoryTree
from tests.support.projects import RandomProject
from tests.support.random_pdm_projects import random_pdm_project
from tests.support.random_pipenv_projects import random_pipenv_project
from tests.support.random_poetry_projects import random_poetry_project

pytestmark = pytest.mark.real
SCRIPT = Path(__file__).parent / "support/export_projects.py"


@pytest.mark.parametrize(
    ("tool", "make"),
    [
        pytest.param("poetry", partial(random_poetry_project, walked=False), id="poetry-lock-2.1"),
        pytest.param("poetry", partial(random_poetry_project, walked=True), id="poetry-lock-2.0"),
        pytest.param("pipenv", random_pipenv_project, id="pipenv"),
        pytest.param("pdm", random_pdm_project, id="pdm"),
    ],
)
def test_random_projects_have_the_same_export(
    tool: str,
    make: Callable[[Random], RandomProject],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    count = 1000 if request.config.getoption("--exhaustive") else 60
    projects = {tmp_path / str(number): make(Random(number)) for number in range(count)}
    for directory, project in projects.items():
        for name, content in project.files.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(content)
        (directory / "command.json").write_text(json.dumps(project.command))
    python = real_tools.program(tool).with_name("python")
    subprocess.run(
        [str(python), str(SCRIPT), tool, *map(str, projects)],
        check=True,
        capture_output=True,
        env=real_tools.clean_environment(),
    )
    written = 0
    for directory, project in projects.items():
        real = directory / "real.txt"
        expected = real.read_text() if real.exists() else None
        assert _rendered(project, directory) == expected, directory
        written += expected is not None
    print(f"{written} of {count} exported, the rest refused by both")
    assert written > count / 3


def _rendered(project: RandomProject, root: Path) -> str | None:
    directories = {path.rpartition("/")[0] or "." for path in project.files}
    tree = MemoryTree(project.files, directories=directories, root=str(root))
    export = read_export(Command(project.command), "")
    try:
        return TOOLS[export.tool].answer(export, tree).text
    except FindingError:
        return None
