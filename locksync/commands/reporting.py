"""Choose the format of a report: from the settings, else from where locksync runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from locksync.commands.outcome import EXIT_CODES, Outcome, Run
from locksync.findings import Verdict
from locksync.model import How, Result
from locksync.reports.report import Report
from locksync.repository.working_tree import Repository
from locksync.settings import Settings
from locksync.tools.registry import TOOLS
from locksync.verdict.memory import Trace

if TYPE_CHECKING:
    from locksync.reports.text import Style


def outcome_of(report: Report, trace: Trace | None, run: Run) -> Outcome:
    """The outcome of a run, from its report and the trace of what the report depends on."""
    is_fresh = report.verdict is Verdict.FRESH
    # What most tools write depends on more than the trace can record.
    is_traced = all(
        result.how is not How.RAN or TOOLS[result.export.tool].about.is_inert
        for result in report.results
    )
    return Outcome(
        code=EXIT_CODES[report.verdict],
        report=shown(report, run),
        talk=tuple(_programs(report.results)) if run.settings.verbose else (),
        fresh=[result.export.output for result in report.results] if is_fresh else None,
        # A remembered run says nothing, and a notice is to be said as long as it holds.
        trace=None if not is_traced or report.changed or report.notices else trace,
    )


def _programs(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if result.program:
            from locksync.repository.process import version

            told = version(result.program) or "version unknown"
            yield f"{result.export.output}: asked {' '.join(result.program)} ({told})"


def shown(report: Report, run: Run) -> str:
    """The text of a report."""
    settings = run.settings
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    form = settings.format or ("github" if in_actions else "text")
    if form == "json":
        from locksync.reports import json

        return json.render(report)
    if not (settings.verbose or report.changed or report.notices or report.remaining()):
        return ""  # There is nothing to report.
    from locksync.reports import text

    told = "" if settings.quiet else text.render(report, style_of(settings, run.repository))
    if form == "github":
        from locksync.reports import github

        told += github.render(report)
    return told


def style_of(settings: Settings, repository: Repository) -> Style:
    """The style of a text report, and the directory from which its commands are run."""
    from locksync.command_line import run_in
    from locksync.reports.text import Style

    # A hook always runs at the top of the repository. GIT_PREFIX says where git was called.
    called = os.environ.get("GIT_PREFIX", "") if settings.command == "hook" else ""
    top = os.path.relpath(repository.root, os.path.join(os.path.realpath(os.getcwd()), called))
    return Style(
        verbose=settings.verbose,
        diff=settings.diff,
        prefix=run_in("" if top == "." else top, ""),
        color=_is_colored(sys.stdout),
    )


def _is_colored(stream: TextIO | None) -> bool:
    """Whether to print colours: as the user says, else if the stream is a terminal."""
    # https://no-color.org and https://force-color.org
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
