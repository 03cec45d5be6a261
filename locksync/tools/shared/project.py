"""A project with a lock file, asked for one export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from locksync.findings import Code, Finding, FindingError, Repair
from locksync.model import Answer, Export
from locksync.repository.paths import parent
from locksync.repository.protocol import Tree
from locksync.tools.shared.refusals import RefusedError


class Project(NamedTuple):
    """One export and the files that it depends on. The paths are relative to the repository."""

    export: Export
    tree: Tree
    lock_path: str
    manifest_path: str
    make_lock: Repair | None
    """The command that brings the lock file in step with the manifest."""

    @property
    def directory(self) -> str:
        """The directory of the manifest."""
        return parent(self.manifest_path)

    def read_lock(self) -> bytes:
        """What the lock file holds."""
        return self.tree.read(self.lock_path) or b""

    def stale_lock(self, consequence: str = "") -> Finding:
        """The finding for a lock file that was not made from the manifest as it is now."""
        message = f"{self.lock_path} is out of date with {self.manifest_path}{consequence}"
        return Finding(Code.LOCK_STALE, message, self.lock_path, None, self.make_lock)

    def refused(self, tool: str, error: RefusedError, path: str) -> FindingError:
        """The finding for an export that the tool refuses because of a file, ready to be raised."""
        message = f"{tool} refuses `{self.export.command}`: {error}"
        repair = None
        if error.relock is not None and self.make_lock:
            repair = self.make_lock.with_words(*error.relock)
        finding = Finding(Code.REFUSED, message, path, None, repair, advice=error.advice)
        return FindingError(finding)


def answer_beside(findings: Sequence[Finding], text: Callable[[], str]) -> Answer:
    """The text, beside findings about the lock file, or the finding that the text raises.

    For tools that export a stale lock file without a word.
    """
    try:
        return Answer(text(), tuple(findings))
    except FindingError as error:
        return Answer(None, (*findings, error.finding))
