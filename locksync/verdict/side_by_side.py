"""Many pieces of work on one repository, shared among processes where there are enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
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
    count = min(os.cpu_count() or 1, len(pieces) // FEW)
    if count < 2:
        return iter([work(repository, piece) for piece in pieces])
    # Imported late: few repositories have so many exports.
    from locksync.verdict.workers import share

    shares = [pieces[number::count] for number in range(count)]
    done = share(work, shares, repository)
    return (done[number % count][number // count] for number in range(len(pieces)))
