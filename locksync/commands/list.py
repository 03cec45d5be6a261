"""`locksync list`: list every export, with its verdict."""

from __future__ import annotations

from locksync.commands.outcome import BUG, INVALID, Outcome, Run
from locksync.commands.reporting import shown, style_of
from locksync.commands.selection import examine
from locksync.findings import Code
from locksync.reports import text


def list_exports(run: Run) -> Outcome:
    """List the selected exports. Raises UsageError."""
    report = examine(run).report
    bugs = tuple(found for found in report.remaining() if found.code is Code.BUG)
    code = BUG if bugs else INVALID if report.findings else 0
    if run.settings.format == "json":
        return Outcome(code, shown(report, run))
    style = style_of(run.settings, run.repository)
    found = text.render_list(report.results, style)
    # A bug is to be reported, wherever it shows.
    told = dict.fromkeys((*report.findings, *bugs))
    return Outcome(code, found + text.render(report._replace(results=(), findings=(*told,)), style))
