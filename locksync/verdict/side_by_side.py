"""Many pieces of work on one repository, shared among processes where there are enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from locksync.repository.working_tree import Repository

FEW = 8
"""This process finishes so many pieces sooner than it could start others."""
Piece = TypeVar("Piece")
Done = TypeVar("Done")


def side_by_side(
    work: Callable[[Repository, Piece], Done], pieces: Sequence[Piece], repository: Repository
) -> Iterator[Done]:
    """What comes of each piece, in the same order. `work` is a function of a module."""
    workers = min(os.cpu_count() or 1, len(pieces) // FEW)
    if workers < 2:
        yield from _work_on(work, repository, pieces)
        return
    try:
        from concurrent.futures import ProcessPoolExecutor

        started = ProcessPoolExecutor(workers, initializer=_end_with_parent)
    except (ImportError, NotImplementedError, OSError):
        # Some sandboxes lack the semaphores that a pool of processes needs.
        yield from _work_on(work, repository, pieces)
        return
    chunks = [pieces[start : start + FEW] for start in range(0, len(pieces), FEW)]
    with started as pool:
        for results in pool.map(partial(_work_on, work, repository), chunks):
            yield from results


def _work_on(
    work: Callable[[Repository, Piece], Done], repository: Repository, pieces: Sequence[Piece]
) -> list[Done]:
    return [work(repository, piece) for piece in pieces]


def _end_with_parent() -> None:
    """Make a worker process end with its parent, even if the parent is killed."""
    import threading
    from multiprocessing import parent_process

    def wait() -> None:
        if parent := parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
