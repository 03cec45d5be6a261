"""Attacks of a pull request on whoever checks it. docs/security.md tells which promise each is on.

Those that need more than a file or two are in tests/test_hostile_repository.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import locksync.repository.git
from locksync.command_line import split_command
from locksync.findings import FindingError
from locksync.repository import machine
from locksync.repository.process import version
from locksync.repository.working_tree import Repository
from locksync.tools.registry import TOOLS, read_export
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree
from tests.support.projects import (
    COMPILED_OUTPUT,
    POETRY_OUTPUT,
    UV_PROJECT,
    compiled_project,
    pipenv_project,
    pipfile_lock,
    poetry_lock,
    poetry_project,
)

posix = pytest.mark.skipif(os.name == "nt", reason="the programs are scripts of a shell")


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@posix
@pytest.mark.parametrize("place", [".", "", "bin", "{repository}", "{repository}/bin", "{link}"])
def test_git_is_none_that_the_repository_brings(
    place: str, repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit_all(poetry_project())
    for path in ("git", "bin/git"):
        _script(repository.path / path, f'touch {tmp_path}/mark; exec /usr/bin/git "$@"')
    (tmp_path / "link").symlink_to(repository.path / "bin")
    first = place.format(repository=repository.path, link=tmp_path / "link")
    monkeypatch.setenv("PATH", f"{first}{os.pathsep}{os.environ['PATH']}")
    assert repository.locksync("check", "--no-cache").code == 0
    assert not (tmp_path / "mark").exists()


def test_git_is_never_looked_for_by_its_name_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows takes a program of the working directory before those on PATH."""
    monkeypatch.setattr(locksync.repository.git, "PROGRAM", "git.exe")
    (tmp_path / "git.exe").touch(mode=0o755)
    (tmp_path / "programs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", str(tmp_path / "programs"))))
    assert os.path.isabs(locksync.repository.git._program(str(tmp_path)))
    (tmp_path / "repository").mkdir()
    (tmp_path / "programs/git.exe").touch(mode=0o755)
    found = locksync.repository.git._program(str(tmp_path / "repository"))
    assert found == str(tmp_path / "programs/git.exe")


@posix
def test_a_check_leaves_the_index_alone_and_runs_no_hook(
    repository: GitRepository, tmp_path: Path
) -> None:
    repository.commit_all(poetry_project())
    _script(repository.path / ".githooks/post-index-change", f"touch {tmp_path}/mark")
    repository.git("config", "core.hooksPath", ".githooks")
    repository.write("poetry.lock", poetry_lock("4"))
    os.utime(repository.path / "requirements.txt", (1, 1))  # As after a copy.
    before = (repository.path / ".git/index").stat()
    assert repository.locksync("check", "--no-cache").findings == ["LS001"]
    after = (repository.path / ".git/index").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not (tmp_path / "mark").exists()


@posix
def test_a_directory_that_is_a_repository_itself_has_no_say(
    repository: GitRepository, tmp_path: Path
) -> None:
    inner = GitRepository(repository.path / "service")
    inner.commit_all(poetry_project())
    (inner.path / ".git/info/attributes").write_text("* filter=x\n")
    clean = f'[filter "x"]\n\tclean = touch {tmp_path}/mark\n'
    (inner.path / ".git/config").write_text(f"[core]\n\tworktree = .\n\tbare = false\n{clean}")
    for path in (inner.path / ".git").iterdir():
        path.rename(inner.path / path.name)
    (inner.path / ".git").rmdir()
    (tmp_path / "mark").unlink(missing_ok=True)
    repository.git("add", "--all", "--force")
    os.utime(inner.path / "requirements.txt", (1, 1))
    run = repository.locksync("check", "--no-cache", cwd="service")
    assert (run.code, run.stdout) == (2, "")
    assert "looks like a repository of git without a work tree" in run.stderr
    assert repository.locksync("check", "--no-cache").code == 0
    assert not (tmp_path / "mark").exists()


TOKEN = "SECRET" * 200
URL = f"https://aws:{TOKEN}@packages.example.org/simple"
FORMS = (["--format", "text"], ["--format", "github"], ["--format", "json"], ["--diff", "-v"])


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
@pytest.mark.parametrize("before", ["", "x" * 150, "x" * 178, "x" * 190])
def test_a_password_that_is_longer_than_a_line_is_not_printed(
    before: str, form: list[str], repository: GitRepository
) -> None:
    repository.commit_all({**poetry_project(), **pipenv_project("below")})
    repository.write("requirements.txt", f"{POETRY_OUTPUT}--find-links {before}{URL}\n")
    smuggled = pipfile_lock(f"1 @ {before}{URL}\\u001b")
    repository.write("below/Pipfile.lock", smuggled)
    run = repository.locksync("check", *form)
    assert run.code in (1, 2)
    assert "SECRET" not in run.stdout + run.stderr


@pytest.mark.parametrize("name", ["::error title=x::pwned", "d\x1b[31mEVIL", "d\n::error::x"])
def test_no_name_steers_a_terminal_or_a_runner(
    name: str, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt":
        pytest.skip("no file can have such a name")
    repository.commit_all(
        {
            **{f"{name}/{path}": text for path, text in poetry_project().items()},
            **{f"{name}/uv/{path}": text for path, text in UV_PROJECT.items()},
        }
    )
    repository.replace(f"{name}/poetry.lock", 'lock-version = "2.1"', 'lock-version = "9"')
    repository.commit()
    runs = [
        repository.locksync(*words)
        for words in (["check", "-v"], ["hook", "-v"], ["list", "-v"], ["check", f"{name}/x"])
    ]
    assert name.replace("\x1b", "\\x1b").replace("\n", "\\n") in runs[0].stdout
    for line in "\n".join(run.stdout + run.stderr for run in runs).split("\n"):
        assert "\x1b" not in line
        assert not line.startswith("::")


def _link_out(project: GitRepository) -> None:
    (project.path / "config.in").symlink_to("/etc/hostname")


def _submodule(project: GitRepository) -> None:
    (project.path / "data.in").mkdir()
    project.git("update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},data.in")


def _large(project: GitRepository) -> None:
    project.write("big.in", b"\0" * 17_000_000)


def _circle(project: GitRepository) -> None:
    (project.path / "loop.in").symlink_to("loop.in")


def _input_out(project: GitRepository) -> None:
    (project.path / "requirements.in").unlink()
    (project.path / "requirements.in").symlink_to("/etc/hostname")


def _large_output(project: GitRepository) -> None:
    header = COMPILED_OUTPUT.replace("pip-compile requirements.in", "pip-compile no.in")
    project.write("requirements-dev.txt", header + "#\n" * 9_000_000)


def _digits(project: GitRepository) -> None:
    project.write("other/poetry.lock", poetry_lock("9" * 4400))
    project.write("other/requirements.txt", f"flask=={'9' * 4400}\n")


def _calls(project: GitRepository) -> None:
    project.write("setup.py", f"a{'()' * 2000}\n")
    project.write("locksync.toml", 'exports = ["pip-compile setup.py -o setup.txt"]\n')
    project.write("setup.txt", "flask==1\n")


@posix
@pytest.mark.parametrize(
    "change",
    [_link_out, _submodule, _large, _circle, _input_out, _large_output, _digits, _calls],
)
def test_what_cannot_be_read_is_a_finding_at_most_and_stops_no_other_export(
    change: Callable[[GitRepository], None], repository: GitRepository
) -> None:
    repository.commit_all(
        {
            **compiled_project(),
            **poetry_project("other"),
            **pipenv_project("below"),
        }
    )
    repository.write("below/Pipfile.lock", pipfile_lock("4"))
    change(repository)
    repository.git("add", "--all", ":!data.in")
    for command in (["check"], ["list"], ["hook", "--check"], ["init", "-n"]):
        run = repository.locksync(*command)
        assert (run.code in (0, 1, 2), "Traceback" in run.stderr) == (True, False), run
        assert "LS099" not in run.stdout
        if command != ["init", "-n"]:
            assert "below/requirements.txt" in run.stdout


@pytest.fixture
def uv_project(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> GitRepository:
    """An export of uv, and a program that tells which settings it would find."""
    header = "# This file was autogenerated by uv via the following command:\n#    uv export"
    repository.commit_all({**UV_PROJECT, "requirements.txt": f"{header} -o requirements.txt\n"})
    settings = '"$XDG_CONFIG_DIRS/uv/uv.toml" "$XDG_CONFIG_HOME/uv/uv.toml"'
    _script(tmp_path / "programs/uv", f"wc -c {settings} > {tmp_path}/told; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}/programs{os.pathsep}{os.environ['PATH']}")
    return repository


@posix
def test_without_a_place_for_temporary_files_uv_is_not_asked(
    uv_project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    run = uv_project.locksync("check")
    assert (run.code, run.findings) == (2, ["LS011"])
    assert "nowhere to write temporary files: Read-only file system" in run.stdout


@posix
def test_settings_of_the_machine_are_out_of_sight_of_uv(
    uv_project: GitRepository, tmp_path: Path
) -> None:
    """uv looks into /etc only where it finds no settings in the other places."""
    uv_project.locksync("check")
    assert [line.split()[0] for line in (tmp_path / "told").read_text().splitlines()] == ["0"] * 3


@posix
def test_a_program_that_starts_another_is_never_known(tmp_path: Path) -> None:
    places = {name: tmp_path / name / "bin/uv" for name in ("native", "script", "link", "shims")}
    for path in (*places.values(), tmp_path / "mise"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"#!/bin/sh" if path == places["script"] else b"\x7fELF")
        path.chmod(0o755)
    places["link"].unlink()
    places["link"].symlink_to(tmp_path / "mise")

    def told(name: str) -> object:
        return machine.programs("uv", str(tmp_path / name))

    assert [name for name in places if told(name) == told(name)] == ["native"]
    before = told("native")
    places["native"].chmod(0o644)
    assert told("native") != before


@posix
def test_a_link_that_leads_elsewhere_now_is_another_argument(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKSYNC_CACHE_DIR", str(tmp_path / "cache"))
    repository.commit_all({**poetry_project("a"), **poetry_project("b")})
    repository.write("b/poetry.lock", poetry_lock("4"))
    for place, code in (("a", 0), ("b", 1)):
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(repository.path / place)
        assert repository.locksync("check", str(tmp_path / "link")).code == code


LEFTOVER = ".requirements.txt.locksync.tmp"


@pytest.mark.parametrize("command", [["hook"], ["fix"]])
def test_a_tracked_file_with_the_name_of_a_leftover_is_kept(
    command: list[str], repository: GitRepository
) -> None:
    repository.commit_all({**poetry_project(), LEFTOVER: "mine\n"})
    for _ in range(2):
        assert repository.locksync(*command).code == 0
    assert repository.read(LEFTOVER) == "mine\n"
    repository.write("poetry.lock", poetry_lock("4"))
    run = repository.locksync(*command)
    assert (run.code, run.findings) == (2, ["LS001", "LS015"])
    assert (repository.read(LEFTOVER), repository.read("requirements.txt")) == (
        "mine\n",
        POETRY_OUTPUT,
    )


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("pyproject.toml", '[tool.pip-tools]\npip-args = "--log /tmp/x"\n'),
        ("pyproject.toml", '[tool.pip-tools]\npip_args = ["--log", "/tmp/x"]\n'),
        ("pyproject.toml", '[tool.pip-tools.compile]\npip-args = "--report x"\n'),
        ("pyproject.toml", '[tool."pip\\u002dtools"]\npip-args = "--log /tmp/x"\n'),
        (".pip-tools.toml", '[tool.pip-tools]\ncache-dir = "/tmp/x"\n'),
        ("sub/.pip-tools.toml", '[tool.pip-tools]\npip-args = "--log /tmp/x"\n'),
        ("other.toml", '[tool.pip-tools]\npip-args = "--src /tmp/x"\n'),
    ],
)
def test_settings_with_which_pip_would_write_elsewhere_are_refused(
    file: str, settings: str
) -> None:
    tree = MemoryTree({"sub/requirements.in": "six\n", "out.txt": "six==1\n", file: settings})
    command = "pip-compile --config other.toml -o out.txt sub/requirements.in"
    export = read_export(split_command(command), "")
    with pytest.raises(FindingError) as refused:
        TOOLS["pip-compile"].invoke(export, tree, "/elsewhere/out.txt")
    assert (refused.value.finding.code.name, refused.value.finding.file) == ("REFUSED", file)
    harmless = MemoryTree({"sub/requirements.in": "six\n", file: "[tool.pip-tools]\nquiet = true"})
    TOOLS["pip-compile"].invoke(export, harmless, "/elsewhere/out.txt")


@posix
def test_a_program_beside_tracked_files_is_not_started(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = {**UV_PROJECT, "locksync.toml": 'exports = ["uv export -o requirements.txt"]\n'}
    repository.commit_all(project)
    _script(repository.path / "bin/uv", f"touch {tmp_path}/mark")
    repository.commit()
    monkeypatch.setenv("PATH", f"{repository.path}/bin{os.pathsep}{os.environ['PATH']}")
    assert repository.locksync("check").findings == ["LS018"]
    assert not (tmp_path / "mark").exists()


@posix
def test_a_program_is_asked_for_its_version_away_from_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some look for plugins where they are started."""
    _script(tmp_path / "programs/tool", "pwd")
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    assert version([str(tmp_path / "programs/tool")]) == str(tmp_path / "programs")


def test_the_programs_of_tools_are_not_taken_from_relative_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join((".", "bin", "", os.path.dirname(sys.executable))))
    told = version([sys.executable, "-c", "import os; print(os.environ['PATH'])"])
    assert told == os.path.dirname(sys.executable)


def test_a_repository_is_read_with_what_git_was_found_first(repository: GitRepository) -> None:
    tree = Repository(str(repository.path))
    assert tree._git is not None
    assert os.path.isabs(tree._git._words[0])
    assert "safe.bareRepository=explicit" in tree._git._words
