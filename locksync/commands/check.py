"""`locksync check`: report whether every export is fresh. Nothing is changed."""

from __future__ import annotations

from locksync.commands.outcome import Outcome, Run
from locksync.commands.reporting import outcome_of
from locksync.commands.selection import examine


def check(run: Run) -> Outcome:
    """Check the selected exports. Raises UsageError."""
    examined = examine(run)
    return outcome_of(examined.report, examined.trace, run)
