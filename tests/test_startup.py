"""What a run may import: start-up time is most of what a hook costs."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest

from tests.support.children import PYTHON
from tests.support.git import GitRepository
from tests.support.projects import pdm_project, pipenv_project, poetry_project

# Each of these costs more than a whole check, or has no place in one.
NEVER = (
    "asyncio",
    "click",
    "dataclasses",
    "difflib",
    "e2b_dockerfile_utils",
    "importlib.metadata",
    "inspect",
    "locksync.dockerfiles",
    "locksync.adoption",
    "locksync.command_line.shell",
    "locksync.discovery.written_commands",
    "locksync.requirements.comparison",
    "locksync.reports.json",
    "logging",
    "pathlib",
    "socket",
    "tempfile",
    "tomlkit",
    "urllib.request",
    "yaml",
)
EXPLAINING = ("locksync.discovery.explanation", "locksync.discovery.search")
POETRY_ONLY = ("lark", "poetry.core")


def _imported(repository: GitRepository, *arguments: str) -> set[str]:
    program = (
        "import sys; from locksync.cli import main; main(sys.argv[1:]); "
        "print(*sys.modules, sep='\\n')"
    )
    done = repository.run(*PYTHON, "-I", "-c", program, "-q", *arguments)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


# What a run loads that finds all as it was, beside what every Python has loaded.
WARM = {
    *("locksync", "locksync.cli", "locksync.verdict", "locksync.verdict.memory"),
    *("locksync.repository", "locksync.repository.working_tree", "locksync.repository.git"),
    *("locksync.repository.paths", "locksync.repository.machine"),
    *("locksync.repository.index", "locksync.repository.reading", "locksync.repository.marking"),
    *("gc", "locksync.settings", "argparse", "gettext", "locale", "json", "hashlib", "contextlib"),
    *("functools", "re", "enum", "types", "collections", "copyreg", "operator", "keyword"),
    *("bisect", "reprlib", "warnings", "posixpath", "errno", "itertools", "__future__"),
    *("sre_compile", "sre_constants", "sre_parse"),  # In Python 3.10.
}


@pytest.mark.parametrize(
    "command", [["check"], ["hook", "--check"], ["hook", "--check", "poetry-export"]]
)
def test_a_run_that_finds_all_as_it_was_loads_next_to_nothing(
    command: list[str], repository: GitRepository
) -> None:
    for path, content in {**poetry_project(), **pipenv_project("below")}.items():
        repository.write(path, content)
    repository.commit()
    assert "tomli" in _imported(repository, *command)
    loaded = {name for name in _imported(repository, *command) if not name.startswith("_")}
    assert {name for name in loaded - _bare() if "." not in name or "locksync" in name} <= WARM


@cache
def _bare() -> set[str]:
    """The modules of a Python that does nothing."""
    program = "import sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [*PYTHON, "-I", "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    return set(done.stdout.split())


def test_a_run_without_exports_imports_no_tool(repository: GitRepository) -> None:
    imported = _imported(repository)
    never = {*NEVER, *EXPLAINING, *POETRY_ONLY, "tomli", "packaging", "dep_logic"}
    assert imported.isdisjoint(never)


def test_a_lock_file_alone_is_no_reason_to_explain_anything(repository: GitRepository) -> None:
    repository.commit_all(poetry_project(output=None))
    assert _imported(repository).isdisjoint({*NEVER, *EXPLAINING, "packaging"})


def test_a_fresh_pipenv_project_loads_nothing_of_poetry(repository: GitRepository) -> None:
    for path, content in pipenv_project().items():
        repository.write(path, content)
    repository.commit()
    assert _imported(repository) & {*NEVER, *POETRY_ONLY, "packaging.utils"} == set()


def test_a_fresh_pdm_project_loads_no_more_than_it_needs(repository: GitRepository) -> None:
    for path, content in pdm_project().items():
        repository.write(path, content)
    repository.commit()
    # dep-logic imports the first of these, packaging the others.
    imported = _imported(repository)
    assert imported & {*NEVER, *POETRY_ONLY} <= {"dataclasses", "inspect", "logging", "pathlib"}
    assert "dep_logic" in imported


def test_a_fresh_poetry_project_loads_no_more_than_it_needs(repository: GitRepository) -> None:
    for path, content in poetry_project().items():
        repository.write(path, content)
    repository.commit()
    imported = _imported(repository)
    assert imported & {*NEVER, *POETRY_ONLY, "packaging.utils"} == set()
    assert "locksync.tools.poetry.select" in imported
    assert "locksync.tools.poetry.walk" not in imported


def test_walking_the_dependencies_of_an_old_lock_file_loads_no_http_client() -> None:
    program = (
        "import sys, locksync.tools.poetry.answer, locksync.tools.poetry.walk; "
        "print('urllib.request' in sys.modules)"
    )
    done = subprocess.run(
        [*PYTHON, "-I", "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == "False\n"
