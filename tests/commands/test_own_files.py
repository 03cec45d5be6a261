"""What a person wrote beside a lock file, or into an export, is nobody else's to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from locksync.cli import main
from locksync.repository import writing
from locksync.verdict import regenerate
from tests.support.git import GitRepository
from tests.support.projects import (
    PDM_PYPROJECT,
    PIPENV_OUTPUT,
    pdm_lock,
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


def test_what_is_written_while_the_hook_runs_is_left(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(repository, poetry_project())
    repository.write("poetry.lock", poetry_lock("3.1.0"))

    def late(path: str, content: bytes, was: bytes | None) -> None:
        Path(path).write_text(BY_HAND)
        writing.replace(path, content, was)

    monkeypatch.setattr(regenerate, "replace", late)
    for command in ("hook", "fix"):
        run = repository.locksync(command)
        assert (run.code, run.findings[-1]) == (2, "LS015")
        assert "cannot be written: it has changed since it was read" in run.stdout
        assert repository.read("requirements.txt") == BY_HAND
        repository.git("checkout", "--quiet", "requirements.txt")


@pytest.mark.parametrize("bit", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_was_told_to_overlook_is_left(bit: str, repository: GitRepository) -> None:
    _commit(repository, poetry_project())
    repository.git("update-index", bit, "requirements.txt")
    repository.write("poetry.lock", poetry_lock("3.1.0"))
    run = repository.locksync("hook")
    assert (run.code, run.findings) == (1, ["LS006"])
    assert repository.read("requirements.txt") == poetry_output()


def test_a_file_that_is_only_intended_to_be_added_is_in_no_commit(
    repository: GitRepository,
) -> None:
    _commit(repository, poetry_project(output=None))
    repository.write("requirements.txt", poetry_output())
    repository.git("add", "--intent-to-add", "requirements.txt")
    assert repository.locksync("hook").findings == ["LS003"]
    repository.write("poetry.lock", poetry_lock("3.1.0"))
    assert repository.locksync("hook").findings == ["LS003", "LS006"]
    assert repository.read("requirements.txt") == poetry_output()


def test_without_git_a_hook_writes_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, content in poetry_project(output=poetry_output("3.0.0")).items():
        (tmp_path / path).write_text(content)
    monkeypatch.chdir(tmp_path)
    assert main(["hook"]) == 1
    assert (tmp_path / "requirements.txt").read_text() == poetry_output("3.0.0")
    assert main(["fix"]) == 0
    assert (tmp_path / "requirements.txt").read_text() == poetry_output()


def test_no_group_comes_into_a_file_whose_commits_explain_nothing(
    repository: GitRepository,
) -> None:
    names = [f"lib{number}" for number in range(20)]
    wanted = ", ".join(f'"{name}"' for name in names)
    manifest = PDM_PYPROJECT.replace('"flask>=3"', wanted)
    manifest += '\n[dependency-groups]\ndev = ["pytest"]\n'

    def lock(version: str) -> str:
        head, _, package = pdm_lock("1.0", manifest).partition("[[package]]")
        package = f"\n[[package]]{package}"
        packages = [package.replace("flask", name) for name in names]
        packages[3] = packages[3].replace('"1.0"', f'"{version}"')
        dev = package.replace("flask", "pytest").replace('["default"]', '["dev"]')
        return head.replace('["default"]', '["default", "dev"]') + "".join((*packages, dev))

    repository.write_all({"pyproject.toml": manifest, "pdm.lock": lock("1.0")})
    repository.write("locksync.toml", 'exports = ["pdm export --prod -o requirements.txt"]\n')
    repository.git("add", "--all")
    assert repository.locksync("fix").code == 0
    (repository.path / "locksync.toml").unlink()
    repository.write("pdm.lock", lock("1.1"))
    repository.commit()
    assert repository.locksync("hook").findings == ["LS001"]
    assert "lib3==1.1" in repository.read("requirements.txt")
    assert "pytest" not in repository.read("requirements.txt")
