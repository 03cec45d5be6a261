"""Choose the format of a report: from the settings, else from where locksync runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from locksync.commands.outcome import Outcome, Run, code_of
from locksync.findings import Verdict
from locksync.model import How, Result
from locksync.reports.report import Report
from locksync.repository.working_tree import Repository
from locksync.settings import Settings
from locksync.tools.registry import TOOLS
from locksync.verdict.memory import Trace

if TYPE_CHECKING:
    from locksync.reports.pasted import Here
    from locksync.reports.text import Style


def outcome_of(report: Report, trace: Trace | None, run: Run) -> Outcome:
    """The outcome of a run, from its report and the trace of what the report depends on."""
    report = report._replace(
        unstaged=_unstaged(report, run.repository),
        is_commit=run.settings.command == "hook",
        writes=run.settings.writes,
    )
    is_fresh = report.verdict is Verdict.FRESH
    # What most tools write depends on more than the trace can record.
    is_traced = all(
        result.how is not How.RAN or TOOLS[result.export.tool].about.is_inert
        for result in report.results
    )
    return Outcome(
        code=code_of(report),
        report=shown(report, run),
        talk=tuple(_programs(report.results)) if run.settings.verbose else (),
        fresh=[result.export.output for result in report.results] if is_fresh else None,
        # A remembered run says nothing, and a notice is to be said as long as it holds.
        trace=None if not is_traced or report.changed or report.notices else trace,
    )


def _unstaged(report: Report, repository: Repository) -> frozenset[str]:
    """The input files of what was regenerated that a commit would leave out as they are."""
    inputs = {file for result in report.results if result.changed for file in result.inputs}
    return repository.unstaged(sorted(inputs)) if inputs else frozenset()


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
    """The style of a text report, and where its reader stands."""
    from locksync.reports.text import Style

    return Style(
        verbose=settings.verbose,
        diff=settings.diff,
        here=_here(settings, repository),
        color=_is_colored(sys.stdout),
        links=_is_terminal(sys.stdout),
    )


def _here(settings: Settings, repository: Repository) -> Here:
    """Where the person stands who has called locksync, or git, or the runner of the hook."""
    from locksync.reports.pasted import Here

    here = os.path.realpath(os.getcwd())
    if settings.command == "hook":
        # A hook runs at the top of the repository, or of a project in it.
        here = _where_the_hook_was_called(repository.root)
    if here != repository.root and not here.startswith(os.path.join(repository.root, "")):
        return Here(top=repository.root)
    return Here(here[len(repository.root) :].lstrip(os.sep).replace(os.sep, "/"))


def _where_the_hook_was_called(root: str) -> str:
    if (prefix := os.environ.get("GIT_PREFIX")) is not None:
        return os.path.realpath(os.path.join(root, prefix))
    # A runner that somebody has started by hand goes to the top, and leaves the shell's PWD.
    called = os.path.realpath(os.environ.get("PWD", root))
    return called if called.startswith(os.path.join(root, "")) else root


def _is_colored(stream: TextIO | None) -> bool:
    """Whether to print colours: as the user says, else if the stream is a terminal."""
    # https://no-color.org and https://force-color.org
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal(stream)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
