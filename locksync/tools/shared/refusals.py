"""Reasons for which a tool writes no output, or is not started."""

from __future__ import annotations

from collections.abc import Sequence

from locksync.findings import Code, Finding, FindingError
from locksync.model import Export


class RefusedError(Exception):
    """The tool itself would refuse the export. The message says why."""

    def __init__(
        self, reason: str, *, advice: str = "", relock: Sequence[str] | None = None
    ) -> None:
        super().__init__(reason)
        self.advice = advice
        self.relock = relock
        """The options of the lock command, where a new lock file is the repair."""


class UntoldError(Exception):
    """Only the tool itself can tell what the export holds. The message says what it can tell."""


def not_regenerated(
    export: Export,
    reason: str,
    code: Code = Code.REFUSED,
    path: str | None = None,
    instead: str = "Change its command",
) -> FindingError:
    """The finding for an export whose tool is not started, ready to be raised.

    `path` is the file that is at fault; None: the output. `instead` says what to do about a
    command that a person has written.
    """
    message = f"{export.output} is not regenerated: {reason}"
    advice = f"{instead} ({export.where})" if export.where else ""
    return FindingError(Finding(code, message, path or export.output, advice=advice))
