"""`locksync list`: list every export, with its verdict."""

from __future__ import annotations

from locksync.commands.outcome import INVALID, Outcome, Run
from locksync.commands.reporting import shown, style_of
from locksync.commands.selection import examine
from locksync.reports import text


def list_exports(run: Run) -> Outcome:
    """List the selected exports. Raises UsageError."""
    report = examine(run).report
    code = INVALID if report.findings else 0
    if run.settings.format == "json":
        return Outcome(code, shown(report, run))
    style = style_of(run.settings, run.repository)
    found = text.render_list(report.results, style)
    return Outcome(code, found + text.render(report._replace(results=()), style))
