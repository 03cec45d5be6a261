"""Processes that take a share of the work, and nothing from the directory where they start.

`multiprocessing` starts processes that import modules from the working directory, which is the
repository: whoever commits a `random.py` would have it run. So do its helpers.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, NamedTuple, TypeVar

from locksync.repository.working_tree import Repository

Piece = TypeVar("Piece")
Done = TypeVar("Done")
FORKS = sys.platform == "linux"
"""Whether a process that has no threads can be doubled safely. Frameworks of macOS forbid it."""
START = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from locksync.verdict.workers import serve; serve(sys.stdin.buffer, sys.stdout.buffer)"
)


class Worker(NamedTuple):
    """A process at work."""

    answer: IO[bytes]
    """Where it writes what came of its share."""
    alive: IO[bytes]
    """What it waits for the end of, so as to end with this process."""
    end: Callable[[], object]
    """Ends it, if it has not ended."""


def share(
    work: Callable[[Repository, Piece], Done],
    shares: Sequence[Sequence[Piece]],
    repository: Repository,
) -> list[list[Done]]:
    """What comes of each share. This process takes the first one, and what the others leave."""

    def on(pieces: Sequence[Piece]) -> list[Done]:
        return [work(repository, piece) for piece in pieces]

    workers: list[Worker | None] = []
    try:
        for pieces in shares[1:]:
            workers.append(_started((work, repository, pieces)))
        done = [on(shares[0])]
        for worker, pieces in zip(workers, shares[1:], strict=True):
            answer: list[Done] | None = _answer(worker)
            done.append(on(pieces) if answer is None else answer)
        return done
    finally:
        for worker in filter(None, workers):
            worker.end()
            worker.alive.close()
            worker.answer.close()


Job = tuple[Callable[[Repository, Piece], Done], Repository, Sequence[Piece]]


def _started(job: Job[Piece, Done]) -> Worker | None:
    """A process at work on a job; None where none can be started."""
    with suppress(OSError):
        return _forked(job) if FORKS else _spawned(job)
    return None


def _forked(job: Job[Piece, Done]) -> Worker:
    answer, writer = os.pipe()
    alive, ours = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(ours)
            _end_with(open(alive, "rb"))  # noqa: SIM115 - as long as the process lives
            with open(writer, "wb") as file:
                _work(job, file)
        finally:
            os._exit(0)  # Nothing of the parent's is to be flushed or tidied twice.
    os.close(alive)
    os.close(writer)
    return Worker(open(answer, "rb"), open(ours, "wb"), lambda: _end_child(process))


def _end_child(process: int) -> None:
    import signal

    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(process, 0)


def _spawned(job: Job[Piece, Done]) -> Worker:
    import subprocess

    # Isolated: no variable and no working directory has a say in what is imported.
    places = [place for place in sys.path if os.path.isabs(place)]
    process = subprocess.Popen(
        (sys.executable, "-I", *(["-B"] if sys.dont_write_bytecode else []), "-c", START, *places),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout

    def end() -> None:
        process.kill()
        process.wait()

    worker = Worker(process.stdout, process.stdin, end)
    try:
        pickle.dump(job, worker.alive)
        worker.alive.flush()
    except OSError:
        end()
        raise
    return worker


def serve(jobs: IO[bytes], answers: IO[bytes]) -> None:
    """Do one job that another process gives."""
    job = pickle.load(jobs)
    _end_with(jobs)
    _work(job, answers)
    answers.flush()
    os._exit(0)


def _work(job: Job[Piece, Done], answers: IO[bytes]) -> None:
    work, repository, pieces = job
    pickle.dump([work(repository, piece) for piece in pieces], answers)


def _end_with(alive: IO[bytes]) -> None:
    """Make this process end with the other, even if that is killed."""

    import threading

    def wait() -> None:
        alive.read()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _answer(worker: Worker | None) -> list[Done] | None:
    """What came of a share; None where the worker has failed."""
    with suppress(Exception):  # Whatever is wrong with it: the share is done again.
        return pickle.load(worker.answer) if worker else None
    return None
