"""Many exports are checked side by side, by processes that take nothing from the repository."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import locksync.verdict.workers
from locksync.repository.working_tree import Repository
from locksync.verdict.workers import share
from tests.support.children import PYTHON
from tests.support.git import GitRepository
from tests.support.projects import pipenv_project

WAYS = [
    pytest.param(True, id="forked", marks=pytest.mark.skipif("not hasattr(os, 'fork')")),
    pytest.param(False, id="spawned"),
]


@pytest.fixture
def many(repository: GitRepository) -> GitRepository:
    """Twenty projects, the eighth of which is stale."""
    for number in range(20):
        repository.write_all(pipenv_project(f"p{number}"))
    repository.commit()
    repository.replace("p7/requirements.txt", "3.0.3", "3.0.2")
    repository.commit()
    return repository


def _reports(project: GitRepository, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reports of a run by one process and of one by three."""
    reports = []
    for processors in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda count=processors: count)
        run = project.locksync("list", "--format", "json", "--no-cache")
        assert (run.code, run.stderr) == (0, "")
        reports.append(run.stdout)
    return reports


@pytest.mark.parametrize("forks", WAYS)
def test_many_projects_are_checked_side_by_side(
    forks: bool, many: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locksync.verdict.workers, "FORKS", forks)
    alone, together = _reports(many, monkeypatch)
    assert alone == together
    assert alone.count('"fresh"') == 19


def _refuse(*_: object, **__: object) -> None:
    raise OSError(11, "Resource temporarily unavailable")


@pytest.mark.parametrize(("forks", "start"), [(True, "os.fork"), (False, "subprocess.Popen")])
def test_where_no_process_can_be_started_this_one_does_the_work(
    forks: bool, start: str, many: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locksync.verdict.workers, "FORKS", forks)
    monkeypatch.setattr(start, _refuse)
    alone, together = _reports(many, monkeypatch)
    assert alone == together


def _die_elsewhere(repository: Repository, piece: tuple[int, int]) -> int:
    process, number = piece
    if os.getpid() != process:
        os._exit(1)
    return number


def _raise(repository: Repository, piece: int) -> int:
    raise RuntimeError(piece)


@pytest.mark.parametrize("forks", WAYS)
def test_the_share_of_a_process_that_dies_is_done_all_the_same(
    forks: bool, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locksync.verdict.workers, "FORKS", forks)
    tree, process = Repository(str(repository.path)), os.getpid()
    assert share(_die_elsewhere, [[(process, 1)], [(process, 2)]], tree) == [[1], [2]]
    with pytest.raises(RuntimeError):
        share(_raise, [[], [1]], tree)


RUN = """
import sys

sys.path[:] = {path!r}
import os
os.cpu_count = lambda: 3
{before}
import locksync.verdict.workers
locksync.verdict.workers.FORKS = {forks}
from locksync.cli import main

if __name__ == "__main__":
    sys.exit(main(["check", "--no-cache"]))
"""
TRAPS = (
    *("random", "selectors", "multiprocessing", "pickle", "socket", "struct", "tempfile"),
    *("threading", "subprocess", "concurrent", "signal", "sitecustomize", "usercustomize"),
    *("encodings", "locksync", "packaging", "tomli", "_pickle", "__main__"),
)
METHODS = {
    method: f"import multiprocessing; multiprocessing.set_start_method({method!r})"
    for method in ("fork", "spawn", "forkserver")
}


@pytest.mark.parametrize("forks", WAYS)
@pytest.mark.parametrize("method", ["", *METHODS])
def test_they_import_nothing_from_the_repository(
    method: str, forks: bool, many: GitRepository, tmp_path: Path
) -> None:
    for name in TRAPS:
        many.write(f"{name}.py", f"open({str(tmp_path / 'mark')!r}, 'w')\nraise SystemExit\n")
    many.commit()
    path = [place for place in sys.path if os.path.isabs(place)]
    script = tmp_path / "run.py"
    script.write_text(RUN.format(path=path, forks=forks, before=METHODS.get(method, "")))
    done = many.run(*PYTHON, str(script))
    assert (done.returncode, done.stderr, done.stdout.count(" LS006\n")) == (1, "", 1)
    assert not (tmp_path / "mark").exists()


WORK = """
import os, signal, sys, time

sys.path[:] = {path!r}
import locksync.verdict.workers
locksync.verdict.workers.FORKS = True
reader, writer = os.pipe()


def work(_, piece):
    if piece:
        os.write(2, b"%d\\n" % os.getpid())  # In one go, whatever the other one writes.
        os.write(writer, b"1")
        time.sleep(60)
    # Once both others are at work.
    os.read(reader, 1)
    os.read(reader, 1)
    os.kill(os.getpid(), signal.SIGKILL)


sys.modules["work"] = sys.modules["__main__"]
work.__module__ = "work"
locksync.verdict.workers.share(work, [[0], [1], [1]], None)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_no_worker_is_left_when_a_run_is_killed(tmp_path: Path) -> None:
    path = [place for place in sys.path if os.path.isabs(place)]
    (tmp_path / "work.py").write_text(WORK.format(path=path))
    # What they print to is closed once none of them holds it any more.
    done = subprocess.run(
        [*PYTHON, str(tmp_path / "work.py")], stderr=subprocess.PIPE, timeout=30, check=False
    )
    assert (done.returncode, len(done.stderr.split())) == (-signal.SIGKILL, 2)
