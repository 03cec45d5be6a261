"""Select the exports that the settings ask for, and check them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from locksync.command_line import redirect
from locksync.commands.outcome import Run
from locksync.discovery.survey import Survey, find_exports
from locksync.findings import Code, Finding
from locksync.model import Export, Result
from locksync.reports.report import Report
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.repository.working_tree import Repository
from locksync.settings import Settings, UsageError
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check_all import check_all
from locksync.verdict.memory import Trace, record


class Examined(NamedTuple):
    """The results for the selected exports, and the findings that concern no single export."""

    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    trace: Trace
    """Everything the results and findings depend on."""

    @property
    def report(self) -> Report:
        """The report of the results and findings."""
        return Report(self.results, self.findings)


def examine(run: Run) -> Examined:
    """The results for the exports that the settings ask for. Raises UsageError."""
    tree, trace = record(run.repository)
    survey = select(run.settings, run.repository, tree)
    checked = check_all(survey.exports, run.repository, run.memory, trace)
    return Examined(checked.results, survey.findings, checked.trace)


def select(settings: Settings, repository: Repository, tree: Tree) -> Survey:
    """The exports that the settings ask for. Raises UsageError.

    For the hook of one tool: the exports of that tool. If arguments follow the hook's id: the one
    export that they describe, in the working directory. Otherwise: the exports that read or write
    at or below the given paths, or below the working directory if none is given.
    """
    survey = _of_hook(settings.hook, tree, repository.prefix) if settings.hook else None
    if survey is None:
        survey = find_exports(tree)
        survey = survey._replace(exports=tuple(_below(survey, settings.paths, repository)))
    strict = (export._replace(strict=True) for export in survey.exports)
    return survey._replace(exports=tuple(strict)) if settings.strict else survey


def _of_hook(hook: Sequence[str], tree: Tree, prefix: str) -> Survey:
    name, *arguments = hook
    tool = next((tool for tool in TOOLS.values() if tool.about.hook == name), None)
    if tool is None:
        ids = ", ".join(sorted(tool.about.hook for tool in TOOLS.values()))
        raise UsageError(f"there is no hook {name}: the hooks are {ids}")
    if arguments:
        return _of_arguments(tool, arguments, prefix)
    found = find_exports(tree).below(prefix)
    ours = (export for export in found.exports if export.tool == tool.about.name)
    return found._replace(exports=tuple(ours))


def _of_arguments(tool: Tool, arguments: Sequence[str], directory: str) -> Survey:
    try:
        command = redirect((*tool.about.command, *arguments))
        return Survey((read_export(command, directory),))
    except ValueError as error:
        message = f"the arguments of the hook {tool.about.hook} are not valid: {error}"
        return Survey((), (Finding(Code.CONFIGURATION, message, ".pre-commit-config.yaml"),))


def _below(survey: Survey, given: Sequence[str], repository: Repository) -> Iterable[Export]:
    selected: dict[Export, None] = {}
    for path in given or ["."]:
        below = survey.below(place_of(path, repository)).exports
        if given and not below and not survey.findings:
            raise UsageError(f"no export reads or writes {path}: `locksync list` shows all exports")
        selected.update(dict.fromkeys(below))
    return selected


def place_of(path: str, repository: Repository) -> str:
    """A path from the command line, relative to the repository. Raises UsageError."""
    try:
        return paths.join(repository.prefix, _relative(path, repository))
    except ValueError as error:
        raise UsageError(str(error)) from error


def _relative(path: str, repository: Repository) -> str:
    if not os.path.isabs(path):
        return path
    here = os.path.join(repository.root, repository.prefix)
    return os.path.relpath(os.path.realpath(path), here).replace(os.sep, "/")
