"""Which command writes what a requirements file holds: the search in one state of a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from locksync.command_line import split_command
from locksync.discovery.headers import program_named
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Difference, Export, How
from locksync.repository.protocol import Tree
from locksync.tools.registry import TOOLS, read_export

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces

MOST_PLACES = 12
"""In how many directories with something to export a file's command is looked for."""
MOST_AFTER = 4
"""How many commands are tried for the same bytes after one that gives the same meaning."""
LEAST_PINS = 5
LEAST_OF_A_LIST = 0.7
"""How many pins, and what part of all, a plain list has in common with an export that it may be."""
# Findings that hold for a lock file whatever options are tried.
HOPELESS = (
    *(Code.LOCK_STALE, Code.MALFORMED, Code.CONFLICTED, Code.HOSTILE, Code.OUTSIDE),
    Code.NO_TOOL,
)
Tell = Callable[[Export, Tree], Answer]
"""Asks a tool what its command would write. Raises FindingError."""


class Origin(Enum):
    """Why a file is taken for the output of a command, or for none."""

    CONFIGURED = "configured"
    HEADER = "told by its header"
    BYTES = "same bytes"
    MEANING = "same by meaning"
    FORM = "same form, other pins"
    UNTOLD = "its lock file cannot be exported"
    HOOK = "told by its hook"
    UNEXPLAINED = "not explained"
    FOREIGN = "no export"


FOUND = (Origin.BYTES, Origin.MEANING, Origin.FORM, Origin.HOOK)


class Explanation(NamedTuple):
    """One requirements file and the command that it comes from."""

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
    answer: Answer | None = None
    """What the command writes now, where that is known."""
    finding: Finding | None = None
    """What keeps it from being looked into."""
    shares_names: bool = True
    """Whether the nearest command writes most of the names, if any command could be tried."""

    @property
    def gives_the_file(self) -> bool:
        """Whether the command gives what the file holds."""
        return self.origin in (Origin.BYTES, Origin.MEANING)

    @property
    def is_export(self) -> bool:
        """Whether the file is an export, even if only its default command is known."""
        return self.is_found or self.origin is Origin.UNTOLD

    @property
    def is_found(self) -> bool:
        """Whether its command is known, though neither configured nor told by its header."""
        return self.origin in FOUND

    @property
    def is_unexplained(self) -> bool:
        """Whether the file is pinned like an export, and nothing tells which."""
        return self.origin is Origin.UNEXPLAINED

    @property
    def is_foreign(self) -> bool:
        """Whether the file is somebody's own."""
        return self.origin is Origin.FOREIGN

    @property
    def is_behind(self) -> bool:
        """Whether the command that was found would write something else now."""
        return bool(self.commit) or self.origin is Origin.FORM


def search(
    path: str,
    text: str,
    tree: Tree,
    likely: Iterable[Export],
    directories: Iterable[str],
    *,
    tell: Tell | None = None,
) -> Explanation:
    """The command that writes what a file holds, or the nearest to it.

    The likely exports are tried first. Then each tool's candidates, for one directory after the
    other: with `tell`, those of the tools that only tell it themselves; without, of all others.
    """
    return _Search(path, text, tree, tell).run(likely, directories)


class _Search:
    def __init__(self, path: str, text: str, tree: Tree, tell: Tell | None) -> None:
        self._path = path
        self._text = text
        self._tree = tree
        self._tell = tell
        self._tried: dict[Export, Answer | None] = {}
        self._compared: dict[str, tuple[Export, Difference]] = {}
        """By the text that a command gives: the first such command, and what it would change."""
        self._alike: list[Export] = []
        self._reasons: list[str] = []
        self._failed: Export | None = None
        self._is_hopeless = False
        self._program = program_named(text.encode())

    @cached_property
    def _traces(self) -> Traces:
        from locksync.requirements.traces import read_traces

        return read_traces(self._path, self._text)

    def run(self, likely: Iterable[Export], directories: Iterable[str]) -> Explanation:
        for export in likely:
            if self._may_have_written(export) and self._gives_the_bytes(export):
                return self._found(Origin.BYTES, export)
        # Only what is not so simple pays for the reader of requirements.
        for export in tuple(self._tried):
            self._compare(export)
        left = MOST_AFTER
        for export in self._candidates_in(directories) if not self._alike else ():
            if self._gives_the_bytes(export):
                return self._found(Origin.BYTES, export)
            self._compare(export)
            left -= bool(self._alike)
            if not left:
                break
        return self._alike_or_nearest()

    def _found(self, origin: Origin, export: Export) -> Explanation:
        return Explanation(self._path, origin, export, answer=self._tried[export])

    def _candidates_in(self, directories: Iterable[str]) -> Iterator[Export]:
        places = 0
        for directory in directories:
            tried = len(self._tried)
            yield from self._candidates(directory)
            places += len(self._tried) > tried
            if self._alike or places == MOST_PLACES:
                return

    def _candidates(self, directory: str) -> Iterator[Export]:
        for tool in TOOLS.values():
            is_asked = tool.about.is_inert
            if is_asked != bool(self._tell) or self._program not in (None, tool.about.program):
                continue
            self._is_hopeless = False
            try:
                for export in tool.candidates(directory, self._traces, self._tree):
                    is_new = export not in self._tried and self._may_have_written(export)
                    if is_new and _can_be_configured(export):
                        yield export
                    if self._is_hopeless:
                        break
            except FindingError as error:
                self._reasons.append(error.finding.message)

    def _may_have_written(self, export: Export) -> bool:
        """Whether the header, or the want of one, leaves an export in question."""
        about = TOOLS[export.tool].about
        if self._program:
            return self._program == about.program
        return not about.writes_header or about.headless in export.arguments

    def _gives_the_bytes(self, export: Export) -> bool:
        self._tried[export] = None
        try:
            answer = (self._tell or TOOLS[export.tool].answer)(export, self._tree)
        except FindingError as error:
            self._reasons.append(error.finding.message)
            self._is_hopeless = error.finding.code in HOPELESS
            self._failed = self._failed or export
            return False
        self._tried[export] = answer
        return answer.text == self._text

    def _compare(self, export: Export) -> None:
        """Take note of how near a command comes that does not give the same bytes."""
        answer = self._tried[export]
        if answer and answer.how is How.PROVED and not answer.findings:
            self._alike.append(export)
        if answer and answer.text is None and answer.how is How.RENDERED:
            self._failed = self._failed or export
        if answer is None or answer.text is None:
            reasons = answer.findings if answer and not self._compared else ()
            self._reasons.extend(finding.message for finding in reasons)
            return
        if answer.text not in self._compared:
            from locksync.requirements.comparison import compare

            difference = compare(self._text, answer.text, python=answer.python)
            self._compared[answer.text] = (export, difference)
        # Short lists mean the same by chance, and what has no requirement always does.
        traces = self._traces
        is_evidence = traces.is_elaborate or (traces.total >= LEAST_PINS and not traces.comments)
        if is_evidence and not self._compared[answer.text][1]:
            self._alike.append(export)

    @property
    def _nearest(self) -> tuple[Export, Difference] | None:
        """The command that comes nearest, and what it would change."""
        return min(self._compared.values(), key=lambda one: _size(one[1]), default=None)

    def _alike_or_nearest(self) -> Explanation:
        """The first of the commands that fit by meaning, unless different tools could be meant."""
        rivals = {export.tool: export for export in reversed(self._alike)}
        if len(rivals) > 1:
            commands = " or ".join(f"`{rivals[tool].command}`" for tool in TOOLS if tool in rivals)
            reason = f"it could come from {commands}"
            return Explanation(self._path, Origin.UNEXPLAINED, reason=reason)
        if self._alike:
            return self._found(Origin.MEANING, self._alike[0])
        return self._nearest_or_none()

    def _nearest_or_none(self) -> Explanation:
        traces = self._traces
        near = self._nearest_explanation() if traces.total and traces.is_pinned else None
        if near:
            return near
        if self._program and self._tried:
            return self._unexplained()
        if self._failed and traces.is_elaborate:
            # Nobody writes such a file by hand. What is wrong with the lock file, checking tells.
            return Explanation(self._path, Origin.UNTOLD, self._failed, reason=self._reason())
        shares = self._nearest is None or _shares_names(traces, self._nearest[1])
        reason = self._reason()
        return Explanation(self._path, Origin.FOREIGN, reason=reason, shares_names=shares)

    def _nearest_explanation(self) -> Explanation | None:
        from locksync.requirements.form import has_form_of

        alike = [one for text, one in self._compared.items() if has_form_of(self._text, text)]
        if alike:
            # Another selection of groups can have the same form, but not the same names.
            export, difference = min(alike, key=lambda one: _other_names(one[1]))
            return self._found(Origin.FORM, export)._replace(difference=difference)
        nearest = self._nearest
        is_akin = nearest and _is_akin(self._traces, nearest[1])
        return self._unexplained() if is_akin else None

    def _unexplained(self) -> Explanation:
        if self._nearest is None:
            return Explanation(self._path, Origin.UNEXPLAINED, reason=self._reason())
        export, difference = self._nearest
        reason = f"`{export.command}` comes nearest"
        return Explanation(self._path, Origin.UNEXPLAINED, export, "", difference, reason)

    def _reason(self) -> str:
        traces = self._traces
        if not traces.total:
            return "it holds no requirement"
        if not traces.is_pinned:
            return f"{traces.pinned} of {traces.total} requirements are pinned"
        if self._program and not self._tried:
            return f"its header names {self._program}, and no input file of it is found"
        if self._nearest:
            return f"it has little in common with what `{self._nearest[0].command}` writes"
        none = "there is no lock file that it could come from"
        return self._reasons[0] if self._reasons else none


def _can_be_configured(export: Export) -> bool:
    """Whether the command, written into a configuration, would be read as this export."""
    try:
        return read_export(split_command(export.command), export.directory) == export
    except ValueError:
        return False


def _size(difference: Difference) -> int:
    return sum(map(len, difference))


def _other_names(difference: Difference) -> int:
    return len(difference.added) + len(difference.removed)


def _is_akin(traces: Traces, difference: Difference) -> bool:
    """Whether at least half of the requirements on either side have their match.

    A plain list, which anybody could have written, has to have most of its pins in common.
    """
    if traces.is_elaborate:
        return _shares_names(traces, difference)
    shared, most = _shared(traces, difference)
    same = shared - len(difference.changed)
    return not traces.comments and same >= LEAST_PINS and same >= LEAST_OF_A_LIST * most


def _shares_names(traces: Traces, difference: Difference) -> bool:
    """Whether at least half of the names on either side are on both."""
    shared, most = _shared(traces, difference)
    return 2 * shared >= most


def _shared(traces: Traces, difference: Difference) -> tuple[int, int]:
    """How many requirements are on both sides, and how many there are on the longer one."""
    shared = traces.total - len(difference.removed)
    return shared, max(traces.total, shared + len(difference.added))
