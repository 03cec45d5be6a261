"""Reasons for which a tool writes no output, or is not started."""

from __future__ import annotations

from collections.abc import Sequence

from locksync.findings import Code, Finding, FindingError
from locksync.model import Export


class RefusedError(Exception):
    """The tool itself would refuse the export. The message says why."""

    def __init__(
        self, reason: str, *, repair: str | None = None, relock: Sequence[str] | None = None
    ) -> None:
        super().__init__(reason)
        self.repair = repair
        """The command that repairs it, if it is known."""
        self.relock = relock
        """The options of the lock command, where a new lock file is the repair."""


class UntoldError(Exception):
    """Only the tool itself can tell what the export holds. The message says what it can tell."""


def not_regenerated(
    export: Export, reason: str, code: Code = Code.REFUSED, path: str | None = None
) -> FindingError:
    """The finding for an export whose tool is not started, ready to be raised.

    `path` is the file that is at fault; None: the output.
    """
    message = f"{export.output} is not regenerated: {reason}"
    return FindingError(Finding(code, message, path or export.output))
