"""Repositories on disk, with the real git."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import locksync.repository.git
from locksync.findings import Code, FindingError
from locksync.repository.working_tree import Repository, RepositoryError
from tests.support.git import GitRepository
from tests.support.projects import poetry_project


def _open(repository: GitRepository, below: str = "") -> Repository:
    return Repository(str(repository.path / below))


def test_files_are_those_git_tracks(repository: GitRepository) -> None:
    for path in ("a b.txt", "größe/x.txt", 'quo"te.txt', "ignored.txt", "untracked.txt"):
        repository.write(path, "x")
    repository.write(".gitignore", "ignored.txt\n")
    repository.git("add", "a b.txt", "größe", 'quo"te.txt', ".gitignore")
    tree = _open(repository)
    assert tree.files() == {"a b.txt", "größe/x.txt", 'quo"te.txt', ".gitignore"}
    assert tree.is_tracked("a b.txt")
    assert not tree.is_tracked("untracked.txt")


def test_paths_are_relative_to_the_top(repository: GitRepository) -> None:
    repository.write("a/b/x.txt", "x")
    tree = _open(repository, "a/b")
    assert (tree.root, tree.prefix) == (os.path.realpath(repository.path), "a/b")
    assert tree.read("a/b/x.txt") == b"x"
    assert _open(repository).prefix == ""


def test_reads_files(repository: GitRepository) -> None:
    repository.write("a.txt", b"\r\n\xff")
    tree = _open(repository)
    assert tree.read("a.txt") == b"\r\n\xff"
    assert tree.read("nothing.txt") is None
    assert tree.read("a.txt/below.txt") is None
    assert [tree.exists(path) for path in ("a.txt", "nothing.txt", "")] == [True, False, False]
    assert tree.is_directory(".git")
    assert not tree.is_directory("a.txt")


def test_a_directory_in_place_of_a_file_is_a_finding(repository: GitRepository) -> None:
    (repository.path / "poetry.lock").mkdir()
    with pytest.raises(FindingError) as caught:
        _open(repository).read("poetry.lock")
    assert caught.value.finding.message == "poetry.lock cannot be read: Is a directory"


def test_links_are_followed_inside_the_repository_only(
    repository: GitRepository, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    repository.write("a.txt", "a")
    (repository.path / "inside.txt").symlink_to("a.txt")
    (repository.path / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (repository.path / "directory").symlink_to(tmp_path)
    tree = _open(repository)
    assert tree.read("inside.txt") == b"a"
    assert tree.target("inside.txt") == "a.txt"
    assert tree.absolute("inside.txt") == os.path.join(tree.root, "a.txt")
    for path in ("outside.txt", "directory/secret.txt"):
        with pytest.raises(FindingError) as caught:
            tree.read(path)
        assert caught.value.finding.code is Code.OUTSIDE
        assert caught.value.finding.message == f"{path} is a link that leads out of the repository"


@pytest.mark.parametrize(
    ("rules", "rule"),
    [
        ("requirements.txt\n", (".gitignore", 1)),
        ("# rules\n\n*.txt\n", (".gitignore", 3)),
        ("*.txt\n!requirements.txt\n", None),
        ("*.log\n", None),
    ],
)
def test_names_the_rule_that_ignores_a_file(
    repository: GitRepository, rules: str, rule: tuple[str, int] | None
) -> None:
    repository.write(".gitignore", rules)
    assert _open(repository).ignore_rule("requirements.txt") == rule


def test_what_differs_from_head(repository: GitRepository) -> None:
    for path in ("same", "staged", "on disk", "both", "deleted", "removed [x]"):
        repository.write(path, "1")
    repository.commit()
    repository.write("staged", "2")
    repository.write("both", "2")
    repository.git("add", "staged", "both")
    repository.git("rm", "--quiet", "deleted", "removed [x]")
    repository.write("both", "1")
    repository.write("on disk", "2")
    tree = _open(repository)
    paths = ("same", "staged", "on disk", "both", "deleted", "removed [x]", "never was")
    assert tree.changed(paths) == {"staged", "on disk", "both", "deleted", "removed [x]"}
    assert tree.changed(("same",)) == frozenset()
    assert tree.deleted() == {"deleted", "removed [x]"}


def test_everything_is_new_before_the_first_commit(repository: GitRepository) -> None:
    repository.write("a", "1")
    repository.git("add", "a")
    tree = _open(repository)
    assert tree.changed(["a", "untracked"]) == {"a"}
    assert tree.deleted() == frozenset()


def test_sees_the_index_of_a_partial_commit(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("a", "1")
    repository.commit()
    other_index = repository.path / ".git/other-index"
    other_index.write_bytes((repository.path / ".git/index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(other_index))
    repository.run("git", "rm", "--cached", "--quiet", "a", GIT_INDEX_FILE=str(other_index))
    assert _open(repository).deleted() == {"a"}


def test_a_file_that_is_called_head_hides_no_deletion(repository: GitRepository) -> None:
    for path in ("HEAD", "a.txt"):
        repository.write(path, "1")
    repository.commit()
    repository.git("rm", "--quiet", "a.txt")
    tree = _open(repository)
    assert tree.deleted() == tree.changed(["a.txt"]) == {"a.txt"}


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "../.git", "GIT_WORK_TREE": ".."},
        {"GIT_ICASE_PATHSPECS": "1"},
        {"GIT_GLOB_PATHSPECS": "1"},
        {"GIT_NOGLOB_PATHSPECS": "1"},
    ],
)
def test_variables_of_git_spoil_no_question(
    variables: dict[str, str], repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("a.txt", "below/b.txt"):
        repository.write(path, "1")
    repository.commit()
    repository.write("a.txt", "2")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    tree = _open(repository, "below")
    assert tree.prefix == "below"
    assert tree.files() == {"a.txt", "below/b.txt"}
    assert tree.changed(["a.txt", "below/b.txt"]) == {"a.txt"}


def test_a_directory_outside_of_the_work_tree_is_refused(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository.path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repository.path))
    with pytest.raises(RepositoryError, match="is outside "):
        Repository(str(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="there, the working directory cannot be taken away")
def test_a_working_directory_that_is_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(RepositoryError, match="the working directory no longer exists"):
        Repository(".")


def test_without_git_the_files_are_those_on_disk(tmp_path: Path) -> None:
    for path in ("a/x.txt", ".hidden/x.txt", "node_modules/x.txt", "venv/pyvenv.cfg", "venv/x.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    (tmp_path / "top.txt").write_text("x")
    tree = Repository(str(tmp_path))
    assert tree.files() == {"a/x.txt", "top.txt"}
    assert tree.is_tracked("a/x.txt")
    assert tree.ignore_rule("a/x.txt") is None
    assert (tree.changed(["top.txt"]), tree.deleted()) == (frozenset(), frozenset())


def test_a_repository_without_a_git_program_is_refused(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repository.path))
    with pytest.raises(RepositoryError, match="git cannot be started"):
        _open(repository)


@pytest.mark.parametrize("path", [".git/hooks/x", "hooks/x", "a/.git/x", ".GIT/x"])
def test_nothing_is_read_or_written_in_gits_own_directory(
    repository: GitRepository, path: str
) -> None:
    (repository.path / "hooks").symlink_to(".git/hooks")
    with pytest.raises(FindingError) as caught:
        _open(repository).locate(path)
    assert caught.value.finding.message == f"{path} leads into git's own directory"


def test_what_a_sparse_checkout_leaves_out_is_not_there(repository: GitRepository) -> None:
    for path in ("a/x.txt", "b/x.txt"):
        repository.write(path, "x")
    repository.commit()
    repository.git("sparse-checkout", "set", "--cone", "a")
    assert _open(repository).files() == {"a/x.txt"}


def test_what_is_there_against_the_index_is_tracked_all_the_same(
    repository: GitRepository,
) -> None:
    repository.write("a.txt", "1")
    repository.commit()
    repository.git("update-index", "--skip-worktree", "a.txt")
    assert _open(repository).is_tracked("a.txt")


def test_says_why_git_refuses(repository: GitRepository) -> None:
    (repository.path / ".git/HEAD").write_text("nonsense")
    with pytest.raises(RepositoryError, match=r"not a git repository|invalid"):
        _open(repository)


def test_a_damaged_index_is_not_an_empty_repository(repository: GitRepository) -> None:
    (repository.path / ".git/index").write_bytes(b"nonsense")
    with pytest.raises(RepositoryError, match="git cannot list the files"):
        _open(repository).files()


@pytest.mark.parametrize("directory", ["/", "/nowhere/at/all"])
def test_refuses_what_is_no_repository(directory: str) -> None:
    with pytest.raises(RepositoryError):
        Repository(directory)


def test_a_file_without_end_is_not_read(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locksync.repository.working_tree.LARGEST", 2**20)
    repository.commit_all(poetry_project())
    repository.write("poetry.lock", "a" * (2**20 + 1))
    run = repository.locksync("check")
    assert (run.code, run.findings) == (2, ["LS009"])
    assert "poetry.lock is larger than 1 MiB" in run.stdout


def _branch(repository: GitRepository) -> None:
    """Two commits on main, two on a branch that set off at the first."""
    repository.write("a", "1")
    repository.commit()
    repository.git("branch", "topic")
    repository.write("main", "1")
    repository.commit()
    repository.git("switch", "--quiet", "topic")
    for text in ("2", "3"):
        repository.write("a", text)
        repository.commit()


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PRE_COMMIT_FROM_REF": "main"}, id="given-to-the-runner"),
        pytest.param({"GITHUB_BASE_REF": "main"}, id="github"),
        pytest.param({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "topic~2"}, id="gitlab"),
        pytest.param({}, id="clone"),
    ],
)
def test_what_differs_from_the_base_of_the_branch(
    environment: dict[str, str], repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _branch(repository)
    if "GITHUB_BASE_REF" in environment:
        repository.git("update-ref", "refs/remotes/origin/main", "main")
    if not environment:
        repository.git("update-ref", "refs/remotes/origin/HEAD", "main")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    tree = _open(repository)
    assert tree.changed(["a", "main"]) == frozenset()
    assert tree.changed_on_branch(["a", "main"]) == {"a"}
    assert (tree.at_base("a"), tree.at_base("main")) == (b"1", None)
    # What nobody names is no base for what a commit is told.
    assert tree.changed_since_named_base(["a", "main"]) == ({"a"} if environment else frozenset())
    assert tree.at_named_base("a") == (b"1" if environment else None)


def test_the_base_of_a_shallow_checkout_of_a_pull_request(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _branch(repository)
    repository.git("switch", "--quiet", "--detach", "main")
    repository.git("merge", "--quiet", "--no-ff", "--message", "merge", "topic")
    repository.git("branch", "pull")
    shallow = GitRepository(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=2", repository.path.as_uri(), "pull")
    shallow.git("switch", "--quiet", "--detach", "FETCH_HEAD")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert _open(shallow).changed_on_branch(["a", "main"]) == {"a"}


@pytest.mark.parametrize("name", ["nowhere", "--all", ""])
def test_a_base_that_is_none_tells_nothing(
    name: str, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _branch(repository)
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", name)
    assert _open(repository).changed_on_branch(["a"]) == frozenset()
    assert _open(repository).at_base("a") is None


def test_ten_thousand_directories_cost_no_more_questions(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, content in poetry_project().items():
        repository.write(path, content)
    asked = _questions(repository, monkeypatch)
    for number in range(10_000):
        repository.write(f"{number % 100}/{number}/x", "")
    assert _questions(repository, monkeypatch) == asked


def _questions(repository: GitRepository, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a check of the whole repository asks git, and runs."""
    repository.git("add", "--all")
    asked: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("_run", "_spawn"):
            question = getattr(locksync.repository.git.Git, name)

            def spy(*given: Any, question: Any = question, **options: Any) -> Any:
                asked.append(given[1])
                return question(*given, **options)

            patch.setattr(locksync.repository.git.Git, name, spy)
        assert repository.locksync("check", "--no-cache").code == 0
    return asked


def test_a_revision_is_what_the_repository_was(repository: GitRepository) -> None:
    for path, content in (("a/x.txt", "1"), ("y.txt", "1"), ("a/x.txt", "2"), ("a/x.txt", "3")):
        repository.write(path, content)
        repository.commit()
    (repository.path / "y.txt").unlink()
    tree = Repository(str(repository.path))
    found = [tree.as_of(commit) for commit in tree.history(["a/x.txt"])]
    assert [revision.read("a/x.txt") for revision in found] == [b"3", b"2", b"1"]
    commits = repository.git("rev-list", "HEAD", "--", "a/x.txt").split()
    assert list(tree.history(["a/x.txt"])) == commits
    assert len(tree.history(["a/x.txt", "y.txt"])) == 4
    assert list(found[1].history(["a/x.txt"])) == commits[1:]
    assert found[0].as_of(commits[1]).read("a/x.txt") == b"2"
    newest, oldest = found[0], found[-1]
    assert newest.files() == {"a/x.txt", "y.txt"}
    assert oldest.files() == {"a/x.txt"}
    assert (newest.read("y.txt"), oldest.read("y.txt")) == (b"1", None)
    assert newest.start("y.txt") == newest.committed("y.txt") == b"1"
    assert newest.exists("y.txt")
    assert newest.is_tracked("y.txt")
    assert newest.is_committed("y.txt")
    assert [newest.is_directory(path) for path in (".", "./a", "b")] == [True, True, False]
    assert newest.target("y.txt") == "y.txt"
    assert newest.absolute("y.txt") == str(repository.path.resolve() / "y.txt")
    assert newest.environment()["python_version"]
    assert newest.ignore_rule("y.txt") is None
    assert newest.changed(["y.txt"]) == newest.deleted() == frozenset()
    assert newest.changed_on_branch(["y.txt"]) == frozenset()
    assert newest.at_base("y.txt") is None
    assert newest.is_file("./y.txt")
    assert not newest.is_deleted("y.txt")
    assert newest.programs("git") == Repository(str(repository.path)).programs("git")


def test_there_are_no_revisions_without_commits(repository: GitRepository) -> None:
    assert Repository(str(repository.path)).history(["x.txt"]) == ()


@pytest.mark.parametrize(
    ("name", "deleted"),
    [("PRE_COMMIT_FROM_REF", {"a"}), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", {"a"}), ("X", set())],
)
def test_what_the_branch_deletes_is_deleted_where_its_base_is_told(
    name: str, deleted: set[str], repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    _branch(repository)
    repository.git("rm", "--quiet", "a")
    repository.git("commit", "--quiet", "--message", "change")
    monkeypatch.setenv(name, "main")
    tree = _open(repository)
    assert tree.deleted() == deleted
    assert tree.is_deleted("a") is bool(deleted)
    assert "main" not in tree.files()


@pytest.mark.parametrize("bit", ["--assume-unchanged", "--skip-worktree"])
def test_what_git_was_told_to_overlook_is_seen_all_the_same(
    bit: str, repository: GitRepository
) -> None:
    for path in ("a", "b", "windows"):
        repository.write(path, "1\n")
    repository.commit()
    repository.git("update-index", bit, "a", "windows")
    repository.write("windows", "1\r\n")
    assert _open(repository).changed(["a", "b", "windows"]) == frozenset()
    repository.write("a", "2")
    tree = _open(repository)
    assert tree.changed(["a", "b"]) == {"a"}
    assert [tree.is_watched(path) for path in ("a", "b", "c")] == [False, True, False]
    assert "a" in tree.files()


def test_a_file_that_is_only_intended_to_be_added_is_not_tracked(
    repository: GitRepository,
) -> None:
    repository.write("empty", "")
    repository.commit()
    repository.write("a", "1")
    repository.git("add", "--intent-to-add", "a")
    tree = _open(repository)
    assert [tree.is_tracked(path) for path in ("a", "empty")] == [False, True]
    assert [tree.is_watched(path) for path in ("a", "empty")] == [False, True]


@pytest.mark.parametrize("setting", ["diff.orderFile=/nonexistent", "diff.algorithm=bogus"])
def test_where_git_cannot_tell_what_has_changed_the_bytes_do(
    setting: str, repository: GitRepository
) -> None:
    for path in ("a", "b", "c"):
        repository.write(path, "1")
    repository.commit()
    repository.write("a", "2")
    (repository.path / "c").unlink()
    repository.git("config", *setting.split("="))
    assert _open(repository).changed(["a", "b", "c", "d"]) == {"a", "c"}


def test_a_file_of_another_time_has_not_changed(repository: GitRepository) -> None:
    for path in ("a", "b"):
        repository.write(path, "1")
    repository.commit()
    os.utime(repository.path / "a", (1, 1))
    repository.write("b", "2")
    index = repository.path / ".git/index"
    before = index.read_bytes()
    tree = _open(repository)
    assert tree.changed(["a", "b"]) == tree.unstaged(["a", "b"]) == {"b"}
    assert index.read_bytes() == before


def test_the_commits_that_are_being_merged(repository: GitRepository) -> None:
    repository.write("a", "1")
    repository.commit()
    assert _open(repository).merged() == ()
    repository.git("checkout", "--quiet", "-b", "other")
    repository.write("b", "1")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-commit", "--no-ff", "other")
    tree = _open(repository)
    assert tree.merged() == (repository.git("rev-parse", "other").strip(),)
    assert tree.as_of("HEAD").merged() == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_no_file(repository: GitRepository) -> None:
    """Nobody waits for what never comes."""
    os.mkfifo(repository.path / "requirements.txt")
    tree = _open(repository)
    assert tree.start("requirements.txt") == b""
    assert not tree.exists("requirements.txt")
    with pytest.raises(FindingError, match="it is not a regular file") as caught:
        tree.read("requirements.txt")
    assert caught.value.finding.code is Code.MALFORMED


def test_the_start_of_a_file_is_read_through_links_inside_alone(repository: GitRepository) -> None:
    repository.write("a/b.txt", "b")
    (repository.path / "inside").symlink_to("a/b.txt")
    (repository.path / "outside").symlink_to("/etc/passwd")
    (repository.path / "up").symlink_to("/etc")
    tree = _open(repository)
    starts = [tree.start(path) for path in ("a/b.txt", "inside", "outside", "up/passwd", "a", "x")]
    assert starts == [b"b", b"b", b"", b"", b"", b""]


def test_marked_files_are_those_whose_start_has_the_mark(repository: GitRepository) -> None:
    """As `start` tells it, whatever stands in place of a file."""
    marked = {"a/b.txt": "MARK", "c.TXT": "x\nMARK", "ü.txt": "MARK", "C:.txt": "MARK"}
    others = {"a/c.txt": "x", "d.py": "MARK", "late.txt": "x" * 5000 + "MARK", "gone.txt": "MARK"}
    for path, content in {**marked, **others}.items():
        repository.write(path, content)
    links = {"inside.txt": "a/b.txt", "outside.txt": "/etc/passwd", "up": "/etc", "down": "a"}
    for path, target in links.items():
        (repository.path / path).symlink_to(target)
    replaced = ("pipe/x.txt", "directory/x.txt", "linked/b.txt", "away/passwd.txt")
    repository.commit_all(dict.fromkeys(replaced, "MARK"))
    repository.write("untracked.txt", "MARK")
    for path in ("gone.txt", *replaced):
        (repository.path / path).unlink()
    for path, target in {"linked": "a", "away": "/etc"}.items():
        (repository.path / path).rmdir()
        (repository.path / path).symlink_to(target)
    (repository.path / "directory/x.txt").mkdir()
    os.mkfifo(repository.path / "pipe/x.txt")
    tree = _open(repository)
    found = tree.marked("*.txt *wd*", "M[A]RK", "root:")
    assert found == {*marked, "inside.txt", "linked/b.txt"}
    assert found == {path for path in tree.files() if b"MARK" in tree.start(path)} - {"d.py"}
    assert tree.as_of("HEAD").marked("*.txt", "MARK") == {*marked, "gone.txt", *replaced}


def test_what_git_does_not_have_is_unchanged_without_asking_git(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question costs the reading of the whole index."""
    repository.commit_all({"a/pyproject.toml": "", "b": "1", "c": "1", "d/e": "1"})
    repository.write("a/untracked", "")
    repository.write("b", "2")
    repository.git("rm", "--quiet", "c")
    tree = _open(repository)
    asked: list[tuple[str, ...]] = []
    spawn = locksync.repository.git.Git._spawn

    def spy(git: locksync.repository.git.Git, *arguments: str) -> tuple[int, int]:
        asked.append(arguments)
        return spawn(git, *arguments)

    monkeypatch.setattr(locksync.repository.git.Git, "_spawn", spy)
    assert tree.changed(["a/untracked", "pyproject.toml", "a/pyproject.toml/x"]) == frozenset()
    assert tree.changed(["c"]) == tree.deleted() == {"c"}
    assert asked == []
    assert tree.changed(["b", "c", "x"]) == {"b", "c"}
    assert tree.changed(["d", "a"]) == frozenset()
    assert len(asked) == 2


def test_what_is_tracked_below_a_place_is_what_is_tracked_now(repository: GitRepository) -> None:
    repository.write("a", "1")
    repository.commit()
    repository.write("tools/bin/uv", "1")
    repository.git("add", "--all")
    tree = _open(repository)
    places = ("", "a", "tools", "tools/bin", "tools/bin/uv", "tool", "tools/bin/u")
    for now in (tree, tree.as_of("HEAD"), tree.as_of("HEAD").as_of("HEAD")):
        assert [now.tracks_below(place) for place in places] == [True] * 5 + [False] * 2
    assert not tree.as_of("HEAD").is_file("tools/bin/uv")
