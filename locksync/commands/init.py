"""`locksync init`: find the command that wrote each committed file, and configure it."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.adoption.hook_edits import HOOK_FILE, add_hook, has_hook
from locksync.adoption.plan import Adoption, Edit, Initialization, adopt
from locksync.adoption.settings_edits import add_settings
from locksync.commands.outcome import INVALID, Outcome, Run
from locksync.commands.reporting import style_of
from locksync.discovery.survey import find_exports
from locksync.findings import Code, Finding, FindingError
from locksync.repository.working_tree import Repository
from locksync.repository.writing import replace
from locksync.settings import UsageError


def init(run: Run) -> Outcome:
    """Find the commands and write the configuration. Raises UsageError."""
    settings = run.settings
    if settings.format == "json":
        raise UsageError("init has no JSON report: leave out `--format json`")
    from locksync.reports import adoption, text

    done = initialize(run.repository, write=not settings.dry_run, hook=settings.adds_hook)
    style = style_of(settings, run.repository)
    shown = "" if settings.quiet else adoption.render(done, style, dry_run=settings.dry_run)
    talk = ("\n".join(text.finding_lines(finding, style)) for finding in done.findings)
    code = 0 if done.adoption.is_complete else 1
    return Outcome(INVALID if done.findings else code, shown, tuple(talk))


def initialize(repository: Repository, *, write: bool, hook: bool) -> Initialization:
    """Find the command of each committed file below the working directory, and configure it.

    With `hook`, the hook's entry is added too. Nothing is written unless every edit succeeds.
    """
    survey = find_exports(repository)
    invalid = tuple(found for found in survey.findings if found.code is not Code.AMBIGUOUS)
    if invalid:
        return Initialization(Adoption((), (), ()), findings=invalid)
    adoption = adopt(repository, survey, repository.prefix)
    try:
        edits = tuple(_edits(adoption, repository, hook=hook))
        lacks_hook = not hook and not has_hook(repository.read(HOOK_FILE) or b"")
    except FindingError as error:
        return Initialization(adoption, findings=(error.finding,))
    except ModuleNotFoundError as error:
        return Initialization(adoption, findings=(_missing_library(str(error.name)),))
    done = Initialization(adoption, edits, lacks_hook=lacks_hook)
    return _written(done, repository) if write else done


def _edits(adoption: Adoption, repository: Repository, *, hook: bool) -> Iterator[Edit]:
    """The files that change. Raises FindingError, or ModuleNotFoundError for a library."""
    for settings in adoption.settings:
        before = repository.read(settings.file) or b""
        yield Edit(settings.file, before, add_settings(before, settings))
    if hook:
        before = repository.read(HOOK_FILE) or b""
        yield Edit(HOOK_FILE, before, add_hook(before))


def _missing_library(library: str) -> Finding:
    message = f"nothing is written: {library.partition('.')[0]} is not installed"
    install = "python -m pip install 'locksync[init]'"
    return Finding(Code.NO_TOOL, message, "", None, install)


def _written(done: Initialization, repository: Repository) -> Initialization:
    for edit in done.changes:
        try:
            replace(repository.locate(edit.file), edit.after)
        except OSError as error:
            message = f"{edit.file} cannot be written: {error.strerror}"
            finding = Finding(Code.UNWRITABLE, message, edit.file)
            return done._replace(findings=(finding,))
        done = done._replace(written=(*done.written, edit.file))
    return done
