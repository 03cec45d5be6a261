"""`locksync fix`: regenerate stale outputs."""

from __future__ import annotations

from locksync.commands.outcome import Outcome, Run
from locksync.commands.reporting import outcome_of
from locksync.commands.selection import examine
from locksync.verdict.regenerate import regenerate


def fix(run: Run) -> Outcome:
    """Regenerate the outputs of the selected exports that are stale. Raises UsageError."""
    examined = examine(run)
    results = regenerate(examined.results, run.repository, run.memory, lambda _: True)
    return outcome_of(examined._replace(results=results).report, examined.trace, run)
