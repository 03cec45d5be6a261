"""What a person wrote beside a lock file, or into an export, is nobody else's to change."""

from __future__ import annotations

import pytest

from tests.support.git import GitRepository
from tests.support.projects import (
    PIPENV_OUTPUT,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)

BY_HAND = "# production, by hand\ndjango>=4\n-r extra.txt\n"


def _commit(repository: GitRepository, files: dict[str, str]) -> None:
    for path, content in files.items():
        repository.write(path, content)
    repository.commit()


@pytest.mark.parametrize("settings", ["", 'exclude = ["requirements.txt"]\n', "discover = false\n"])
def test_a_hook_of_one_tool_creates_an_output_but_overwrites_none(
    settings: str, repository: GitRepository
) -> None:
    _commit(repository, {**pipenv_project(output=BY_HAND), "locksync.toml": settings})
    for command in (["hook", "pipenv-requirements"], ["fix", "requirements.txt"]):
        repository.locksync(*command)
        assert repository.read("requirements.txt") == BY_HAND
    repository.git("rm", "--quiet", "requirements.txt")
    repository.commit()
    repository.locksync("hook", "pipenv-requirements")
    assert (repository.path / "requirements.txt").exists() is not bool(settings)


@pytest.mark.parametrize("text", ["# see Pipfile\n", "\n# nothing\n", "six==1.16.0\n"])
def test_what_anybody_could_write_is_no_export(text: str, repository: GitRepository) -> None:
    _commit(repository, pipenv_project(output=text))
    assert "no export found" in repository.locksync("check").stderr
    repository.write("Pipfile.lock", pipfile_lock("3.1.0"))
    repository.commit()
    assert repository.locksync("hook").code == 0
    assert repository.read("requirements.txt") == text


def test_comments_stay_where_their_tool_writes_none(repository: GitRepository) -> None:
    comment = "# Do not edit: made by `make lock`.\n"
    _commit(repository, poetry_project(output=comment + poetry_output()))
    assert repository.locksync("check").code == 0
    repository.write("poetry.lock", poetry_lock("3.1.0"))
    repository.commit()
    assert repository.locksync("hook").code == 1
    assert repository.read("requirements.txt") == comment + poetry_output("3.1.0")


def test_a_lock_that_has_moved_many_times_does_not_hide_what_was_forgotten(
    repository: GitRepository,
) -> None:
    _commit(repository, poetry_project(output='flask==3.0.3 ; python_version >= "3.9"\n'))
    for minor in range(1, 9):
        repository.write("poetry.lock", poetry_lock(f"3.{minor}.0"))
        repository.commit()
    run = repository.locksync("check", "--no-cache")
    assert (run.code, run.findings) == (1, ["LS001"])


def test_an_output_that_is_moved_is_not_missing(repository: GitRepository) -> None:
    _commit(repository, pipenv_project(output=PIPENV_OUTPUT))
    (repository.path / "deploy").mkdir()
    repository.git("mv", "requirements.txt", "deploy/requirements.txt")
    assert repository.locksync("hook").code == 0
    assert not (repository.path / "requirements.txt").exists()
