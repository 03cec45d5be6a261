"""Which command wrote each committed requirements file.

A command is taken for the one that wrote a file only where it gives what the file holds: the
same bytes, or else the same by meaning, or the same pins with the markers that another version
of the tool would write; now, or as of a commit that changed the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from locksync.command_line import split_command
from locksync.discovery.survey import GENERATOR, HEADER_SIZE, Survey
from locksync.documents import refuse_conflict
from locksync.findings import Code, FindingError
from locksync.model import Answer, Difference, Export, How
from locksync.repository import paths
from locksync.repository.protocol import History, Tree
from locksync.requirements.comparison import compare, differs_in_spelling
from locksync.requirements.parsing import decode
from locksync.requirements.traces import Traces, read_traces
from locksync.tools.registry import TOOLS, read_export

MOST_PLACES = 12
"""In how many directories with something to export a file's origin is looked for."""
# A line of a file that could be an export, whatever its name.
PINNED_LINE = re.compile(rb"^[A-Za-z0-9][\w.-]*(?:\[[^\]\n]*\])?\s*(?:==|@ )", re.MULTILINE)
REQUIREMENTS_NAME = re.compile(r"(?:requirements|constraints).*\.txt$", re.IGNORECASE)
EXPORT_NAME = re.compile(r"\.(?:txt|pip|lock)$|(?:requirements|constraints)[\w-]*$", re.IGNORECASE)
# Findings that hold for a lock file whatever options are tried.
HOPELESS = (Code.LOCK_STALE, Code.MALFORMED, Code.CONFLICTED, Code.HOSTILE, Code.OUTSIDE)


class Origin(Enum):
    """Why a file is taken for the output of a command, or for none."""

    CONFIGURED = "configured"
    HEADER = "told by its header"
    BYTES = "same bytes"
    MEANING = "same by meaning"
    PINS = "same pins, markers spelt otherwise"
    UNEXPLAINED = "not explained"
    FOREIGN = "no export"


FOUND = (Origin.BYTES, Origin.MEANING, Origin.PINS)


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

    @property
    def is_behind(self) -> bool:
        """Whether the command that was found would write something else now."""
        return bool(self.commit) or self.origin is Origin.PINS


def explain_all(tree: History, survey: Survey, below: str) -> Iterator[Explanation]:
    """What there is to say of each committed requirements file below a directory."""
    known = {export.output: export for export in survey.exports}
    for path in sorted(tree.files()):
        if not paths.is_within(path, below) or survey.excludes(path):
            continue
        export = known.get(path)
        if path in survey.configured:
            rivals = "" if export else "more than one export would write it"
            yield Explanation(path, Origin.CONFIGURED, export, reason=rivals)
        elif export and TOOLS[export.tool].about.writes_header:
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
    # What holds nothing fits many commands: no more than the default is to be seen in it.
    near = [*paths.upwards(paths.parent(path))] if traces.total else []
    found = _Search(traces, tree).run(default, near)
    if found.is_found or not traces.total:
        return found
    for number, revision in enumerate(tree.revisions(path)):
        before = read_traces(path, decode(revision.read(path) or b""))
        if not before.total:
            break
        search = _Search(before, revision)
        # Of older commits, only what comes nearest now: the options may have changed since.
        then = search.run(found.export, ()) if number else search.run(default, near)
        if then.export and then.is_found and _lock(then.export) in tree.files():
            return then._replace(commit=revision.commit)
        if not found.export:
            break
    # Only now: a lock file elsewhere may hold the same by chance.
    elsewhere = _Search(traces, tree).run(None, _elsewhere(near, tree))
    is_better = elsewhere.is_found or (not found.export and elsewhere.export)
    return elsewhere if is_better else found


def _lock(export: Export) -> str:
    return TOOLS[export.tool].inputs(export)[0]


class _Search:
    """The search for the command that wrote one file, in one state of the repository."""

    def __init__(self, traces: Traces, tree: Tree) -> None:
        self._traces = traces
        self._tree = tree
        self._default: Export | None = None
        self._alike: list[Export] = []
        self._spelt_otherwise: list[Export] = []
        self._compared: dict[str, Difference] = {}
        self._nearest: tuple[Export, Difference] | None = None
        self._reasons: list[str] = []
        self._is_hopeless = False
        generator = GENERATOR.search(traces.text[:HEADER_SIZE].encode())
        self._program = generator["program"].decode().lower() if generator else None

    def run(self, default: Export | None, directories: Iterable[str]) -> Explanation:
        """What comes of trying the default, then what the tools guess for each directory."""
        path = self._traces.path
        self._default = default
        if default and self._tries(default):
            return Explanation(path, Origin.BYTES, default)
        places = 0
        for directory in directories:
            is_place = False
            for export in self._guesses(directory):
                is_place = True
                if export != default and self._tries(export):
                    return Explanation(path, Origin.BYTES, export)
            places += is_place
            if self._alike or self._spelt_otherwise or places == MOST_PLACES:
                break
        return (
            self._among(self._alike, Origin.MEANING)
            or self._among(self._spelt_otherwise, Origin.PINS)
            or self._unexplained()
        )

    def _guesses(self, directory: str) -> Iterator[Export]:
        for tool in TOOLS.values():
            if self._program not in (None, tool.about.program):
                continue
            self._is_hopeless = False
            try:
                for export in tool.candidates(directory, self._traces, self._tree):
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
            if _is_spelling(difference) and differs_in_spelling(self._traces.text, answer.text):
                self._spelt_otherwise.append(export)
            if self._nearest is None or self._is_nearer(export, difference, *self._nearest):
                self._nearest = (export, difference)
        if not self._compared[answer.text]:
            self._alike.append(export)
        return False

    def _is_nearer(
        self, export: Export, difference: Difference, other: Export, than: Difference
    ) -> bool:
        # The default was not chosen for what the text tells.
        return (_size(difference), export == self._default) < (_size(than), other == self._default)

    def _note_proof(self, export: Export, answer: Answer) -> None:
        if not answer.findings:
            self._alike.append(export)
        elif self._nearest is None:
            self._reasons.extend(finding.message for finding in answer.findings)

    def _among(self, exports: Sequence[Export], origin: Origin) -> Explanation | None:
        """The first of some exports that fit alike, unless different tools could be meant."""
        path = self._traces.path
        rivals = {export.tool: export for export in reversed(exports)}
        if len(rivals) > 1:
            commands = " or ".join(f"`{rivals[tool].command}`" for tool in TOOLS if tool in rivals)
            return Explanation(path, Origin.UNEXPLAINED, reason=f"it could come from {commands}")
        return Explanation(path, origin, exports[0]) if exports else None

    def _unexplained(self) -> Explanation:
        traces = self._traces
        # Nobody writes hashes by hand.
        is_written = bool(traces.hashes or self._program)
        if not traces.total:
            reason = "it holds no requirement"
        elif not (is_written or traces.is_pinned):
            reason = f"{traces.pinned} of {traces.total} requirements are pinned"
        elif self._nearest and _is_akin(traces, self._nearest[1]):
            export, difference = self._nearest
            reason = f"`{export.command}` comes nearest"
            return Explanation(
                traces.path, Origin.UNEXPLAINED, export, difference=difference, reason=reason
            )
        elif self._program:
            reason = f"its header names {self._program}, and no input file of it is found"
        elif self._nearest:
            reason = f"it has little in common with what `{self._nearest[0].command}` writes"
        elif self._reasons:
            reason, is_written = self._reasons[0], True
        else:
            reason = "there is no lock file that it could come from"
        origin = Origin.UNEXPLAINED if is_written else Origin.FOREIGN
        return Explanation(traces.path, origin, reason=reason)


def _can_be_configured(export: Export) -> bool:
    """Whether the command, written into a configuration, would be read as this export."""
    try:
        return read_export(split_command(export.command), export.directory) == export
    except ValueError:
        return False


def _elsewhere(near: Sequence[str], tree: Tree) -> list[str]:
    """All directories but some, the closest to the first of these first."""
    others = {paths.parent(file) for file in tree.files()}.difference(near)

    def distance(directory: str) -> tuple[int, str]:
        return paths.relative(directory, near[0]).count("/"), directory

    return sorted(others, key=distance)


def _is_spelling(difference: Difference) -> bool:
    """Whether all that differs could be how markers are spelt."""
    return bool(difference.details) and _size(difference) == len(difference.details)


def _size(difference: Difference) -> int:
    return sum(map(len, difference))


def _is_akin(traces: Traces, difference: Difference) -> bool:
    """Whether at least half of the requirements on either side have their match."""
    shared = traces.total - len(difference.removed)
    return 2 * shared >= max(traces.total, shared + len(difference.added))
