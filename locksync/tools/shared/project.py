"""A project with a lock file, asked for one export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from locksync.documents import Table, parse_toml
from locksync.findings import Code, Finding, FindingError, Repair
from locksync.model import Answer, Export
from locksync.repository.paths import join, parent
from locksync.repository.protocol import Tree
from locksync.tools.shared.refusals import RefusedError

LARGEST_MANIFEST = 2**18
"""How many bytes the manifest of a local package may have. Real ones have some thousands."""


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

    def manifest_of(self, directory: str, name: str) -> tuple[str, Table]:
        """The path of a local package's manifest, and what it holds: nothing if git has none.

        Nobody else could judge by a manifest that git does not have. Raises ValueError and
        FindingError.
        """
        path = join(join(self.directory, directory), name)
        content = self.tree.read(path) if self.tree.is_tracked(path) else None
        if len(content or b"") > LARGEST_MANIFEST:
            raise ValueError(f"{path} is too large")
        return path, parse_toml(content or b"", path)

    def stale_lock(self, consequence: str = "", manifest: str = "") -> Finding:
        """The finding for a lock file that was not made from a manifest as it is now.

        `manifest` is that of a local package; "": the project's own.
        """
        manifest = manifest or self.manifest_path
        message = f"{self.lock_path} is out of date with {manifest}{consequence}"
        return Finding(Code.LOCK_STALE, message, self.lock_path, None, self.make_lock)

    def refused(self, tool: str, error: RefusedError, path: str) -> FindingError:
        """The finding for an export that the tool refuses because of a file, ready to be raised."""
        message = f"{tool} refuses `{self.export.command}`: {error}"
        repair = None
        if error.relock is not None and self.make_lock:
            repair = self.make_lock.with_words(*error.relock)
        finding = Finding(Code.REFUSED, message, path, None, repair, advice=error.advice)
        return FindingError(finding)


def told_change(subject: str, before: object, after: object) -> str:
    """What has become of something that was there before, or is there after, or both."""
    return f"{subject} {'has changed' if before and after else 'is new' if after else 'is gone'}"


def answer_beside(findings: Sequence[Finding], answer: Callable[[], Answer]) -> Answer:
    """The answer, beside findings about the lock file, or the finding that it raises.

    For tools that export a stale lock file without a word.
    """
    try:
        found = answer()
        return found._replace(findings=(*findings, *found.findings))
    except FindingError as error:
        return Answer(None, (*findings, error.finding))
