"""docs/comparison.md says of each state what the hooks say under the real pre-commit."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import real_tools
from tests.support.git import GitRepository
from tests.support.real_tools import PINS, TOP

PAGE = (TOP / "docs/comparison.md").read_text(encoding="utf-8")
CONFIGURATION = """\
repos:
- repo: local
  hooks:
  - id: poetry-export
    name: poetry-export
    entry: '"{poetry}" export -f requirements.txt -o requirements.txt'
    language: system
    pass_filenames: false
    files: ^poetry\\.lock$
  - id: locksync
    name: locksync
    entry: '"{python}" -m locksync hook'
    language: system
    pass_filenames: false
    always_run: true
"""
"""Both hooks with the settings of their manifests, run by what is installed already."""
MOVED = ('version = "1.40.75"', 'version = "1.40.76"')


def _moved(project: GitRepository) -> None:
    project.replace("poetry.lock", *MOVED)


def _no_output_yet(project: GitRepository) -> None:
    project.git("rm", "--quiet", "requirements.txt")
    _moved(project)


def _ignored(project: GitRepository) -> None:
    project.write(".gitignore", "requirements.txt\n")
    project.git("rm", "--quiet", "--cached", "requirements.txt")
    _moved(project)


def _edited(project: GitRepository) -> None:
    project.replace("requirements.txt", "boto3==1.40.75", "boto3==1.40.99")


def _manifest_ahead(project: GitRepository) -> None:
    project.replace("pyproject.toml", 'boto3 = "^1.40.72"', 'boto3 = "^1.40.73"')


def _deleted(project: GitRepository) -> None:
    project.git("rm", "--quiet", "poetry.lock")


def _below(project: GitRepository) -> None:
    project.git("rm", "--quiet", "-r", "--cached", ".")
    for name in ("poetry.lock", "pyproject.toml", "requirements.txt"):
        (project.path / "api").mkdir(exist_ok=True)
        (project.path / name).rename(project.path / "api" / name)
    project.commit()
    project.replace("api/poetry.lock", *MOVED)


STATES: dict[str, Callable[[GitRepository], None]] = {
    "the lock file has moved on": _moved,
    "there is no output file yet": _no_output_yet,
    "the output file is ignored by git": _ignored,
    "the output file was edited, the lock file not": _edited,
    "`pyproject.toml` has changed, the lock file not": _manifest_ahead,
    "the lock file is deleted, the output file not": _deleted,
    "the project is in a subdirectory, its lock file has moved on": _below,
}


@pytest.mark.real
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("hook", ["poetry-export", "locksync"])
def test_the_hooks_say_what_the_table_says(
    repository: GitRepository, state: str, hook: str
) -> None:
    repository.add_example("poetry")
    repository.write(
        ".pre-commit-config.yaml",
        CONFIGURATION.format(
            poetry=real_tools.program("poetry").as_posix(), python=Path(sys.executable).as_posix()
        ),
    )
    repository.commit()
    STATES[state](repository)
    repository.git("add", "--all")
    done = repository.run(str(real_tools.program("pre-commit")), "run", hook)
    (said,) = re.findall(rf"^{hook}\.+.*?(Passed|Failed|Skipped)$", done.stdout, re.MULTILINE)
    row = dict(zip(("poetry-export", "locksync"), _table()[state], strict=True))
    assert row[hook] == said, done.stdout


def test_a_hash_of_the_lock_file_on_top_is_no_difference(repository: GitRepository) -> None:
    repository.add_example("poetry")
    repository.write("requirements.txt", f"# 1f0c2ab934\n{repository.read('requirements.txt')}")
    repository.commit()
    assert repository.locksync("check").code == 0


def test_the_table_has_every_state() -> None:
    assert list(_table()) == list(STATES)


def test_the_versions_are_those_that_are_run() -> None:
    for name in ("poetry", "pre-commit"):
        assert PINS[name][0].replace("==", " ") in PAGE


def _table() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| ([^|]+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    return {state: (before, after) for state, before, after in rows}
