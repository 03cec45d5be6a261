"""The tool is the judge: what `fix` and the hooks had it write or leave is fresh from then on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.compiling import OPTIONS, UV, compile_by_hand, with_tools
from tests.support.git import GitRepository

pytestmark = pytest.mark.real

PIP = f"pip-compile {OPTIONS}"
OUTPUT = "requirements.txt"
Edit = Callable[[GitRepository], None]


class Case(NamedTuple):
    """Inputs, the commands that compile them, an edit, and what `fix` then says."""

    files: Mapping[str, str]
    commands: tuple[str, ...]
    edit: Edit
    says: str = "regenerated. Stage "
    exports: tuple[str, ...] = ()
    """The commands of the configuration, where headers do not tell them."""


def _write(**files: str) -> Edit:
    """The edit that writes files, each named without its suffix."""
    names = {"inputs": "requirements.in", "settings": "pyproject.toml"}

    def edit(project: GitRepository) -> None:
        project.write_all({names[name]: content for name, content in files.items()})

    return edit


def _move(pin: str, version: str, inputs: str) -> Edit:
    """The edit that moves a pin of the output by hand, along with the inputs."""

    def edit(project: GitRepository) -> None:
        text = project.read(OUTPUT)
        project.write(OUTPUT, re.sub(rf"(?m)^{pin}==\S+", f"{pin}=={version}", text))
        project.write("requirements.in", inputs)

    return edit


def _conflict(project: GitRepository) -> None:
    text = project.read(OUTPUT)
    conflict = r"<<<<<<< ours\n\g<0>=======\n\g<0>>>>>>>> theirs\n"
    project.write(OUTPUT, re.sub(r"(?m)^gamma==.*\n", conflict, text))


LEAVES = "leaves requirements.txt as it is"
PLAIN = {"requirements.in": "alpha\nbeta<2\n"}
EXTRA = {"requirements.in": "alpha\nzeta\n"}
SETTINGS = {
    "requirements.in": "alpha\n",
    "pyproject.toml": "[tool.pip-tools]\ngenerate-hashes = true\n",
}
PROJECT = {
    "pyproject.toml": '[project]\nname = "own"\nversion = "1"\ndependencies = ["beta"]\n',
    "requirements.in": ".\n",
}
MADE = f"{UV} requirements.in -o requirements.txt"
CASES = {
    "added": Case(PLAIN, (PIP,), _write(inputs="alpha\nbeta<2\ndelta\n")),
    "taken-out": Case(PLAIN, (PIP,), _write(inputs="beta<2\n")),
    "tightened": Case(PLAIN, (PIP,), _write(inputs="alpha\nbeta<1.1\n")),
    "extra": Case(PLAIN, (f"{PIP} --strip-extras",), _write(inputs="alpha[x]\nbeta<2\n")),
    "extra-that-changes-nothing": Case(
        EXTRA, (f"{PIP} --strip-extras",), _write(inputs="alpha[x]\nzeta\n"), LEAVES
    ),
    "hashes-of-before": Case(
        PLAIN, (f"{PIP} --generate-hashes",), _move("beta", "1.0", "beta<2\nalpha\n")
    ),
    "conflict": Case(PLAIN, (PIP,), _conflict),
    "settings": Case(
        SETTINGS, (PIP,), _write(settings="[tool.pip-tools]\ngenerate-hashes = false\n")
    ),
    "settings-that-change-nothing": Case(
        SETTINGS,
        (PIP,),
        _write(settings="[tool.pip-tools]\ngenerate-hashes = true\nverbose = 0\n"),
        LEAVES,
    ),
    "settings-that-show-in-the-header": Case(
        {"requirements.in": "beta<2\n", "pyproject.toml": ""},
        (f"{PIP} --no-annotate",),
        _write(inputs="alpha\n", settings="[tool.pip-tools]\ngenerate-hashes = true\n"),
    ),
    "printed": Case(
        PLAIN,
        (PIP,),
        _write(inputs="alpha\nbeta<2\ndelta\n"),
        exports=(f"{PIP} -o - requirements.in > requirements.txt",),
    ),
    "uv-added": Case(PLAIN, (MADE,), _write(inputs="alpha\nbeta<2\ndelta\n")),
    "uv-tightened": Case(PLAIN, (MADE,), _write(inputs="alpha\nbeta<1.1\n")),
    "uv-extra": Case(PLAIN, (MADE,), _write(inputs="alpha[x]\nbeta<2\n")),
    "uv-extra-that-changes-nothing": Case(
        EXTRA, (MADE,), _write(inputs="alpha[x]\nzeta\n"), LEAVES
    ),
    "uv-marker": Case(
        PLAIN, (f"{MADE} --universal",), _write(inputs="alpha; os_name == 'nt'\nbeta<2\n")
    ),
    "uv-conflict": Case(PLAIN, (MADE,), _conflict),
    "uv-printed": Case(
        PLAIN,
        (MADE,),
        _write(inputs="alpha\nbeta<2\ndelta\n"),
        exports=(f"{UV} requirements.in > requirements.txt",),
    ),
    "uv-project": Case(PROJECT, (MADE,), _write(inputs=".\ndelta\n")),
}


@pytest.fixture
def project(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> GitRepository:
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(tmp_path / "cache"))
    return with_tools(repository, monkeypatch)


@pytest.mark.parametrize("command", ["fix", "hook"])
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_once_the_tool_has_run_a_check_is_fresh(
    case: Case, command: str, project: GitRepository
) -> None:
    project.write_all(case.files)
    for made in case.commands:
        compile_by_hand(project, made)
    if case.exports:
        quoted = ", ".join(f'"{line}"' for line in case.exports)
        project.write("locksync.toml", f"exports = [{quoted}]\n")
    project.commit()
    assert project.locksync("check").code == 0
    case.edit(project)
    assert project.locksync("check").code in (1, 2)
    run = project.locksync(command)
    is_kept = case.says == LEAVES
    assert run.code == (1 if command == "hook" and not is_kept else 0), run
    assert case.says in run.stdout
    project.git("add", "--all")
    assert project.locksync("check") == (0, "", "1 export fresh\n")
    assert project.locksync("hook", "--check").code == 0
    if project.status():  # A merge may end with what was there before.
        project.commit()
    assert project.locksync("check").code == 0


@pytest.mark.parametrize("name", ["printed", "uv-printed", "conflict", "hashes-of-before"])
def test_the_pins_are_kept(name: str, project: GitRepository) -> None:
    case = CASES[name]
    project.write_all(case.files)
    compile_by_hand(project, case.commands[0])
    project.replace(OUTPUT, "epsilon==2.0", "epsilon==1.0")
    if case.exports:
        project.write("locksync.toml", f'exports = ["{case.exports[0]}"]\n')
    project.commit()
    case.edit(project)
    assert project.locksync("fix").code == 0
    assert "epsilon==1.0" in project.read(OUTPUT)
    assert "<<<" not in project.read(OUTPUT)


def test_what_a_shell_sends_to_a_file_has_the_header_of_that_command(
    project: GitRepository,
) -> None:
    project.write("requirements.in", "beta\n")
    command = "uv pip compile requirements.in"
    project.write("locksync.toml", f'exports = ["{command} > requirements.txt"]\n')
    project.commit()
    assert project.locksync("fix").code == 0
    assert f"#    {command}\n" in project.read(OUTPUT)


def test_fix_creates_what_the_named_file_is_made_from(project: GitRepository) -> None:
    project.write("requirements.in", "--no-index\n--find-links wheels\nbeta<2\n")
    project.write("dev-requirements.in", "--no-index\n-f wheels\n-c requirements.txt\nalpha\n")
    project.commit()
    run = project.locksync("fix", "dev-requirements.txt")
    assert run.code == 0, run
    assert "beta==1.1" in project.read("requirements.txt")
    assert "beta==1.1" in project.read("dev-requirements.txt")


@pytest.mark.parametrize("word", ["-c", "-r"])
def test_layers_that_are_not_there_yet_are_compiled_in_one_run(
    word: str, project: GitRepository
) -> None:
    project.write("requirements.in", "beta<2\n")
    project.write("a-dev.in", f"{word} requirements.txt\nalpha\n")
    exports = f'exports = ["{PIP} a-dev.in", "{PIP} requirements.in"]\n'
    project.write("locksync.toml", exports)
    project.commit()
    checked = project.locksync("check")
    assert (checked.code, checked.findings) == (1, ["LS002", "LS002"])
    assert "a-dev.txt is missing: requirements.txt, which it is made from, is missing" in (
        checked.stdout
    )
    assert "run:  locksync fix requirements.txt a-dev.txt" in checked.stdout
    run = project.locksync("fix")
    assert run.code == 0, run
    assert "beta==1.1" in project.read("a-dev.txt")
    project.commit()
    assert project.locksync("check").code == 0


def test_what_the_tool_left_is_in_doubt_again_after_another_change(
    project: GitRepository,
) -> None:
    case = CASES["uv-extra-that-changes-nothing"]
    project.write_all(case.files)
    compile_by_hand(project, MADE)
    project.commit()
    case.edit(project)
    assert project.locksync("fix").code == 0
    project.write("requirements.in", "alpha[x,y]\nzeta\n")
    assert project.locksync("check").findings == ["LS010"]


def test_an_edit_in_doubt_is_not_taken_back_by_the_hook(project: GitRepository) -> None:
    project.write("requirements.in", "alpha\n")
    compile_by_hand(project, MADE.replace("-o", "--no-annotate -o"))
    project.commit()
    project.write(OUTPUT, project.read(OUTPUT) + "delta==1.0\n")
    edited = project.read(OUTPUT)
    run = project.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS006"])
    assert project.read(OUTPUT) == edited
