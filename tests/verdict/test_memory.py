"""What was found fresh is not worked out again, and believed only while nothing has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import locksync.discovery.explanation
import locksync.discovery.survey
import locksync.repository.reading
import locksync.verdict.check
import locksync.verdict.check_all
import locksync.verdict.memory
from locksync.discovery.explanation import Evidence
from locksync.discovery.search import Explanation
from locksync.model import Answer, Export, Result
from locksync.repository.protocol import Tree
from locksync.repository.working_tree import Repository
from locksync.verdict.memory import Memory, default_directory, record
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree
from tests.support.poison import poison
from tests.support.projects import (
    PIPENV_OUTPUT,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_output,
    poetry_project,
)

pytestmark = pytest.mark.skipif("config.getoption('--memory') != 'on'")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the memory."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(directory))
    return directory


@pytest.fixture
def project(repository: GitRepository) -> GitRepository:
    """A poetry and a pipenv project, both in step."""
    for path, content in {**poetry_project(), **pipenv_project("below")}.items():
        repository.write(path, content)
    repository.commit()
    return repository


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The outputs of the exports that are really checked."""
    outputs: list[str] = []
    check = locksync.verdict.check.check

    def spy(export: Export, tree: Tree, known: Answer | None = None) -> Result:
        outputs.append(export.output)
        return check(export, tree, known)

    monkeypatch.setattr(locksync.verdict.check_all, "check", spy)
    return outputs


BOTH = ["below/requirements.txt", "requirements.txt"]


@pytest.mark.parametrize("command", [["check"], ["fix"], ["hook"], ["hook", "poetry-export"]])
def test_a_second_run_checks_nothing(
    command: list[str], project: GitRepository, checked: list[str]
) -> None:
    first = project.locksync(*command)
    assert (first.code, sorted(checked)) == (0, BOTH if len(command) == 1 else BOTH[1:])
    checked.clear()
    assert project.locksync(*command) == first
    assert checked == []


def test_a_command_that_was_worked_out_is_remembered(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = 'flask==3.0.3 ; python_version >= "3.9"\n'
    repository.commit_all({**poetry_project(output=output), **pipenv_project("below")})
    assert repository.locksync("check").code == 0
    repository.write("below/Pipfile.lock", pipfile_lock("4"))
    explained: list[str] = []
    explain = locksync.discovery.explanation.explain

    def spy(path: str, tree: Tree, evidence: Evidence) -> Explanation:
        explained.append(path)
        return explain(path, tree, evidence)

    monkeypatch.setattr(locksync.discovery.explanation, "explain", spy)
    assert repository.locksync("check").findings == ["LS001"]
    assert set(explained) == {"below/requirements.txt"}
    run = repository.locksync("list")
    assert "poetry export --without-hashes -o requirements.txt" in run.stdout


def test_another_command_makes_use_of_what_one_has_found(
    project: GitRepository, checked: list[str]
) -> None:
    project.locksync("check")
    checked.clear()
    assert project.locksync("hook").code == 0
    assert project.locksync("check", "--verbose").stdout.count("would write the same (known)") == 2
    assert checked == []


def test_nothing_is_remembered_unless_it_is_wanted(
    project: GitRepository, checked: list[str], cache: Path
) -> None:
    for _ in range(2):
        assert project.locksync("check", "--no-cache").code == 0
    assert (sorted(checked), cache.exists()) == (sorted(BOTH * 2), False)


CHANGES: dict[str, tuple[Callable[[GitRepository], object], list[str]]] = {
    "lock": (lambda project: project.write("poetry.lock", poetry_lock("4")), BOTH[1:]),
    "manifest": (
        lambda project: project.replace("pyproject.toml", "version = ", "version= "),
        BOTH[1:],
    ),
    "output": (lambda project: project.write(BOTH[0], PIPENV_OUTPUT + "six==1\n"), BOTH[:1]),
    "output-untracked": (
        lambda project: project.git("rm", "--quiet", "--cached", BOTH[1]),
        BOTH[1:],
    ),
    "output-deleted": (lambda project: project.git("rm", "--quiet", BOTH[0]), BOTH[:1]),
    "lock-deleted": (lambda project: project.git("rm", "--quiet", "poetry.lock"), BOTH[1:]),
    "another-file": (lambda project: project.write("new", ""), []),
}


@pytest.mark.parametrize(("change", "again"), CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_checked_again(
    change: Callable[[GitRepository], object],
    again: list[str],
    project: GitRepository,
    checked: list[str],
) -> None:
    project.locksync("check")
    checked.clear()
    change(project)
    project.git("add", "--update")
    assert project.locksync("check") == project.locksync("check", "--no-cache")
    assert [output for output in BOTH if checked.count(output) == 2] == again


def test_a_configuration_that_comes_later_is_heeded(project: GitRepository) -> None:
    assert project.locksync("check").code == 0
    project.write("locksync.toml", 'exports = ["poetry export -o more.txt"]')
    project.git("add", "locksync.toml")
    assert project.locksync("check").findings == ["LS002"]


def test_what_is_not_fresh_is_not_remembered(project: GitRepository, checked: list[str]) -> None:
    project.write("poetry.lock", poetry_lock("4"))
    for _ in range(2):
        assert project.locksync("check").findings == ["LS001"]
    assert checked.count(BOTH[1]) == 2
    assert checked.count(BOTH[0]) == 1


def test_each_branch_is_remembered(project: GitRepository, checked: list[str]) -> None:
    project.locksync("check")
    project.git("switch", "--quiet", "--create", "topic")
    project.write("poetry.lock", poetry_lock("4"))
    project.write("requirements.txt", poetry_output("4"))
    project.commit()
    project.locksync("check")
    checked.clear()
    for branch in ("main", "topic"):
        project.git("switch", "--quiet", branch)
        assert project.locksync("check").code == 0
    assert checked == []


def test_a_spoilt_memory_is_no_memory(
    project: GitRepository, checked: list[str], cache: Path
) -> None:
    for _ in range(4):
        assert project.locksync("check").code == 0
        poison(cache)
    project.write("poetry.lock", poetry_lock("4"))
    assert project.locksync("check").findings == ["LS001"]
    assert len(checked) >= 2 * 4


def _states(cache: Path, tree: MemoryTree, *subject: str) -> bool:
    return Memory(str(cache), tree).recall(*subject) is not None


def _remember(cache: Path, tree: MemoryTree, *subject: str) -> None:
    asked, trace = record(tree)
    asked.read("a")
    Memory(str(cache), tree).remember(trace, [], *subject)


def test_files_of_the_memory_are_good_for_their_subject_alone(cache: Path) -> None:
    tree = MemoryTree({"a": "1"})
    _remember(cache, tree, "one")
    _remember(cache, tree, "other")
    one, other = sorted(cache.iterdir())
    one.replace(other)
    assert (_states(cache, tree, "one"), _states(cache, tree, "other")) in (
        (True, False),
        (False, True),
        (False, False),
    )
    assert not _states(cache, MemoryTree({"a": "2"}), "one")
    assert not _states(cache, MemoryTree({"a": "1"}, root="/elsewhere"), "one")


def test_another_python_or_library_is_another_subject(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = MemoryTree({"a": "1"})
    _remember(cache, tree, "one")
    assert _states(cache, tree, "one")
    monkeypatch.setattr(locksync.verdict.memory, "_surroundings", lambda: ("another",))
    assert not _states(cache, tree, "one")


def test_an_answer_can_be_that_there_is_none(cache: Path) -> None:
    tree = MemoryTree({})
    asked, trace = record(tree)
    assert asked.read("a") is None
    assert asked.changed(path for path in "ab") == frozenset()
    Memory(str(cache), tree).remember(trace, ["note"], "x")
    state = Memory(str(cache), tree).recall("x")
    assert state == (
        {("read", "a"): trace["read", "a"], ("changed", "a", "b"): trace["changed", "a", "b"]},
        ["note"],
    )
    assert not _states(cache, MemoryTree({"a": ""}), "x")
    assert not _states(cache, MemoryTree({}, changed=["b"]), "x")


def test_a_directory_that_commits_can_write_to_is_not_used(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(project.path / ".cache"))
    assert project.locksync("check").code == 0
    assert not (project.path / ".cache").exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_a_directory_that_others_can_write_to_is_not_used(
    project: GitRepository, cache: Path
) -> None:
    project.locksync("check")
    assert cache.stat().st_mode & 0o777 == 0o700
    before = len(list(cache.iterdir()))
    cache.chmod(0o777)
    project.write("new", "")
    project.git("add", "new")
    assert project.locksync("check").code == 0
    assert len(list(cache.iterdir())) == before


def test_a_place_that_cannot_be_written_to_is_no_fault(
    project: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(tmp_path / "file"))
    assert project.locksync("check").code == 0
    assert (tmp_path / "file").read_text() == ""


def test_the_oldest_is_forgotten_first(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = MemoryTree({"a": "1"})
    for number in range(10):
        _remember(cache, tree, str(number))
    for number in range(10):
        path = Memory(str(cache), tree)._path(str(cache), (str(number),))
        os.utime(path, (number, number))
    monkeypatch.setattr(locksync.verdict.memory, "MOST_FILES", 4)
    assert _states(cache, tree, "0")  # Of use just now.
    Memory(str(cache), tree).tidy()
    left = [number for number in range(10) if _states(cache, tree, str(number))]
    assert left == [0, 7, 8, 9]
    monkeypatch.setattr(locksync.verdict.memory, "MOST_BYTES", 1)
    Memory(str(cache), tree).tidy()
    assert list(cache.iterdir()) == []


def test_nothing_is_forgotten_that_is_not_of_the_memory(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir(mode=0o700)
    (cache / "thesis.tex").write_text("")
    tree = MemoryTree({"a": "1"})
    _remember(cache, tree, "one")
    monkeypatch.setattr(locksync.verdict.memory, "MOST_BYTES", 1)
    Memory(str(cache), tree).tidy()
    assert [path.name for path in cache.iterdir()] == ["thesis.tex"]


def test_no_memory_is_recalled_from_the_working_directory(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = MemoryTree({"a": "1"})
    _remember(cache, tree, "one")
    monkeypatch.chdir(cache)
    assert Memory(None, tree).recall("one") is None


def test_a_memory_on_another_drive_is_outside_the_repository(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commonpath(_: object) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr("os.path.commonpath", commonpath)
    tree = MemoryTree({"a": "1"})
    _remember(cache, tree, "one")
    assert _states(cache, tree, "one")


def test_what_changes_during_a_check_is_not_remembered(cache: Path) -> None:
    tree = MemoryTree({"a": "1"})
    asked, trace = record(tree)
    asked.read("a")
    tree._contents["a"] = b"2"
    asked.read("a")
    Memory(str(cache), tree).remember(trace, [], "one")
    assert not _states(cache, tree, "one")
    assert not _states(cache, MemoryTree({"a": "1"}), "one")


def test_many_writers_do_not_meet(cache: Path) -> None:
    tree = MemoryTree({"a": "1"})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _remember(cache, tree, str(number % 3)), range(60)))
    assert all(_states(cache, tree, str(number)) for number in range(3))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LOCKSYNC_CACHE_DIR": "/a"}, "/a"),
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c/locksync"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/locksync"),
        ({"HOME": "/h"}, "/h/.cache/locksync"),
        ({"HOME": "relative"}, None),
    ],
)
@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="other places there")
def test_the_memory_is_where_the_user_wants_it(
    variables: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOCKSYNC_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert default_directory() == expected


def test_what_a_killed_run_left_is_taken_away_all_the_same(project: GitRepository) -> None:
    assert project.locksync("fix").code == 0
    project.write(".requirements.txt.locksync.tmp", "half")
    assert project.locksync("fix").code == 0
    assert not (project.path / ".requirements.txt.locksync.tmp").exists()


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("darwin", {"HOME": "/h"}, "/h/Library/Caches/locksync"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/locksync"),
        ("win32", {}, None),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the paths are those of POSIX")
def test_other_systems_have_other_places(
    system: str,
    variables: dict[str, str],
    expected: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LOCKSYNC_CACHE_DIR")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert default_directory() == expected


def test_a_question_that_fails_is_answered_by_its_failure(cache: Path) -> None:
    class Refusing(MemoryTree):
        def read(self, path: str) -> bytes | None:
            raise OSError("no")

    asked, trace = record(Refusing({}))
    with pytest.raises(OSError, match="no"):
        asked.read("a")
    Memory(str(cache), Refusing({})).remember(trace, [], "x")
    assert Memory(str(cache), Refusing({})).recall("x") == (trace, [])
    assert Memory(str(cache), MemoryTree({})).recall("x") is None


def test_the_files_are_told_once(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many exports ask for them, in a check and when it is remembered."""
    from tests.support.projects import COMPILED_OUTPUT

    told: list[int] = []
    digested = locksync.verdict.memory._sha256

    def digest(content: bytes | str) -> str:
        told.append(len(content))
        return digested(content)

    monkeypatch.setattr(locksync.verdict.memory, "_sha256", digest)
    files = {f"many/of/them/{number}.py": "" for number in range(2000)}
    for number in range(12):
        files[f"s{number}/requirements.in"] = "flask\n"
        files[f"s{number}/requirements.txt"] = COMPILED_OUTPUT
    repository.commit_all(files)
    tree, trace = record(Repository(str(repository.path)))
    for _ in range(50):
        tree.files()
    assert ("files",) in trace
    assert max(told, default=0) < 1000


def test_the_files_are_sorted_into_directories_once(repository: GitRepository) -> None:
    from locksync.discovery.survey import find_exports
    from locksync.repository.paths import by_directory

    repository.commit_all(
        {f"s{number}/{name}": "" for number in range(9) for name in ("poetry.lock", "a.txt")}
    )
    by_directory.cache_clear()
    find_exports(record(Repository(str(repository.path)))[0])
    assert by_directory.cache_info().misses <= 2, "those there are, and those deleted"


def test_files_without_a_mark_cost_neither_questions_nor_a_second_look(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be very many text files."""
    from tests.support.projects import COMPILED_OUTPUT

    files = {f"many/{number}.txt": "x\n" for number in range(200)}
    repository.commit_all(
        {**files, "requirements.in": "flask\n", "requirements.txt": COMPILED_OUTPUT}
    )
    opened: list[str] = []

    def spy(path: str, flags: int = 0, place: int | None = None) -> bytes:
        opened.append(path)
        return locksync.repository.reading.start(path, flags, place)

    monkeypatch.setattr("locksync.repository.marking.start", spy)
    tree, trace = record(Repository(str(repository.path)))
    assert len(locksync.discovery.survey.find_exports(tree).exports) == 1
    assert len(trace) < 30
    assert sorted(opened) == sorted(path.rpartition("/")[2] for path in tree.files())
