"""The verdicts, the findings behind them, and the table of finding codes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from types import TracebackType
from typing import NamedTuple


class Verdict(Enum):
    """Whether an output file is what its command would write."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


class Place(str):
    """A word of a command that is a path, relative to the repository.

    A report tells it relative to where its reader stands.
    """

    __slots__ = ()


class At(NamedTuple):
    """The option, or variable, that has a command run elsewhere; left out where that is here."""

    option: str
    place: Place
    is_variable: bool = False


class Repair(NamedTuple):
    """Commands to paste, one after the other."""

    steps: tuple[tuple[str | At, ...], ...]
    directory: str | None = None
    """Where they must be run, for commands that have no option for it; their words hold there."""
    drops: bool = False
    """Whether they discard something that a person may have written."""
    writes: tuple[str, ...] = ()
    """The files that they write, relative to the repository."""

    def then(self, other: Repair) -> Repair:
        """This repair and another one after it."""
        writes = dict.fromkeys((*self.writes, *other.writes))
        return self._replace(steps=(*self.steps, *other.steps), writes=tuple(writes))

    def with_words(self, *words: str) -> Repair:
        """The repair with further words at its end."""
        *before, last = self.steps
        return self._replace(steps=(*before, (*last, *words)))


class Finding(NamedTuple):
    """One coded fact behind a verdict."""

    code: Code
    message: str
    """What is wrong and where, as one sentence without a full stop."""
    file: str
    """The file to look at, relative to the repository."""
    line: int | None = None
    repair: Repair | None = None
    """The commands that repair it."""
    keep: Repair | None = None
    """The commands after which what a person wrote is right, where `repair` discards it."""
    advice: str = ""
    """What to do where no command does it, as a sentence without a full stop."""

    def without_repairs(self) -> Finding:
        """The finding once it is repaired, or when its repair has failed."""
        return self._replace(repair=None, keep=None, advice="")

    @property
    def is_to_stage(self) -> bool:
        """Whether all that is left to do is to have git take the file."""
        return self.code in (Code.UNTRACKED, Code.IGNORED)

    @property
    def writes(self) -> tuple[str, ...]:
        """The files that its commands write."""
        return tuple(
            file for repair in (self.keep, self.repair) if repair for file in repair.writes
        )


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
    BUG = "LS099", Verdict.UNKNOWN

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

    @property
    def is_settled_by_the_tool(self) -> bool:
        """Whether it no longer holds once the tool was run and leaves the output as it is."""
        return self.is_repaired_by_writing or self is Code.UNSUPPORTED


class FindingError(Exception):
    """A conclusive finding: it ends the check of the current file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


MOST_PLACES = 3
"""How many places in the code a report of a bug names."""


def bug(error: Exception, file: str) -> Finding:
    """The finding that a bug of locksync keeps it from telling how a file is."""
    places = " > ".join(_places(error.__traceback__)[-MOST_PLACES:])
    message = (
        f"{file} is not checked, because of a bug in locksync: please report this line: "
        f"{type(error).__name__} in {places}"
    )
    return Finding(Code.BUG, message, file)


def _places(traceback: TracebackType | None) -> list[str]:
    """Where in locksync's own code an exception came by. It shows nothing of any file."""
    found = []
    while traceback:
        module = traceback.tb_frame.f_globals.get("__name__", "")
        if module.startswith("locksync."):
            found.append(f"{module}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return found


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict: unknown, then stale, then fresh, in the order of `diff`'s exit codes."""
    found = set(verdicts)
    for verdict in (Verdict.UNKNOWN, Verdict.STALE):
        if verdict in found:
            return verdict
    return Verdict.FRESH
