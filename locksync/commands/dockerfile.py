"""`locksync dockerfile`: check what Dockerfiles install, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from locksync.commands.outcome import Outcome, Run, code_of
from locksync.commands.reporting import shown
from locksync.commands.selection import place_of
from locksync.discovery.survey import Survey, find_exports
from locksync.dockerfiles.examine import examine, find_dockerfiles
from locksync.findings import Verdict
from locksync.reports.report import Report
from locksync.settings import UsageError


def dockerfile(run: Run) -> Outcome:
    """Check the selected Dockerfiles. Raises UsageError."""
    settings = run.settings
    survey = find_exports(run.repository)
    files = _dockerfiles(run, survey)
    if files:
        _require_parser()
    judgement = examine(files, survey, run.repository)
    report = Report((), judgement.findings)
    talk = list(judgement.unclear) if settings.verbose else []
    if report.verdict is Verdict.FRESH and settings.format != "json" and not settings.quiet:
        count = f"{len(files)} Dockerfile{'' if len(files) == 1 else 's'} without a finding"
        talk.append(count if files else "no Dockerfile found")
    return Outcome(code_of(report), shown(report, run), tuple(talk))


def _dockerfiles(run: Run, survey: Survey) -> list[str]:
    files: dict[str, None] = {}
    given: Iterable[str] = run.settings.paths
    for path in given or ["."]:
        found = find_dockerfiles(run.repository, place_of(path, run.repository), survey)
        if given and not found:
            raise UsageError(f"git tracks no Dockerfile at or below {path}")
        files.update(dict.fromkeys(found))
    return list(files)


def _require_parser() -> None:
    try:
        import e2b_dockerfile_utils  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "e2b-dockerfile-utils, which reads Dockerfiles, is not installed: run "
            "`python -m pip install 'locksync[dockerfile]'` with Python 3.11 or newer or, for the "
            "hook, add `additional_dependencies: [e2b-dockerfile-utils]` to its entry in "
            ".pre-commit-config.yaml"
        ) from error
