"""What only Windows does, tried elsewhere: its rules stand in the place of the system's."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from locksync.repository import machine, process, programs, writing
from tests.support.children import PYTHON

posix_only = pytest.mark.skipif(os.name == "nt", reason="there, the system itself has these rules")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (programs, process, writing):
        monkeypatch.setattr(module, "ON_WINDOWS", True)
    monkeypatch.setattr(programs, "SCRIPTS", "Scripts")
    monkeypatch.setattr(process, "SCRIPTS", "Scripts")


def _program(path: Path, text: str = "") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@posix_only
@pytest.mark.usefixtures("windows")
def test_a_tool_is_found_by_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # shutil.which finds it from Python 3.12 on only.
    found = _program(tmp_path / "uv.exe")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert process.find_program("uv", (), lambda _: False) == (found,)


@posix_only
@pytest.mark.usefixtures("windows")
def test_no_batch_file_is_a_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path / "uv.bat")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert process.find_program("uv", (), lambda _: False) is None


@posix_only
@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("python", ["python.exe", "Scripts/python.exe"])
def test_tools_lie_beside_python_or_among_its_scripts(
    tmp_path: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _program(tmp_path / "Scripts/poetry.exe")
    monkeypatch.setattr(sys, "executable", str(tmp_path / python))
    monkeypatch.setenv("PATH", "")
    assert process.find_program("poetry", (), lambda _: False) == (found,)


@posix_only
@pytest.mark.usefixtures("windows")
def test_a_tool_of_the_project_lies_in_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _program(tmp_path / ".venv/Scripts/pdm.exe")
    monkeypatch.setenv("PATH", "")
    assert process.find_program("pdm", [str(tmp_path / ".venv")], lambda _: False) == (found,)


@posix_only
@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("name", ["python.exe", "py.exe"])
def test_another_python_is_found(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `python` on PATH, which may be any, or by the launcher `py -3.9`."""
    python = _program(tmp_path / "python.exe" if name == "python.exe" else tmp_path / "3/p.exe")
    Path(python).write_text("#!/bin/sh\necho 3.9\n")
    if name == "py.exe":
        _program(tmp_path / "py.exe", f'#!/bin/sh\n[ "$1" = -3.9 ] && echo {python}\n')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert process.find_python("3.9", "piptools", lambda _: False) == (
        python,
        "-I",
        "-m",
        "piptools",
    )
    assert process.find_python("3.8", "piptools", lambda _: False) is None


def test_the_memory_knows_of_the_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _program(tmp_path / "Scripts/uv.exe")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    names = SimpleNamespace(**{**vars(os), "name": "nt", "get_exec_path": list})
    monkeypatch.setattr(machine, "os", names)
    assert [found[0] for found in machine.programs("uv")] == [path]


@posix_only
@pytest.mark.usefixtures("windows")
def test_what_a_tool_has_started_is_stopped_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    _program(tmp_path / "System32/taskkill.exe", f'#!/bin/sh\necho "$@" > {said}\n')
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    started = subprocess.Popen([*PYTHON, "-c", "import time; time.sleep(60)"])
    programs.kill_all_of(started)
    assert said.read_text().split() == ["/T", "/F", "/PID", str(started.pid)]
    assert started.returncode


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, windows: None) -> Path:
    """Files are locked by `msvcrt`, and none that is open can be moved or removed."""
    import fcntl
    import tempfile

    def refuse(path: str) -> None:
        for descriptor in os.listdir("/proc/self/fd"):
            try:
                is_open = os.path.samefile(f"/proc/self/fd/{descriptor}", path)
            except OSError:
                continue
            if is_open:
                raise PermissionError(errno.EACCES, "the file is in use", path)

    def locking(descriptor: int, mode: int, count: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, "the file is locked") from error

    def unlink(path: str, remove: Callable[[str], None] = os.unlink) -> None:
        refuse(path)
        remove(path)

    def move(path: str, to: str, rename: Callable[[str, str], None] = os.replace) -> None:
        refuse(path)
        rename(path, to)

    monkeypatch.setattr(os, "unlink", unlink)
    monkeypatch.setattr(os, "replace", move)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = tmp_path / "place"
    place.mkdir()
    return place


proc_only = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="tells what is open")


@proc_only
def test_no_open_file_is_moved(strict: Path) -> None:
    writing.replace(str(strict / "a.txt"), b"new", None)
    assert {path.name: path.read_bytes() for path in strict.iterdir()} == {"a.txt": b"new"}


@proc_only
def test_no_open_file_is_removed(strict: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (strict / "a.txt").write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        writing.replace(str(strict / "a.txt"), b"new", None)
    assert {path.name: path.read_bytes() for path in strict.iterdir()} == {"a.txt": b"old"}


@proc_only
def test_what_has_changed_since_it_was_read_is_left(strict: Path) -> None:
    (strict / "a.txt").write_bytes(b"edited")
    with pytest.raises(writing.ChangedError):
        writing.replace(str(strict / "a.txt"), b"new", b"old")
    writing.replace(str(strict / "a.txt"), b"edited", b"old")
    assert {path.name: path.read_bytes() for path in strict.iterdir()} == {"a.txt": b"edited"}


@proc_only
def test_what_a_killed_run_left_is_removed(strict: Path) -> None:
    (strict / f".a.txt{writing.SUFFIX}").write_bytes(b"half")
    writing.clean(str(strict / "a.txt"))
    assert list(strict.iterdir()) == []


@proc_only
def test_nobody_waits_where_there_are_no_locks(
    strict: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locking(descriptor: int, mode: int, count: int) -> None:
        raise OSError(errno.EINVAL, "no locks here")

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    with pytest.raises(OSError, match="no locks here"):
        writing.replace(str(strict / "a.txt"), b"new", None)
    assert list(strict.iterdir()) == []


@proc_only
def test_runs_wait_for_one_another(strict: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No two of them write at once, and the first leaves nothing to the others."""
    target, at_work, most, left = str(strict / "a.txt"), 0, 0, 0
    sync = os.fsync

    def watched(descriptor: int) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        sync(descriptor)
        at_work -= 1

    monkeypatch.setattr(os, "fsync", watched)

    def run_one(number: int) -> None:
        nonlocal left
        try:
            writing.replace(target, bytes([65 + number]) * 100_000, None)
        except writing.ChangedError:
            left += 1

    runs = [threading.Thread(target=run_one, args=(number,)) for number in range(8)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert (most, left) == (1, 7)
    assert len(set(Path(target).read_bytes())) == 1
    assert os.listdir(strict) == ["a.txt"]
