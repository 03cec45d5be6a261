"""What is found: the verdicts, the findings behind them, and the table of their codes."""

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


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a whole: unknown before stale before fresh, as `diff` ranks trouble."""
    found = set(verdicts)
    for verdict in (Verdict.UNKNOWN, Verdict.STALE):
        if verdict in found:
            return verdict
    return Verdict.FRESH
