"""Exports with lines taken out and kept, in real repositories."""

from __future__ import annotations

import json

import pytest

from tests.support.git import GitRepository
from tests.support.projects import poetry_lock, poetry_output, poetry_project

COMMAND = "poetry export -o requirements.txt"
ENTRY = f'{{ run = "{COMMAND}", drop = ["six==*"], keep = ["# ours", "-e *"] }}'
OURS = f"# ours\n\n{poetry_output()}-e ./src\n"


@pytest.fixture
def project(repository: GitRepository) -> GitRepository:
    """A project whose lock file has flask and six, and whose output has lines of its own."""
    for path, content in poetry_project(output=OURS).items():
        repository.write(path, content)
    _lock(repository, "3.0.3")
    repository.write("locksync.toml", f"exports = [{ENTRY}]\n")
    repository.commit()
    return repository


def _lock(repository: GitRepository, version: str) -> None:
    package, _, _ = poetry_lock().partition("[metadata]")
    six = package.replace("flask", "six").replace("3.0.3", "1.16.0")
    repository.write("poetry.lock", poetry_lock(version).replace("[metadata]", six + "[metadata]"))


def test_the_file_is_fresh_cold_and_warm(project: GitRepository) -> None:
    for _ in range(2):
        run = project.locksync("check", "--strict")
        assert (run.code, run.stdout) == (0, "")
    assert project.locksync("fix").code == 0
    assert project.status() == ""


def test_fix_keeps_what_somebody_has_put_in(project: GitRepository) -> None:
    _lock(project, "3.0.4")
    assert project.locksync("check").findings == ["LS001"]
    diff = project.locksync("check", "--diff").stdout
    assert "-flask==3.0.3" in diff
    assert "six" not in diff
    assert "-# ours" not in diff
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == OURS.replace("3.0.3", "3.0.4")
    project.commit()
    assert project.locksync("fix", "--strict").code == 0
    assert project.status() == ""


def test_the_hook_keeps_it_too(project: GitRepository) -> None:
    _lock(project, "3.0.4")
    assert project.locksync("hook").code == 1
    assert project.read("requirements.txt") == OURS.replace("3.0.3", "3.0.4")


def test_what_is_not_kept_goes(project: GitRepository) -> None:
    project.write("requirements.txt", f"# another\n--pre\n{OURS}")
    run = project.locksync("check")
    assert run.findings == ["LS006"]
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == OURS


def test_a_file_that_was_deleted_comes_back_with_what_was_put_in(project: GitRepository) -> None:
    (project.path / "requirements.txt").unlink()
    assert project.locksync("fix").code == 0
    assert project.read("requirements.txt") == OURS


def test_a_merge_keeps_what_either_side_has_put_in(project: GitRepository) -> None:
    ours, theirs = f"-e ./a\n{poetry_output()}", f"-e ./b\n{poetry_output()}"
    conflict = f"# ours\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"
    project.write("requirements.txt", conflict)
    assert project.locksync("check").findings == ["LS008"]
    assert project.locksync("fix").code == 0
    fixed = project.read("requirements.txt")
    assert sorted(fixed.splitlines()) == sorted(f"# ours\n-e ./b\n{ours}".splitlines())
    assert project.locksync("fix", "--strict").code == 0
    assert project.read("requirements.txt") == fixed


def test_a_glob_that_matches_nothing_is_told_of_at_every_run(project: GitRepository) -> None:
    project.replace("locksync.toml", "six==*", "seven==*")
    project.replace(
        "requirements.txt", "-e", poetry_output("1.16.0").replace("flask", "six") + "-e"
    )
    project.commit()
    for _ in range(2):
        run = project.locksync("check")
        told = f"matches no line of requirements.txt, nor of what `{COMMAND}` writes"
        note = f"note: 'seven==*' {told}: take it out of exports\n"
        assert (run.code, run.stdout) == (0, note)
    (notice,) = json.loads(project.locksync("check", "--format", "json").stdout)["notices"]
    assert notice["file"] == "requirements.txt"


def test_the_reports_name_the_edits(project: GitRepository) -> None:
    said = "with lines taken out, with lines kept"
    assert project.locksync("list").stdout == (f"fresh    requirements.txt  {COMMAND}   ({said})\n")
    assert f"fresh: {COMMAND} {said} would" in project.locksync("check", "-v", "--no-cache").stdout
    (export,) = json.loads(project.locksync("check", "--format", "json").stdout)["exports"]
    assert export["edits"] == {"drop": ["six==*"], "keep": ["# ours", "-e *"], "markers": True}


def test_what_was_worked_out_without_edits_is_remembered(repository: GitRepository) -> None:
    for path, content in poetry_project().items():
        repository.write(path, content)
    repository.commit()
    repository.write("poetry.lock", poetry_lock("3.0.4"))
    cold, warm = (repository.locksync("check", "--format", "json") for _ in range(2))
    assert cold == warm
    assert json.loads(warm.stdout)["verdict"] == "stale"


def test_two_ways_to_edit_one_file_are_ambiguous(project: GitRepository) -> None:
    project.write("locksync.toml", f'exports = ["{COMMAND}", {ENTRY}]\n')
    run = project.locksync("check")
    assert run.findings == ["LS013"]
    assert f"`{COMMAND}` and `{COMMAND}` with lines taken out, with lines kept" in run.stdout
