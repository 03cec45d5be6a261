"""Select the exports that the settings ask for, and check them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from locksync.command_line import redirect
from locksync.commands.explanations import Explainer
from locksync.commands.outcome import Run
from locksync.discovery.ambiguity import target_of
from locksync.discovery.defaults import defaults_in
from locksync.discovery.survey import Explain, Survey, find_exports
from locksync.findings import Code, Finding
from locksync.model import Export, Result
from locksync.reports.report import Report
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.repository.working_tree import Repository
from locksync.settings import Settings, UsageError
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS, read_export
from locksync.verdict.check import check
from locksync.verdict.check_all import check_all, checked
from locksync.verdict.memory import Trace, add, record
from locksync.verdict.notices import notices_of


class Examined(NamedTuple):
    """The results for the selected exports, and the findings that concern no single export."""

    results: tuple[Result, ...]
    survey: Survey
    trace: Trace
    """Everything the results and findings depend on."""

    @property
    def report(self) -> Report:
        """The report of the results and findings."""
        survey = self.survey
        differences = {found.output: found.difference for found in survey.explanations}
        return Report(
            self.results,
            survey.findings,
            (*survey.notices, *notices_of(self.results)),
            survey.worked_out,
            differences,
        )


def examine(run: Run) -> Examined:
    """The results for the exports that the settings ask for. Raises UsageError."""
    tree, trace = record(run.repository)
    explainer = Explainer(run.repository, run.memory, run.progress)
    survey = select(run.settings, run.repository, tree, explainer)
    add(trace, explainer.trace)
    checked = check_all(survey.exports, run.repository, run.memory, trace, explainer.known)
    return Examined(checked.results, survey, checked.trace)


def select(settings: Settings, repository: Repository, tree: Tree, explain: Explain) -> Survey:
    """The exports that the settings ask for. Raises UsageError.

    For the hook of one tool: the exports of that tool. If arguments follow the hook's id: the one
    export that they describe, in the working directory. Otherwise: the exports that read or write
    at or below the given paths, or below the working directory if none is given.
    """
    if settings.hook:
        survey = _of_hook(settings.hook, tree, repository.prefix, explain)
    else:
        survey = _at(settings, repository, tree, explain)
    strict = (export._replace(strict=True) for export in survey.exports)
    return survey._replace(exports=tuple(strict)) if settings.strict else survey


def _of_hook(hook: Sequence[str], tree: Tree, prefix: str, explain: Explain) -> Survey:
    name, *arguments = hook
    tool = next((tool for tool in TOOLS.values() if tool.about.hook == name), None)
    if tool is None:
        ids = ", ".join(sorted(tool.about.hook for tool in TOOLS.values()))
        raise UsageError(f"there is no hook {name}: the hooks are {ids}")
    if arguments:
        return _of_arguments(tool, arguments, prefix, tree)
    found = find_exports(tree, explain).below(prefix)
    ours = [export for export in found.exports if export.tool == tool.about.name]
    # Without any, what the tool's own hook would create.
    ours = ours or [
        export
        for export in found.to_create(defaults_in(tree, prefix), tree)
        if export.tool == tool.about.name
    ]
    return found._replace(exports=tuple(ours))


def _of_arguments(tool: Tool, arguments: Sequence[str], directory: str, tree: Tree) -> Survey:
    try:
        command = redirect((*tool.about.command, *arguments))
        return Survey((read_export(command, directory, tree),))
    except ValueError as error:
        message = f"the arguments of the hook {tool.about.hook} are not valid: {error}"
        return Survey((), (Finding(Code.CONFIGURATION, message, ".pre-commit-config.yaml"),))


def _at(settings: Settings, repository: Repository, tree: Tree, explain: Explain) -> Survey:
    survey = find_exports(tree, explain)
    parts = [_part(survey, path, settings, repository, tree) for path in settings.paths or ["."]]
    exports = dict.fromkeys(export for part in parts for export in part.exports)
    told = {finding for part in parts for finding in part.findings}
    return survey._replace(
        exports=tuple(exports),
        findings=tuple(finding for finding in survey.findings if finding in told),
    )


def _part(
    survey: Survey, path: str, settings: Settings, repository: Repository, tree: Tree
) -> Survey:
    place = place_of(path, repository)
    part = survey.below(place)
    if not (part.exports or part.findings):
        part = survey.below(target_of(place, tree))
    if part.exports or part.findings or not settings.paths:
        return part
    if settings.command == "fix":
        defaults = survey.to_create(defaults_in(tree, paths.parent(place)), tree)
        part = part._replace(exports=tuple(_to_create(place, defaults, tree)))
    if not part.exports:
        # Only a check tells of each input, such as the manifest of a local package.
        reading = (one for one in survey.exports if _reads(one, place, tree))
        part = part._replace(exports=tuple(reading))
    if not part.exports:
        raise UsageError(f"no export reads or writes {path}: `locksync list` shows all exports")
    return part


def _reads(export: Export, place: str, tree: Tree) -> bool:
    return any(paths.is_within(file, place) for file in checked(export, tree).inputs)


def _to_create(output: str, defaults: Iterable[Export], tree: Tree) -> Iterator[Export]:
    """The export of a file that is told to be created, and of those that it is made from."""
    exports = {export.output: export for export in defaults}
    outputs = [output]
    for path in outputs:
        if export := exports.pop(path, None):
            yield export
            findings = check(export, tree).findings
            outputs += [found.file for found in findings if found.code is Code.REFUSED]


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
