"""Folders of inputs with what the real tool wrote from them and what locksync prints.

`tests/golden/CASE/`: `case.json` tells what it is about, the command, and what wrote `real.txt`;
`project/` holds the inputs; `real.txt` is what the real tool wrote (none where it refuses), with
@ROOT@ for the absolute path of the project; `locksync.txt` is our transcript.
A new folder is a new test: `pytest --renew` asks the real tools, `pytest --rewrite` ourselves.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from locksync.command_line import Command, split_command
from locksync.discovery.survey import find_exports
from locksync.findings import Code, FindingError
from locksync.model import Difference
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check import check
from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree

GOLDEN = Path(__file__).parent / "golden"


class Case(NamedTuple):
    """One folder."""

    folder: Path
    command: Command
    real: str | None

    @property
    def tool(self) -> str:
        return self.command.words[0]


def _case(folder: Path) -> Case:
    real = folder / "real.txt"
    text = real.read_bytes().decode() if real.exists() else None
    return Case(folder, split_command(str(_described(folder)["command"])), text)


def _described(folder: Path) -> dict[str, str | list[str]]:
    described: dict[str, str | list[str]] = json.loads((folder / "case.json").read_text())
    return described


CASES = [_case(path.parent) for path in sorted(GOLDEN.glob("*/case.json"))]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)


def _memory(case: Case, output: str | None = None) -> MemoryTree:
    project = case.folder / "project"
    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file()
    }
    if output is not None:
        files["requirements.txt"] = output.encode()
    directories = {path.rpartition("/")[0] for path in files}
    return MemoryTree(files, directories=directories, root=str(project))


@each_case
def test_writes_the_bytes_of_the_real_tool(case: Case) -> None:
    export = read_export(case.command, "")
    tree = _memory(case)
    try:
        text = TOOLS[case.tool].answer(export, tree).text
    except FindingError:
        text = None
    assert (text and text.replace(Path(tree.root).as_uri(), "file://@ROOT@")) == case.real


@each_case
def test_prints_what_was_reviewed(
    case: Case, repository: GitRepository, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(case.folder / "project", repository.path, dirs_exist_ok=True)
    output = "requirements.txt"
    redirection = f" > {output}" if case.tool == "pipenv" else f" -o {output}"
    command = f"{_described(case.folder)['command']}{redirection}"
    repository.write("locksync.toml", f"exports = [{json.dumps(command)}]\n")
    repository.commit()
    transcript = ""
    for arguments in (["check"], ["fix"], ["check"]):
        run = repository.locksync(*arguments)
        transcript += f"$ locksync {' '.join(arguments)}\n{run.stdout}{run.stderr}exit {run.code}\n"
        repository.git("add", "--all")
    if case.real is not None:
        assert repository.read(output) == case.real.replace("@ROOT@", str(repository.path))
    golden = case.folder / "locksync.txt"
    if request.config.getoption("--rewrite"):
        golden.write_text(transcript, encoding="utf-8")
    assert transcript == golden.read_text(encoding="utf-8")


@pytest.mark.real
@each_case
def test_the_real_tool_still_writes_this(
    case: Case, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = tmp_path / "project"
    shutil.copytree(case.folder / "project", project)
    text = real_tools.written_by(case.tool, [*case.command.words[1:]], project)
    text = text and text.replace(project.resolve().as_uri(), "file://@ROOT@")
    golden = case.folder / "real.txt"
    if request.config.getoption("--renew"):
        golden.unlink(missing_ok=True)
        if text is not None:
            golden.write_bytes(text.encode())
        described = {**_described(case.folder), "written_by": list(real_tools.PINS[case.tool])}
        (case.folder / "case.json").write_text(json.dumps(described, indent=2) + "\n")
    if not real_tools.NEWEST:
        assert _described(case.folder)["written_by"] == list(real_tools.PINS[case.tool])
    assert text == (golden.read_bytes().decode() if golden.exists() else None)


@each_case
def test_what_the_real_tool_wrote_is_found_and_in_step(case: Case) -> None:
    tree = _memory(case)
    assert find_exports(tree).exports == ()
    is_told = "--no-lock" in case.command.words or TOOLS[case.tool].about.writes_header
    if case.real is None or is_told or case.folder.name in OF_NOTHING:
        return
    tree = _memory(case, case.real.replace("@ROOT@", tree.root))
    (export,) = find_exports(tree).exports
    result = check(export, tree)
    assert (export.tool, result.difference) == (case.tool, Difference())
    assert [finding.code for finding in result.findings if finding.code is Code.STALE] == []


OF_NOTHING = ("pipenv-unknown-category",)
"""What holds no requirement fits many commands."""


OF_PDM = [case for case in CASES if case.tool == "pdm" and case.real is not None]


@pytest.mark.parametrize("case", OF_PDM, ids=lambda case: case.folder.name)
def test_what_a_command_of_pdm_wrote_is_explained_and_in_step(case: Case) -> None:
    assert case.real is not None
    root = str(case.folder / "project")
    tree = _memory(case, output=case.real.replace("@ROOT@", root))
    (export,) = find_exports(tree).exports
    result = check(export, tree)
    assert (result.expected, result.difference) == (None, Difference())
