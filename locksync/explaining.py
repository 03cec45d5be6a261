"""Which command wrote each committed requirements file.

A command is taken for the one that wrote a file only where it gives what the file holds: the
same bytes, or else the same by meaning, now or as of the commit that last changed the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from locksync import paths
from locksync.command import split_command
from locksync.discovery import GENERATOR, HEADER_SIZE, Survey
from locksync.documents import refuse_conflict
from locksync.export import Answer, Code, Difference, Export, FindingError, How
from locksync.requirements.comparing import compare
from locksync.requirements.parsing import decode
from locksync.requirements.traces import Traces, read_traces
from locksync.tools import TOOLS, read_export
from locksync.tree import Tree

MOST_PLACES = 12
"""In how many directories with something to export a file's origin is looked for."""
# A line of a file that could be an export, whatever its name.
PINNED_LINE = re.compile(rb"^[A-Za-z0-9][\w.-]*(?:\[[^\]\n]*\])?\s*(?:==|@ )", re.MULTILINE)
REQUIREMENTS_NAME = re.compile(r"(?:requirements|constraints).*\.txt$", re.IGNORECASE)
EXPORT_NAME = re.compile(r"\.(?:txt|pip|lock)$|(?:requirements|constraints)[\w-]*$", re.IGNORECASE)
# Findings that hold for a lock file whatever options are tried.
HOPELESS = (Code.LOCK_STALE, Code.MALFORMED, Code.CONFLICTED, Code.HOSTILE, Code.OUTSIDE)


class History(Tree, Protocol):
    """A repository that can tell what it was."""

    def when_changed(self, path: str) -> Revision | None:
        """The repository as of the commit that last changed a file, None where there is none."""


class Revision(Tree, Protocol):
    """A repository as of a commit."""

    commit: str
    """The name of the commit."""


class Origin(Enum):
    """Why a file is taken for the output of a command, or for none."""

    CONFIGURED = "configured"
    HEADER = "told by its header"
    BYTES = "same bytes"
    MEANING = "same by meaning"
    UNEXPLAINED = "not explained"
    FOREIGN = "no export"


FOUND = (Origin.BYTES, Origin.MEANING)


class Explanation(NamedTuple):
    """One committed requirements file and where it comes from."""

    output: str
    origin: Origin
    export: Export | None = None
    """The command that wrote it; where it is not explained, the one that comes nearest."""
    commit: str = ""
    """The commit as of which the command gives what the file holds; "" for now."""
    difference: Difference = Difference()
    """What the nearest command would change."""
    reason: str = ""
    """Why it is not explained, or no export."""

    @property
    def is_found(self) -> bool:
        """Whether its command was found by trying."""
        return self.origin in FOUND


def explain_all(tree: History, survey: Survey, below: str) -> Iterator[Explanation]:
    """What there is to say of each committed requirements file below a directory."""
    known = {export.output: export for export in survey.exports}
    inputs = {
        file for export in survey.exports for file in TOOLS[export.tool].inputs(export)
    } - known.keys()
    for path in sorted(tree.files()):
        if not paths.is_within(path, below) or path in inputs or survey.excludes(path):
            continue
        export = known.get(path)
        if path in survey.configured:
            yield Explanation(path, Origin.CONFIGURED, export)
        elif export and TOOLS[export.tool].writes_header:
            if tree.exists(path):
                yield Explanation(path, Origin.HEADER, export)
        elif export or _could_be_export(path, tree):
            yield explain(path, tree, export)


def _could_be_export(path: str, tree: Tree) -> bool:
    name = paths.name(path)
    if REQUIREMENTS_NAME.search(name):
        return True
    return bool(EXPORT_NAME.search(name) and PINNED_LINE.search(tree.start(path)))


def explain(path: str, tree: History, default: Export | None) -> Explanation:
    """Which command wrote a file; `default` is the one that it has without configuration."""
    try:
        content = tree.read(path) or b""
        refuse_conflict(content, path)
    except FindingError as error:
        return Explanation(path, Origin.UNEXPLAINED, reason=error.finding.message)
    traces = read_traces(path, decode(content))
    if not traces.total:
        return Explanation(path, Origin.FOREIGN, reason="it holds no requirement")
    found = _Search(traces, tree).run(default)
    if found.is_found:
        return found
    revision = tree.when_changed(path)
    if revision:
        before = decode(revision.read(path) or b"")
        then = _Search(read_traces(path, before), revision).run(default)
        lock = then.export and TOOLS[then.export.tool].inputs(then.export)[0]
        if then.is_found and lock in tree.files():
            return then._replace(commit=revision.commit)
    return found


class _Search:
    """The search for the command that wrote one file, in one state of the repository."""

    def __init__(self, traces: Traces, tree: Tree) -> None:
        self._traces = traces
        self._tree = tree
        self._alike: list[Export] = []
        self._compared: dict[str, Difference] = {}
        self._nearest: tuple[Export, Difference] | None = None
        self._reasons: list[str] = []
        self._is_hopeless = False
        generator = GENERATOR.search(traces.text[:HEADER_SIZE].encode())
        self._program = generator["program"].decode().lower() if generator else None

    def run(self, default: Export | None) -> Explanation:
        """What comes of trying the default, then the tools' guesses, near directories first."""
        path = self._traces.path
        if default and self._tries(default):
            return Explanation(path, Origin.BYTES, default)
        places = 0
        for directory in _places(path, self._tree):
            tried = False
            for export in self._guesses(directory):
                tried = True
                if export != default and self._tries(export):
                    return Explanation(path, Origin.BYTES, export)
            if self._alike:
                return self._among_alike()
            places += tried
            if places == MOST_PLACES:
                break
        return self._unexplained()

    def _guesses(self, directory: str) -> Iterator[Export]:
        for tool in TOOLS.values():
            if self._program not in (None, tool.program):
                continue
            self._is_hopeless = False
            try:
                for export in tool.guess(directory, self._traces, self._tree):
                    if _can_be_configured(export):
                        yield export
                    if self._is_hopeless:
                        break
            except FindingError as error:
                self._reasons.append(error.finding.message)

    def _tries(self, export: Export) -> bool:
        """Whether a command gives the same bytes. Takes note of what else there is to tell."""
        try:
            answer = TOOLS[export.tool].answer(export, self._tree)
        except FindingError as error:
            self._reasons.append(error.finding.message)
            self._is_hopeless = error.finding.code in HOPELESS
            return False
        if answer.how is How.PROVED:
            self._note_proof(export, answer)
            return False
        if answer.text is None:
            self._reasons.extend(finding.message for finding in answer.findings)
            return False
        if answer.text == self._traces.text:
            return True
        if answer.text not in self._compared:
            difference = compare(self._traces.text, answer.text)
            self._compared[answer.text] = difference
            if self._nearest is None or _size(difference) < _size(self._nearest[1]):
                self._nearest = (export, difference)
        if not self._compared[answer.text]:
            self._alike.append(export)
        return False

    def _note_proof(self, export: Export, answer: Answer) -> None:
        if not answer.findings:
            self._alike.append(export)
        elif self._nearest is None:
            self._reasons.extend(finding.message for finding in answer.findings)

    def _among_alike(self) -> Explanation:
        path, first = self._traces.path, self._alike[0]
        rivals = {export.tool: export for export in reversed(self._alike)}
        if len(rivals) == 1:
            return Explanation(path, Origin.MEANING, first)
        commands = " or ".join(f"`{rivals[tool].command}`" for tool in TOOLS if tool in rivals)
        return Explanation(path, Origin.UNEXPLAINED, reason=f"it could come from {commands}")

    def _unexplained(self) -> Explanation:
        traces = self._traces
        if self._nearest and _is_akin(traces, self._nearest[1]):
            export, difference = self._nearest
            reason = f"`{export.command}` comes nearest"
            return Explanation(
                traces.path, Origin.UNEXPLAINED, export, difference=difference, reason=reason
            )
        if self._program:
            reason = f"its header names {self._program}, and no input file of it is found"
            return Explanation(traces.path, Origin.UNEXPLAINED, reason=reason)
        if not traces.is_pinned:
            reason = f"{traces.pinned} of {traces.total} requirements are pinned"
            return Explanation(traces.path, Origin.FOREIGN, reason=reason)
        if self._nearest:
            reason = f"it has little in common with what `{self._nearest[0].command}` writes"
            return Explanation(traces.path, Origin.FOREIGN, reason=reason)
        if self._reasons:
            return Explanation(traces.path, Origin.UNEXPLAINED, reason=self._reasons[0])
        reason = "there is no lock file that it could come from"
        return Explanation(traces.path, Origin.FOREIGN, reason=reason)


def _can_be_configured(export: Export) -> bool:
    """Whether the command, written into a configuration, would be read as this export."""
    try:
        return read_export(split_command(export.command), export.directory) == export
    except ValueError:
        return False


def _places(path: str, tree: Tree) -> Sequence[str]:
    """The directories of the repository: the file's own, those above it, others by distance."""
    own = paths.parent(path)
    found = {paths.parent(file) for file in tree.files()} | {own, ""}

    def distance(directory: str) -> tuple[bool, int, str]:
        steps = 0 if directory == own else paths.relative(directory, own).count("/") + 1
        return not paths.is_within(own, directory), steps, directory

    return sorted(found, key=distance)


def _size(difference: Difference) -> int:
    return sum(map(len, difference))


def _is_akin(traces: Traces, difference: Difference) -> bool:
    """Whether at least half of the requirements on either side have their match."""
    shared = traces.total - len(difference.removed)
    return 2 * shared >= max(traces.total, shared + len(difference.added))
