"""`locksync init`: find the command that wrote each committed file, and configure it."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.adoption.further import look_further
from locksync.adoption.hook_edits import HOOK_FILE, add_hook, has_hook, rivals
from locksync.adoption.own_hooks import exports_of
from locksync.adoption.plan import Adoption, Edit, Initialization, adopt
from locksync.adoption.settings_edits import add_settings
from locksync.commands.explanations import Explainer
from locksync.commands.outcome import BUG, INVALID, Outcome, Run
from locksync.commands.reporting import style_of
from locksync.discovery.survey import Survey, find_exports
from locksync.findings import Code, Finding, FindingError
from locksync.repository.working_tree import Repository
from locksync.repository.writing import CHANGED, ChangedError, replace
from locksync.settings import UsageError


def init(run: Run) -> Outcome:
    """Find the commands and write the configuration. Raises UsageError."""
    settings = run.settings
    if settings.format == "json":
        raise UsageError("init has no JSON report: leave out `--format json`")
    from locksync.reports import adoption, text

    done = initialize(run, write=not settings.dry_run, hook=settings.adds_hook)
    style = style_of(settings, run.repository)
    shown = "" if settings.quiet else adoption.render(done, style, dry_run=settings.dry_run)
    talk = ("\n".join(text.finding_lines(finding, style)) for finding in done.findings)
    code = 0 if done.adoption.is_complete else 1
    if done.findings:
        is_bug = any(finding.code is Code.BUG for finding in done.findings)
        code = BUG if is_bug else INVALID
    return Outcome(code, shown, tuple(talk))


def initialize(run: Run, *, write: bool, hook: bool) -> Initialization:
    """Find the command of each committed file below the working directory, and configure it.

    With `hook`, the hook's entry is added too. Nothing is written unless every edit succeeds.
    """
    repository = run.repository
    survey = find_exports(repository, Explainer(repository, run.memory, run.progress))
    invalid = tuple(
        found for found in survey.findings if found.code not in (Code.AMBIGUOUS, Code.UNEXPLAINED)
    )
    if invalid:
        return Initialization(Adoption((), ()), findings=invalid)
    try:
        done = _planned(run, survey, hook=hook)
    except FindingError as error:
        return Initialization(Adoption((), ()), findings=(error.finding,))
    except ModuleNotFoundError as error:
        return Initialization(Adoption((), ()), findings=(_missing_library(str(error.name)),))
    return _written(done, repository) if write else done


def _planned(run: Run, survey: Survey, *, hook: bool) -> Initialization:
    """What is to be written. Raises FindingError, or ModuleNotFoundError for a library."""
    repository = run.repository
    config = repository.read(HOOK_FILE) or b""
    hooks = rivals(config)
    further = look_further(repository, survey, repository.prefix, run.progress)
    hooked = exports_of(hooks, repository) if hook else ()
    adoption = adopt(repository, survey, repository.prefix, further, hooked)
    edits = tuple(_edits(adoption, repository, hook=hook))
    left = [edit.file for edit in edits if edit.after == edit.before]
    return Initialization(
        adoption,
        edits,
        untracked=tuple(
            path for path in left if repository.exists(path) and not repository.is_tracked(path)
        ),
        lacks_hook=not hook and not has_hook(config),
        rivals=tuple(one for one in hooks if not (hook and one.can_be_replaced)),
    )


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
    advice = "Install locksync as `locksync[init]`, such as with `pipx install 'locksync[init]'`"
    return Finding(Code.NO_TOOL, message, "", advice=advice)


def _written(done: Initialization, repository: Repository) -> Initialization:
    for edit in done.changes:
        try:
            was = edit.before if repository.exists(edit.file) else None
            replace(repository.locate(edit.file), edit.after, was)
        except (OSError, ChangedError) as error:
            reason = error.strerror if isinstance(error, OSError) else CHANGED
            message = f"{edit.file} cannot be written: {reason}"
            finding = Finding(Code.UNWRITABLE, message, edit.file)
            return done._replace(findings=(finding,))
        done = done._replace(written=(*done.written, edit.file))
    return done
