"""`check --ask`: the tools tell what only they can tell, and the repository stays as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import real_tools
from tests.support.compiling import OPTIONS, compile_by_hand, with_tools
from tests.support.git import GitRepository
from tests.support.projects import poetry_lock, poetry_project
from tests.support.wheels import END_OF_BACKEND

pytestmark = pytest.mark.real

BACKEND = (
    """\
import pathlib

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    pathlib.Path("built.txt").write_text("It was built here.")
    place = pathlib.Path(directory, "app-1.dist-info")
    place.mkdir()
    asked = pathlib.Path("asked.txt").read_text().split()
    lines = ["Metadata-Version: 2.2", "Name: app", "Version: 1", "Dynamic: Requires-Dist"]
    lines += ["Requires-Python: >=3.10", *(f"Requires-Dist: {one}" for one in asked)]
"""
    + END_OF_BACKEND
)
MANIFEST = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "app"
version = "1"
requires-python = ">=3.10"
dynamic = ["dependencies"]
"""
APP = {"pyproject.toml": MANIFEST, "backend.py": BACKEND, "asked.txt": ""}
UV = "uv export --no-emit-project -o requirements.txt"
POETRY = "poetry export --with-credentials -o requirements.txt"
PIP = f"pip-compile {OPTIONS} -o requirements.txt"
SETTINGS = "[tool.pip-tools]\ngenerate-hashes = false\nverbose = 0\n"
LIB = """\

[[package]]
name = "lib"
version = "1"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []

[package.source]
type = "directory"
url = "lib"
"""


class Case(NamedTuple):
    """A project that only its tool can tell of, an edit, and what `check --ask` says then."""

    files: Mapping[str, str]
    command: str
    made: tuple[str, ...]
    """The commands that bring it in step."""
    edit: Mapping[str, str]
    code: int
    findings: tuple[str, ...] = ()
    says: str = ""


def _poetry(version: str) -> Mapping[str, str]:
    lock = poetry_lock(version).replace("\n[metadata]", f"{LIB}\n[metadata]")
    return {**poetry_project(), "poetry.lock": lock, "lib/pyproject.toml": ""}


BEHIND = {"poetry.lock": _poetry("3.0.4")["poetry.lock"]}
CASES = {
    "uv": Case(APP, UV, ("uv lock", UV), {}, 0),
    "uv-commented": Case(APP, UV, ("uv lock", UV), {"backend.py": f"{BACKEND}# more\n"}, 0),
    "uv-behind": Case(
        APP,
        UV,
        ("uv lock", UV),
        {"asked.txt": "beta"},
        1,
        ("LS005",),
        "uv.lock is out of date, says `uv lock --check`",
    ),
    "uv-broken": Case(
        APP,
        UV,
        ("uv lock", UV),
        {"backend.py": "raise SystemExit('it does not build')\n"},
        2,
        ("LS010",),
        "uv ended with exit code",
    ),
    "poetry": Case(_poetry("3.0.3"), POETRY, (POETRY,), {}, 0),
    "poetry-behind": Case(_poetry("3.0.3"), POETRY, (POETRY,), BEHIND, 1, ("LS001",)),
    "poetry-malformed": Case(
        _poetry("3.0.3"), POETRY, (POETRY,), {"poetry.lock": "[metadata\n"}, 2, ("LS009",)
    ),
    "pip-compile": Case({"requirements.in": "alpha\n", "pyproject.toml": ""}, PIP, (PIP,), {}, 0),
    "pip-compile-of-what-is-built": Case(
        {**APP, "asked.txt": "beta"}, f"{PIP} pyproject.toml", (f"{PIP} pyproject.toml",), {}, 0
    ),
    "pip-compile-of-what-is-built-behind": Case(
        APP,
        f"{PIP} pyproject.toml",
        (f"{PIP} pyproject.toml",),
        {"asked.txt": "beta"},
        1,
        ("LS001",),
    ),
}


@pytest.fixture
def project(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> GitRepository:
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(tmp_path / "cache"))
    programs = [str(real_tools.program(name).parent) for name in ("poetry", "pip-compile")]
    monkeypatch.setenv("PATH", os.pathsep.join([os.environ["PATH"], *programs]))
    return with_tools(repository, monkeypatch)


def _everything(project: GitRepository) -> Mapping[str, tuple[int, bytes]]:
    """All files there are, those of git too, with when they were written."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in project.path.rglob("*")
        if path.is_file()
    }


def _made(project: GitRepository, case: Case) -> None:
    project.write_all(case.files)
    project.write("locksync.toml", f"exports = ['{case.command}']\n")
    for command in case.made:
        compile_by_hand(project, command)
    for built in project.path.rglob("built.txt"):
        built.unlink()
    project.commit()
    project.write_all(case.edit)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_tool_tells_in_a_copy(case: Case, project: GitRepository) -> None:
    _made(project, case)
    before = _everything(project)
    run = project.locksync("check", "--ask")
    assert _everything(project) == before
    assert (run.code, tuple(run.findings)) == (case.code, case.findings), run.stdout
    assert case.says in run.stdout


@pytest.mark.parametrize("name", ["uv", "poetry", "pip-compile-of-what-is-built"])
def test_what_depends_on_more_than_is_read_is_not_remembered(
    name: str, project: GitRepository
) -> None:
    _made(project, CASES[name])
    codes = [project.locksync(*words).code for words in (["check"], ["check", "--ask"], ["check"])]
    assert codes == [2, 0, 2]


def test_fix_accepts_a_lock_file_that_uv_accepts(project: GitRepository) -> None:
    _made(project, CASES["uv"])
    assert project.locksync("check").code == 2
    assert project.locksync("fix").code == 0
    project.write("asked.txt", "beta")
    run = project.locksync("fix")
    assert (run.code, run.findings) == (1, ["LS005"])
    assert "run:  uv lock" in run.stdout


def test_a_missing_tool_is_told_of_once(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(project, CASES["uv"])
    monkeypatch.setattr("locksync.repository.process.find_program", lambda *given: None)
    assert project.locksync("check", "--ask").findings == ["LS018"]
