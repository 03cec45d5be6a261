"""What the core may ask about a repository: as it is, or as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    def start(self, path: str) -> bytes:
        """The first bytes of a file, some thousands; none where it cannot be read."""

    def environment(self) -> Mapping[str, str]:
        """The values of environment markers, PEP 508, of the Python that is running."""

    def programs(self, name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
        """The programs of a name that could be started on this machine.

        Each by its path, with what tells it from another one that takes its place.
        `environments` are virtual environments in which it is looked for too.
        """

    def exists(self, path: str) -> bool:
        """Whether there is such a file. Raises FindingError as `target` does."""

    def target(self, path: str) -> str:
        """The path that is reached where links are followed, relative to the repository.

        Raises FindingError for what leads out of the repository or into git's own directory.
        """

    def absolute(self, path: str) -> str:
        """The absolute path reached where links are followed. It may leave the repository."""

    def is_directory(self, path: str) -> bool:
        """Whether a directory is there. The path may leave the repository."""

    def is_file(self, path: str) -> bool:
        """Whether a file is there. The path may leave the repository."""

    def is_tracked(self, path: str) -> bool:
        """Whether the index holds the file; without git, whether it is there."""

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        """The file and line of the ignore rule that keeps the path out of commits."""

    def is_committed(self, path: str) -> bool:
        """Whether HEAD holds the file."""

    def committed(self, path: str) -> bytes | None:
        """The content of a file in HEAD, None where HEAD has no such file."""

    def deleted(self) -> frozenset[str]:
        """The files that HEAD holds and the next commit does not."""

    def is_deleted(self, path: str) -> bool:
        """Whether HEAD holds the file and the next commit does not."""

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that differ from HEAD, in the index or on disk."""

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that differ from the base of the branch; none where none is known."""

    def at_base(self, path: str) -> bytes | None:
        """The content of a file at the base of the branch, None where that is not known."""


class Past(Tree, Protocol):
    """A repository as of a commit."""

    @property
    def commit(self) -> str:
        """The name of the commit."""


class History(Tree, Protocol):
    """A repository that can tell what it was."""

    def revisions(self, path: str) -> Iterable[Past]:
        """The repository as of each of the last few commits that changed a file, newest first."""
