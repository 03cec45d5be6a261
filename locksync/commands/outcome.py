"""What a subcommand is given, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from locksync.findings import Verdict
from locksync.repository.working_tree import Repository
from locksync.settings import Settings
from locksync.verdict.memory import Memory, Trace

EXIT_CODES = {Verdict.FRESH: 0, Verdict.STALE: 1, Verdict.UNKNOWN: 2}
INVALID = 2


class Run(NamedTuple):
    """One run of locksync: what is asked for, where, and what is remembered of it."""

    settings: Settings
    repository: Repository
    memory: Memory


class Outcome(NamedTuple):
    """What a subcommand has come to. Nothing of it is printed yet."""

    code: int
    report: str = ""
    talk: tuple[str, ...] = ()
    fresh: Sequence[str] | None = None
    """The outputs of all exports, if every one was found fresh; None otherwise."""
    trace: Trace | None = None
    """What that depends on, None where it is not to be remembered."""
