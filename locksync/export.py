"""The records every part of locksync speaks in: exports, verdicts, findings, results."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """Whether an output file is what its command would write."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


class How(Enum):
    """The way a verdict was reached, the cheapest first."""

    KNOWN = "known"
    RENDERED = "rendered"
    PROVED = "proved"
    RAN = "ran"
    NONE = "none"


class Export(NamedTuple):
    """One official command that writes one output file.

    All paths are relative to the repository, with forward slashes; the repository itself is "".
    """

    tool: str
    """Name of the tool, a key of `locksync.tools.TOOLS`."""
    directory: str
    """Where the command runs."""
    arguments: tuple[str, ...]
    """The words after the command's name, as they were written."""
    output: str
    """The requirements file that the command writes."""
    command: str
    """The command as a person would type it in `directory`."""
    lock: str = ""
    """The lock file, of tools whose lock file can lie above the directory."""
    strict: bool = False
    """Whether the output is to have the bytes the command writes, not just their meaning."""


class Finding(NamedTuple):
    """One coded fact behind a verdict."""

    code: Code
    message: str
    """What is wrong and where, one sentence without a full stop."""
    file: str
    """The file to look at, relative to the repository."""
    line: int | None = None
    repair: str | None = None
    """A command that repairs it, run from the top of the repository."""


class Code(Enum):
    """The stable codes of findings; `docs/findings.md` has an entry for each.

    The value holds the code and the verdict that the finding leads to.
    """

    STALE = "LS001", Verdict.STALE
    MISSING = "LS002", Verdict.STALE
    UNTRACKED = "LS003", Verdict.STALE
    IGNORED = "LS004", Verdict.STALE
    LOCK_STALE = "LS005", Verdict.STALE
    EDITED = "LS006", Verdict.STALE
    ORPHANED = "LS007", Verdict.STALE
    CONFLICTED = "LS008", Verdict.STALE
    MALFORMED = "LS009", Verdict.UNKNOWN
    UNSUPPORTED = "LS010", Verdict.UNKNOWN
    REFUSED = "LS011", Verdict.UNKNOWN
    OUTSIDE = "LS012", Verdict.UNKNOWN
    AMBIGUOUS = "LS013", Verdict.UNKNOWN
    CONFIGURATION = "LS014", Verdict.UNKNOWN
    UNWRITABLE = "LS015", Verdict.UNKNOWN
    HOSTILE = "LS016", Verdict.UNKNOWN
    SECRET = "LS017", Verdict.UNKNOWN
    NO_TOOL = "LS018", Verdict.UNKNOWN
    SOURCE_FIRST = "LS019", Verdict.STALE
    UNKEPT = "LS020", Verdict.STALE
    PROJECT_FIRST = "LS021", Verdict.STALE

    def __str__(self) -> str:
        return self.value[0]

    @property
    def verdict(self) -> Verdict:
        """What a file with this finding is."""
        return self.value[1]

    @property
    def is_repaired_by_writing(self) -> bool:
        """Whether nothing is left of it once the output file holds what is expected."""
        return self in (Code.STALE, Code.MISSING, Code.EDITED, Code.CONFLICTED)


class FindingError(Exception):
    """A finding that leaves nothing more to be said about the file in hand."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Answer(NamedTuple):
    """What a tool's command would write now, as far as can be told without running it."""

    text: str | None
    """The whole output with "\\n" line ends, or None: the findings say why it cannot be told."""
    findings: tuple[Finding, ...] = ()
    how: How = How.RENDERED
    """PROVED: there is no text, but nothing is wrong that the findings do not tell."""
    details: tuple[str, ...] = ()
    """What else there is to say of a finding that the output is stale."""
    inputs: tuple[str, ...] = ()
    """All input files, where they tell of one another."""


class ChangedPin(NamedTuple):
    """A requirement that both sides pin, to different versions or URLs."""

    name: str
    before: str
    after: str


class Pin(NamedTuple):
    """A requirement that only one side has; `version` is a version, a URL or "" for neither."""

    name: str
    version: str


class Difference(NamedTuple):
    """How what the command would write differs from what the output file holds."""

    added: tuple[Pin, ...] = ()
    removed: tuple[Pin, ...] = ()
    changed: tuple[ChangedPin, ...] = ()
    details: tuple[str, ...] = ()
    """Other differences in meaning: markers, extras, hashes and option lines."""

    def __bool__(self) -> bool:
        return any(self._asdict().values())


class Result(NamedTuple):
    """The verdict on one export, with everything a report needs to explain it."""

    export: Export
    inputs: tuple[str, ...]
    how: How
    findings: tuple[Finding, ...] = ()
    difference: Difference = Difference()
    current: bytes | None = None
    """What the output file holds; None: there is no such file."""
    expected: bytes | None = None
    """What it should hold; None: not known, or the same by meaning."""
    changed: bool = False
    """Whether this run has written the output file."""
    program: tuple[str, ...] = ()
    """The words that started the tool, where it was run."""

    @property
    def is_for_the_tool(self) -> bool:
        """Whether only the tool itself can tell what its command would write."""
        codes = {finding.code for finding in self.findings}
        if self.how is How.RAN:
            return False  # It has told all that it can.
        if self.how is How.PROVED:
            return any(code.is_repaired_by_writing for code in codes)
        return Code.UNSUPPORTED in codes

    def failed(self, finding: Finding) -> Result:
        """The result once regenerating has failed, which then is no repair any more."""
        left = (
            found._replace(repair=None) if found.code.is_repaired_by_writing else found
            for found in self.findings
        )
        return self._replace(findings=(*left, finding))

    @property
    def verdict(self) -> Verdict:
        """Fresh without a finding; unknown wins over stale."""
        return worst(finding.code.verdict for finding in self.findings)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a whole: unknown before stale before fresh, as `diff` ranks trouble."""
    found = set(verdicts)
    for verdict in (Verdict.UNKNOWN, Verdict.STALE):
        if verdict in found:
            return verdict
    return Verdict.FRESH
