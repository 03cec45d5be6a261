"""The verdicts, the findings behind them, and the table of finding codes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """Whether an output file is what its command would write."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """One coded fact behind a verdict."""

    code: Code
    message: str
    """What is wrong and where, as one sentence without a full stop."""
    file: str
    """The file to look at, relative to the repository."""
    line: int | None = None
    repair: str | None = None
    """The command that repairs it, to be run at the top of the repository."""


class Notice(NamedTuple):
    """What is worth a line, though no export is wrong for it."""

    message: str
    file: str
    """The file to look at, relative to the repository."""
    line: int | None = None


class Code(Enum):
    """The stable codes of findings; `docs/findings.md` has an entry for each.

    Each value is the code, with the verdict that the finding leads to.
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
    UNEXPLAINED = "LS022", Verdict.UNKNOWN

    def __str__(self) -> str:
        return self.value[0]

    @property
    def verdict(self) -> Verdict:
        """The verdict on a file with this finding."""
        return self.value[1]

    @property
    def is_repaired_by_writing(self) -> bool:
        """Whether writing the expected output repairs it."""
        return self in (Code.STALE, Code.MISSING, Code.EDITED, Code.CONFLICTED)


class FindingError(Exception):
    """A conclusive finding: it ends the check of the current file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict: unknown, then stale, then fresh, in the order of `diff`'s exit codes."""
    found = set(verdicts)
    for verdict in (Verdict.UNKNOWN, Verdict.STALE):
        if verdict in found:
            return verdict
    return Verdict.FRESH
