"""What a run may import: start-up time is most of what a hook costs."""

from __future__ import annotations

import sys

from tests.support.git import GitRepository
from tests.support.projects import pdm_project, pipenv_project, poetry_project

# Each of these costs more than a whole check, or has no place in one.
NEVER = (
    "asyncio",
    "click",
    "dataclasses",
    "difflib",
    "importlib.metadata",
    "inspect",
    "locksync.requirements.comparing",
    "locksync.reports.as_json",
    "logging",
    "pathlib",
    "socket",
    "tempfile",
    "tomlkit",
    "urllib.request",
)
POETRY_ONLY = ("lark", "poetry.core.factory", "poetry.core.version.markers")


def _imported(repository: GitRepository, *arguments: str) -> set[str]:
    program = (
        "import sys; from locksync.cli import main; main(sys.argv[1:]); "
        "print(*sys.modules, sep='\\n')"
    )
    done = repository.run(sys.executable, "-I", "-c", program, "-q", *arguments)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_an_empty_run_imports_no_tool(repository: GitRepository) -> None:
    assert _imported(repository).isdisjoint({*NEVER, *POETRY_ONLY, "dep_logic", "tomli", "json"})


def test_a_fresh_pipenv_project_loads_nothing_of_poetry(repository: GitRepository) -> None:
    for path, content in pipenv_project().items():
        repository.write(path, content)
    repository.commit()
    # packaging imports these, depending on the version of Python.
    assert _imported(repository) & {*NEVER, *POETRY_ONLY} <= {"inspect", "logging"}


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
    # poetry-core imports the first of these, the schema validator that it brings along the rest.
    needed = {"dataclasses", "inspect", "logging", "pathlib"}
    needed |= {"socket", "tempfile", "urllib.request"}
    imported = _imported(repository)
    assert imported & set(NEVER) <= needed
    assert "locksync.tools.poetry.selecting" in imported
    assert "locksync.tools.poetry.walking" not in imported
