"""Projects made at random: what we render is what the real exporter writes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from random import Random

import pytest

from locksync.command import Command
from locksync.export import FindingError
from locksync.tools import TOOLS, read_export
from tests.support import real_tools
from tests.support.memory import MemoryTree
from tests.support.random_projects import random_project

pytestmark = pytest.mark.real
SCRIPT = Path(__file__).parent / "support/export_projects.py"


@pytest.mark.parametrize("walked", [False, True], ids=["lock-2.1", "lock-2.0"])
def test_random_projects_have_the_same_export(
    walked: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    count = 1000 if request.config.getoption("--exhaustive") else 60
    directories = []
    for number in range(count):
        directory = tmp_path / str(number)
        directory.mkdir()
        project = random_project(Random(number), walked=walked)
        (directory / "pyproject.toml").write_text(project.pyproject)
        (directory / "poetry.lock").write_text(project.lock)
        (directory / "arguments.json").write_text(json.dumps(project.arguments))
        directories.append(directory)
    python = real_tools.program("poetry").with_name("python")
    command = [str(python), str(SCRIPT), *map(str, directories)]
    subprocess.run(command, check=True, capture_output=True, env=real_tools.clean_environment())
    written = 0
    for directory in directories:
        real = directory / "real.txt"
        expected = real.read_text() if real.exists() else None
        assert _rendered(directory) == expected, directory
        written += expected is not None
    print(f"{written} of {count} exported, the rest refused by both")
    assert written > count / 3


def _rendered(directory: Path) -> str | None:
    names = ("pyproject.toml", "poetry.lock")
    tree = MemoryTree({name: (directory / name).read_bytes() for name in names})
    arguments = json.loads((directory / "arguments.json").read_text())
    export = read_export(Command(("poetry", "export", *arguments)), "")
    try:
        return TOOLS["poetry"].answer(export, tree).text
    except FindingError:
        return None
