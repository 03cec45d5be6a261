"""The input and the outcome of a subcommand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from locksync.findings import Code, Verdict
from locksync.reports.report import Report
from locksync.repository.working_tree import Repository
from locksync.settings import Settings
from locksync.verdict.memory import Memory, Trace

EXIT_CODES = {Verdict.FRESH: 0, Verdict.STALE: 1, Verdict.UNKNOWN: 2}
INVALID = 2
BUG = 3


def code_of(report: Report) -> int:
    """The exit code that a report calls for."""
    if any(finding.code is Code.BUG for finding in report.remaining()):
        return BUG
    return EXIT_CODES[report.verdict]


def _say_nothing(doing: str) -> None:
    """Make no progress known."""


class Run(NamedTuple):
    """One run of locksync: its settings, its repository and its memory."""

    settings: Settings
    repository: Repository
    memory: Memory
    progress: Callable[[str], None] = _say_nothing
    """Makes known, to someone who waits, what is looked at."""


class Outcome(NamedTuple):
    """The outcome of a subcommand. Nothing has been printed yet."""

    code: int
    report: str = ""
    talk: tuple[str, ...] = ()
    fresh: Sequence[str] | None = None
    """The outputs of all exports if every one is fresh, else None."""
    trace: Trace | None = None
    """Everything the outcome depends on; None: it must not be remembered."""
