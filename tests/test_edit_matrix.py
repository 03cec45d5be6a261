"""No hook writes over what somebody wrote: each kind of edit, with each tool, at each time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import real_tools
from tests.support.edits import EDITS, OUTPUT, SITUATIONS, Project, faults, start
from tests.support.git import GitRepository
from tests.support.projects import (
    UV_LOCK,
    UV_PYPROJECT,
    pdm_lock,
    pdm_output,
    pdm_project,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)
from tests.support.wheels import write_wheels

COMPILE = "pip-compile --no-index --find-links wheels --no-emit-find-links requirements.in"


def _poetry() -> Project:
    def lock(flask: str) -> str:
        package, _, _ = poetry_lock("1.16.0").partition("[metadata]")
        blocks = "".join(package.replace("flask", name) for name in ("click", "six"))
        return poetry_lock(flask).replace("[metadata]", blocks + "[metadata]")

    def output(flask: str) -> str:
        pins = (poetry_output("1.16.0").replace("flask", name) for name in ("click", "six"))
        return "".join(sorted((poetry_output(flask), *pins)))

    before = {**poetry_project(), "poetry.lock": lock("3.0.3"), OUTPUT: output("3.0.3")}
    settings = {"locksync.toml": 'exports = ["poetry export -o requirements.txt"]\n'}
    return Project(before | settings, {"poetry.lock": lock("3.0.4")}, "click==1.16.0", "six")


def _pipenv() -> Project:
    def lock(flask: str) -> str:
        more = '"click": {"version": "==1.16.0"}, "six": {"version": "==1.16.0"}, "flask": {'
        return pipfile_lock(flask).replace('"flask": {', more)

    output = "-i https://packages.example.org/simple\n" + "".join(
        f"{pin}\n" for pin in ("click==1.16.0", "six==1.16.0", "flask==3.0.3")
    )
    before = {**pipenv_project(), "Pipfile.lock": lock("3.0.3"), OUTPUT: output}
    settings = {"locksync.toml": 'exports = ["pipenv requirements > requirements.txt"]\n'}
    return Project(before | settings, {"Pipfile.lock": lock("3.0.4")}, "click==1.16.0", "six")


def _pdm() -> Project:
    def lock(flask: str) -> str:
        _, package, rest = pdm_lock("1.16.0").partition("[[package]]")
        blocks = "".join((package + rest).replace("flask", name) for name in ("click", "six"))
        return pdm_lock(flask) + "\n" + blocks

    def output(flask: str) -> str:
        head, pin, rest = pdm_output("1.16.0").partition("flask")
        pins = ((pin + rest).replace("flask", name) for name in ("click", "six"))
        return head + "".join(sorted((pdm_output(flask).removeprefix(head), *pins)))

    before = {**pdm_project(), "pdm.lock": lock("3.0.3"), OUTPUT: output("3.0.3")}
    settings = {"locksync.toml": 'exports = ["pdm export -o requirements.txt"]\n'}
    return Project(before | settings, {"pdm.lock": lock("3.0.4")}, "click==1.16.0", "six")


def _compiled() -> Project:
    before = {
        "requirements.in": "alpha\n",
        "locksync.toml": f'exports = ["{COMPILE}"]\n',
        ".gitignore": "wheels\n",
    }
    unseen = ("bumped", "lowered", "removed", "marker", "hash", "option")
    after = {"requirements.in": "alpha\neta-theta\n"}
    return Project(before, after, "beta==2.0", "epsilon", unseen)


def _uv() -> Project:
    before = {
        "pyproject.toml": UV_PYPROJECT,
        "uv.lock": UV_LOCK,
        "locksync.toml": 'exports = ["uv export --no-hashes -o requirements.txt"]\n',
    }
    after = UV_LOCK.replace('"2.0"', '"2.1"').replace("alpha-2.0", "alpha-2.1")
    return Project(before, {"uv.lock": after}, "delta==1.0", "delta")


PROJECTS = {"poetry": _poetry, "pipenv": _pipenv, "pdm": _pdm, "pip-compile": _compiled, "uv": _uv}


@pytest.fixture(autouse=True, scope="module")
def _tools() -> Iterator[None]:
    """No settings of the machine's, and uv on PATH."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("PIP_", "UV_")):
                patch.delenv(name)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("UV_NO_CONFIG", "1")
        patch.setenv("UV_PYTHON", sys.executable)
        yield


def _rows(*tools: str) -> pytest.MarkDecorator:
    rows = [(tool, kind) for tool in tools for kind in EDITS]
    return pytest.mark.parametrize(("tool", "kind"), rows)


@_rows("poetry", "pipenv", "pdm")
def test_a_hook_overwrites_no_edit(tool: str, kind: str, repository: GitRepository) -> None:
    project = PROJECTS[tool]()
    start(repository, project)
    found = {when: faults(repository, project, kind, when) for when in SITUATIONS}
    assert not {when: wrong for when, wrong in found.items() if wrong}


@pytest.mark.parametrize("tool", ["poetry", "pipenv", "pdm"])
@pytest.mark.parametrize("when", ["the-lock-moved-too", "in-a-merge"])
def test_what_nobody_edited_is_regenerated(tool: str, when: str, repository: GitRepository) -> None:
    start(repository, PROJECTS[tool]())
    moved = repository.git("show", f"moved:{OUTPUT}")
    repository.write("README", "")
    repository.commit()
    if when == "in-a-merge":
        conflict = f"<<<<<<< HEAD\n{repository.read(OUTPUT)}=======\n{moved}>>>>>>> moved\n"
        repository.git("merge", "--quiet", "--no-commit", "moved")
        repository.write(OUTPUT, conflict)
    else:
        repository.write_all(PROJECTS[tool]().after)
    run = repository.locksync("hook")
    assert (run.code, repository.read(OUTPUT)) == (1, moved)
    assert "yours" not in run.stdout


@pytest.fixture(scope="module")
def real(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[GitRepository, Project]]:
    """A project of a tool that has to run."""
    tool: str = request.param
    repository, project = GitRepository(tmp_path_factory.mktemp(tool)), PROJECTS[tool]()
    with pytest.MonkeyPatch.context() as patch:
        programs: Path = real_tools.program("uv").parent
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        write_wheels(repository.path / "wheels")
        start(repository, project)
        yield repository, project


@pytest.mark.real
@pytest.mark.parametrize("real", ["pip-compile", "uv"], indirect=True)
@pytest.mark.parametrize("when", SITUATIONS)
@pytest.mark.parametrize("kind", EDITS)
def test_a_hook_overwrites_no_edit_where_the_tool_runs(
    kind: str, when: str, real: tuple[GitRepository, Project]
) -> None:
    assert not faults(*real, kind, when)
