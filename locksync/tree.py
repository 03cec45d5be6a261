"""What the core may ask about a repository; `locksync.repository` and the tests answer it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Tree(Protocol):
    """A read-only view of a repository. Paths are relative to it, with forward slashes."""

    root: str
    """The absolute path of the repository, without links."""

    def files(self) -> frozenset[str]:
        """The files git tracks; without git, the files that are there."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, None where there is none.

        Raises FindingError for what cannot be read or leads out of the repository.
        """

    def exists(self, path: str) -> bool:
        """Whether there is such a file. Raises FindingError as `read` does for links."""

    def is_directory(self, path: str) -> bool:
        """Whether a directory is there. The path may leave the repository."""

    def is_tracked(self, path: str) -> bool:
        """Whether the next commit holds the file; without git, whether it is there."""

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        """The file and line of the ignore rule that keeps the path out of commits."""

    def deleted(self) -> frozenset[str]:
        """The files that HEAD holds and the next commit does not."""

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that differ from HEAD, in the index or on disk."""
