"""What each subcommand does once something may have changed since all was fresh."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

from locksync import paths
from locksync.discovery import Survey, find_exports
from locksync.examining import examine
from locksync.export import Export, How, Result, Verdict
from locksync.memory import Memory, Trace, record
from locksync.reports import Report
from locksync.repository import Repository
from locksync.settings import Settings, UsageError
from locksync.tools import TOOLS

if TYPE_CHECKING:
    from locksync.reports.as_text import Style

EXIT_CODES = {Verdict.FRESH: 0, Verdict.STALE: 1, Verdict.UNKNOWN: 2}
INVALID = 2


class Outcome(NamedTuple):
    """What a subcommand has come to."""

    code: int
    report: str = ""
    talk: tuple[str, ...] = ()
    fresh: Sequence[str] | None = None
    """The outputs of all exports, if every one was found fresh; None otherwise."""
    trace: Trace | None = None
    """What that depends on, None where it is not to be remembered."""


def run(settings: Settings, repository: Repository, memory: Memory) -> Outcome:
    """Run the subcommand that the settings name. Raises UsageError. Prints nothing."""
    match settings.command:
        case "hook":
            return _hook(settings, repository, memory)
        case "list":
            return _list(settings, repository, memory)
        case "init":
            return _init(settings, repository)
        case "dockerfile":
            return _dockerfile(settings, repository)
        case _:
            return _check(settings, repository, memory)


def _check(settings: Settings, repository: Repository, memory: Memory) -> Outcome:
    report, trace = _examine(settings, repository, memory)
    if settings.writes:
        from locksync.fixing import repair

        report = report._replace(results=repair(report.results, repository, lambda _: True))
    return _outcome(report, trace, settings, repository)


def _list(settings: Settings, repository: Repository, memory: Memory) -> Outcome:
    report, _ = _examine(settings, repository, memory)
    code = INVALID if report.findings else 0
    if settings.format == "json":
        return Outcome(code, _shown(report, settings, repository))
    from locksync.reports import as_text

    style = _style(settings, repository)
    found = as_text.render_list(report.results, style)
    return Outcome(code, found + as_text.render(report._replace(results=()), style))


def _hook(settings: Settings, repository: Repository, memory: Memory) -> Outcome:
    from locksync.hook import run_hook

    done = run_hook(settings, repository, memory)
    outcome = _outcome(done.report, done.trace, settings, repository)
    left = tuple(
        f"left alone, since no file of it has changed: {result.findings[0].message}"
        for result in done.left
        if settings.verbose
    )
    return outcome._replace(
        code=max(outcome.code, int(done.report.changed)),
        talk=(*outcome.talk, *left),
    )


def _init(settings: Settings, repository: Repository) -> Outcome:
    if settings.format == "json":
        raise UsageError("init reports in text alone")
    from locksync.initializing import initialize
    from locksync.reports import as_adoption, as_text

    done = initialize(repository, write=not settings.dry_run, hook=settings.adds_hook)
    style = _style(settings, repository)
    shown = "" if settings.quiet else as_adoption.render(done, style, dry_run=settings.dry_run)
    talk = ("\n".join(as_text.finding_lines(finding, style)) for finding in done.findings)
    code = 0 if done.adoption.is_complete else 1
    return Outcome(INVALID if done.findings else code, shown, tuple(talk))


def _dockerfile(settings: Settings, repository: Repository) -> Outcome:
    from locksync import dockerfiles

    survey = find_exports(repository)
    files: dict[str, None] = {}
    for path in settings.paths or ["."]:
        found = dockerfiles.find_dockerfiles(repository, _place(path, repository), survey)
        if settings.paths and not found:
            raise UsageError(f"no Dockerfile that git tracks is at or below {path}")
        files.update(dict.fromkeys(found))
    if files:
        _require_parser()
    judgement = dockerfiles.examine(files, survey, repository)
    report = Report((), judgement.findings)
    talk = list(judgement.unclear) if settings.verbose else []
    if report.verdict is Verdict.FRESH and settings.format != "json" and not settings.quiet:
        count = f"{len(files)} Dockerfile{'' if len(files) == 1 else 's'} without a finding"
        talk.append(count if files else "no Dockerfile found")
    return Outcome(EXIT_CODES[report.verdict], _shown(report, settings, repository), tuple(talk))


def _require_parser() -> None:
    try:
        import e2b_dockerfile_utils  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "Dockerfiles are read by e2b-dockerfile-utils, which is not installed: run "
            "`python -m pip install 'locksync[dockerfile]'` with Python 3.11 or newer, or for a "
            "hook add `additional_dependencies: [e2b-dockerfile-utils]` to its entry in "
            ".pre-commit-config.yaml"
        ) from error


def _outcome(
    report: Report, trace: Trace | None, settings: Settings, repository: Repository
) -> Outcome:
    is_fresh = report.verdict is Verdict.FRESH
    # What most tools say depends on more than what can be asked again.
    is_traced = all(
        result.how is not How.RAN or TOOLS[result.export.tool].is_inert for result in report.results
    )
    return Outcome(
        code=EXIT_CODES[report.verdict],
        report=_shown(report, settings, repository),
        talk=tuple(_programs(report.results)) if settings.verbose else (),
        fresh=[result.export.output for result in report.results] if is_fresh else None,
        trace=trace if is_traced and not report.changed else None,
    )


def _programs(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if result.program:
            from locksync.running import version

            told = version(result.program) or "which tells no version"
            yield f"{result.export.output}: asked {' '.join(result.program)} ({told})"


def _examine(settings: Settings, repository: Repository, memory: Memory) -> tuple[Report, Trace]:
    tree, trace = record(repository)
    survey = find_exports(tree)
    exports = _selected(survey, settings.paths, repository)
    examination = examine(
        (export._replace(strict=settings.strict or export.strict) for export in exports),
        repository,
        memory,
        trace,
    )
    return Report(examination.results, survey.findings), examination.trace


def _selected(survey: Survey, given: Sequence[str], repository: Repository) -> Iterable[Export]:
    """The exports that read or write below the paths; below the working directory for none."""
    selected: dict[Export, None] = {}
    for path in given or ["."]:
        below = survey.below(_place(path, repository)).exports
        if given and not below and not survey.findings:
            raise UsageError(f"no export reads or writes {path}: `locksync list` shows all")
        selected.update(dict.fromkeys(below))
    return selected


def _place(path: str, repository: Repository) -> str:
    try:
        return paths.join(repository.prefix, _relative(path, repository))
    except ValueError as error:
        raise UsageError(str(error)) from error


def _relative(path: str, repository: Repository) -> str:
    if not os.path.isabs(path):
        return path
    here = os.path.join(repository.root, repository.prefix)
    return os.path.relpath(os.path.realpath(path), here).replace(os.sep, "/")


def _shown(report: Report, settings: Settings, repository: Repository) -> str:
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    form = settings.format or ("github" if in_actions else "text")
    if form == "json":
        from locksync.reports import as_json

        return as_json.render(report)
    if not (settings.verbose or report.changed or report.remaining()):
        return ""  # There is nothing to be told.
    from locksync.reports import as_text

    shown = "" if settings.quiet else as_text.render(report, _style(settings, repository))
    if form == "github":
        from locksync.reports import as_github

        shown += as_github.render(report)
    return shown


def _style(settings: Settings, repository: Repository) -> Style:
    from locksync.command import run_in
    from locksync.reports.as_text import Style

    # A hook runs at the top of the repository, wherever git was called.
    called = os.environ.get("GIT_PREFIX", "") if settings.command == "hook" else ""
    top = os.path.relpath(repository.root, os.path.join(os.path.realpath(os.getcwd()), called))
    return Style(
        verbose=settings.verbose,
        diff=settings.diff,
        prefix=run_in("" if top == "." else top, ""),
        color=_is_colored(sys.stdout),
    )


def _is_colored(stream: TextIO | None) -> bool:
    """Whether a stream is to have colours: as the user says, else if it is a terminal."""
    # https://no-color.org and https://force-color.org
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
