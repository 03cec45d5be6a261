"""The questions that the core may ask about a repository, as it is or as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class Tree(Protocol):
    """A read-only view of a repository. Paths are relative to its top, with forward slashes."""

    root: str
    """The absolute path of the repository, with links followed."""

    def files(self) -> frozenset[str]:
        """The files that git tracks; without git, the files on disk."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None if it does not exist.

        Raises FindingError if it cannot be read or leads out of the repository.
        """

    def start(self, path: str) -> bytes:
        """The first few thousand bytes of a file; none if it cannot be read."""

    def marked(self, globs: str, *signs: str) -> frozenset[str]:
        """The files whose name is like one of some globs, and whose start matches some pattern.

        A glob is `*END` or `*PART*`, whatever the case of the name. This is one question, however
        many files there are.
        """

    def environment(self) -> Mapping[str, str]:
        """The values of the environment markers (PEP 508) for the running Python."""

    def programs(self, name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
        """The programs of that name on this machine, each as its path and what changes with it.

        `environments` are virtual environments in which to look too.
        """

    def exists(self, path: str) -> bool:
        """Whether the file exists. Raises FindingError as `target` does."""

    def target(self, path: str) -> str:
        """The path with links followed, relative to the repository.

        Raises FindingError if it leads out of the repository or into git's own directory.
        """

    def absolute(self, path: str) -> str:
        """The absolute path, with links followed. It may lie outside the repository."""

    def is_directory(self, path: str) -> bool:
        """Whether the directory exists. The path may lie outside the repository."""

    def is_file(self, path: str) -> bool:
        """Whether the file exists. The path may lie outside the repository."""

    def is_tracked(self, path: str) -> bool:
        """Whether git's index has the file; without git, whether it exists."""

    def tracks_below(self, path: str) -> bool:
        """Whether git's index has the path now, or a file below it, whatever it had earlier.

        A commit could have put there whatever lies there.
        """

    def is_watched(self, path: str) -> bool:
        """Whether git has the file and tells of its changes.

        It does not where it was told to overlook them, or only that the file is to be added.
        """

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        """The file and line of the ignore rule that keeps the path out of commits, if any."""

    def is_committed(self, path: str) -> bool:
        """Whether HEAD has the file."""

    def committed(self, path: str) -> bytes | None:
        """The content of a file in HEAD, or None if HEAD has no such file."""

    def deleted(self) -> frozenset[str]:
        """The files that HEAD has and the index does not.

        Where a runner or CI names what the branch will be merged into, that has its say like HEAD.
        """

    def is_deleted(self, path: str) -> bool:
        """Whether it is one of those deleted."""

    def renamed(self, path: str) -> str | None:
        """The new place of a file that the next commit moves; None if it moves none."""

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths that differ from HEAD, in the index or on disk."""

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths that differ from the base of the branch; none if the base is unknown."""

    def at_base(self, path: str) -> bytes | None:
        """The content of a file at the base of the branch, or None if that is unknown."""

    def changed_since_named_base(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths that differ from the base of the branch, where a runner or CI names it."""

    def at_named_base(self, path: str) -> bytes | None:
        """The content of a file at that base; None: it has no such file, or nobody names it."""

    def history(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The last few commits that changed any of the files, newest first."""

    def merged(self) -> tuple[str, ...]:
        """The commits that an unfinished merge, rebase or the like brings into HEAD."""

    def as_of(self, commit: str) -> Tree:
        """The repository as of a commit."""


def is_known(path: str, tree: Tree) -> bool:
    """Whether a file is there, or is deleted by the next commit."""
    return path in tree.files() or tree.is_deleted(path)
