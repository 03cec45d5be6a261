"""A repository on disk, as git sees it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property

from locksync.repository import machine, reading
from locksync.repository.git import (
    DIFFERENCES,
    MERGED,
    MODIFIED,
    RENAMES,
    STAGED,
    TOP,
    BareRepositoryError,
    Git,
    split,
)
from locksync.repository.index import TRACKED, Index, Listed, Staged
from locksync.repository.marking import marked
from locksync.repository.paths import is_git_directory, is_within

TYPE_CHECKING = False
if TYPE_CHECKING:  # A run that finds nothing changed does not need them.
    from locksync.findings import FindingError
    from locksync.repository.protocol import Tree

LARGEST = 16 * 2**20
"""The largest file that is read, in bytes: ten times the largest lock file seen so far."""


class RepositoryError(Exception):
    """There is no repository here, or git cannot read it. The message says why."""


class Repository:
    """The repository around a directory; without git, that directory and everything below it.

    It implements `locksync.repository.protocol.Tree`. Each answer of git is kept. The questions
    that every run asks are asked side by side.
    """

    def __init__(self, directory: str) -> None:
        """Raises RepositoryError."""
        self._committed: dict[str, bytes | None] = {}
        self._marked: dict[tuple[str, ...], frozenset[str]] = {}
        self._revisions: dict[str, Tree] = {}
        self._histories: dict[tuple[str, ...], tuple[str, ...]] = {}
        if not os.path.isdir(directory):
            raise RepositoryError(f"there is no directory {directory}")
        try:
            here = os.path.realpath(directory)
        except FileNotFoundError as error:
            raise RepositoryError("the working directory no longer exists") from error
        try:
            git = Git(here)
        except BareRepositoryError as error:
            raise RepositoryError(str(error)) from error
        top, self._tracked, staged = git.ask_together(TOP, TRACKED, STAGED)
        self._staged = staged if staged is None else Staged(staged)
        if top is None and (reason := git.refusal()):
            raise RepositoryError(reason)
        self.root = here if top is None else os.path.realpath(os.fsdecode(top).rstrip("\n"))
        self._git = Git(self.root, git) if top is not None else None
        self.has_git = self._git is not None
        """Whether git keeps the files, so that what is written over is not lost."""
        if self.root == os.path.dirname(self.root):
            raise RepositoryError(f"{self.root} is the root of the file system, not a repository")
        if here != self.root and not here.startswith(self.root + os.sep):
            raise RepositoryError(f"{here} is outside {self.root}, git's work tree")
        self.prefix = self._below(here)
        """The directory, relative to the repository, with forward slashes."""

    def locate(self, path: str) -> str:
        """The absolute path, with links followed. Raises FindingError as `target` does."""
        real = self.absolute(path)
        if fault := self._fault_of(path, real):
            raise _finding("OUTSIDE", fault, path)
        return real

    def target(self, path: str) -> str:
        return self._below(self.locate(path))

    def absolute(self, path: str) -> str:
        return machine.absolute(self.root, path)

    def files(self) -> frozenset[str]:
        return self._files

    def read(self, path: str) -> bytes | None:
        absolute = self.locate(path)
        try:
            with reading.opened(absolute) as file:
                content = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror}"
            raise _finding("MALFORMED", message, path) from error
        if len(content) > LARGEST:
            raise _finding("MALFORMED", f"{path} is larger than {LARGEST // 2**20} MiB", path)
        return content

    def start(self, path: str) -> bytes:
        with suppress(OSError):
            real = self.absolute(path)
            return b"" if self._fault_of(path, real) else reading.start(real)
        return b""

    def marked(self, globs: str, *signs: str) -> frozenset[str]:
        asked = (globs, *signs)
        if asked not in self._marked:
            paths = self._files.like(globs)
            self._marked[asked] = marked(paths, signs, self.start, self._place_of)
        return self._marked[asked]

    def _place_of(self, directory: str) -> str | None:
        real = self.absolute(directory)
        return None if self._fault_of(directory, real) else real

    def environment(self) -> Mapping[str, str]:
        return machine.environment()

    def programs(self, name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
        return machine.programs(name, *environments)

    def exists(self, path: str) -> bool:
        return os.path.isfile(self.locate(path))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(os.path.join(self.root, path))

    def is_file(self, path: str) -> bool:
        return os.path.isfile(os.path.join(self.root, path))

    def is_tracked(self, path: str) -> bool:
        if self._git is None:
            return True
        return (path in self._files or path in self._left_out) and not self._is_intended(path)

    def is_watched(self, path: str) -> bool:
        if self._git is None:
            return True
        is_there = path in self._files and not self._is_intended(path)
        return is_there and path not in self._index.overlooked

    def tracks_below(self, path: str) -> bool:
        if self._git is not None:
            return self._index.holds(path)
        return any(is_within(file, path) for file in self._files)

    def brings(self, path: str) -> bool:
        """Whether a commit could have put the file there."""
        return self._git is not None and self.is_tracked(path)

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        question = os.fsencode(path) + b"\0"
        found = self._ask("check-ignore", "--verbose", "-z", "--stdin", stdin=question)
        if not found:
            return None
        source, line, rule, _ = split(found)
        return None if rule.startswith("!") else (self._relative(source), int(line))

    def is_committed(self, path: str) -> bool:
        return self._ask("cat-file", "-e", f"HEAD:{path}") is not None

    def committed(self, path: str) -> bytes | None:
        if path not in self._committed:
            self._committed[path] = self._content_at("HEAD", path)
        return self._committed[path]

    def deleted(self) -> frozenset[str]:
        return self._deleted

    def is_deleted(self, path: str) -> bool:
        return path in self._deleted

    def renamed(self, path: str) -> str | None:
        return self._renamed.get(path)

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        # Both the index and the files on disk: a staged version can differ from either.
        paths = tuple(paths)
        if self._git is None:
            return frozenset()
        # Each question to git costs the reading of the whole index.
        held = [path for path in paths if self._index.holds(path)]
        on_disk = self._git.ask(*MODIFIED, "--", *held) if held else b""
        if self._staged is not None and on_disk is not None:
            staged = (name for path in paths for name in self._staged.within(path))
            overlooked = self._index.overlooked.intersection(paths)
            return frozenset((*staged, *split(on_disk), *filter(self._differs, overlooked)))
        if self._ask("rev-parse", "--verify", "--quiet", "HEAD") is None:
            # Before the first commit, every file is new.
            return self._files.intersection(paths)
        # Settings and filters can make `git diff` fail, and so can a full disk.
        return frozenset(filter(self._differs, paths))

    def unstaged(self, paths: Iterable[str]) -> frozenset[str]:
        """The tracked paths that differ from the user's index.

        `git commit --all` fills an index of its own, which is gone when a hook stops it.
        """
        if self._git is None:
            return frozenset()
        found = self._git.with_own_index().ask(*MODIFIED, "--", *paths)
        return frozenset(split(found or b""))

    def holds_head(self) -> bool:
        """Whether the index is what HEAD has: then nobody is about to commit anything."""
        return self._ask("diff", "--cached", "--quiet", "--no-ext-diff", "HEAD") is not None

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        return self._changed_since(self._base, paths)

    def at_base(self, path: str) -> bytes | None:
        return self._content_at(self._base, path)

    def changed_since_named_base(self, paths: Iterable[str]) -> frozenset[str]:
        return self._changed_since(self._told_base, paths)

    def at_named_base(self, path: str) -> bytes | None:
        return self._content_at(self._told_base, path)

    def _changed_since(self, commit: str | None, paths: Iterable[str]) -> frozenset[str]:
        if self._git is None or commit is None:
            return frozenset()
        found = self._git.differences(commit, tuple(paths))
        return frozenset(path for answer in found for path in split(answer or b""))

    def _content_at(self, commit: str | None, path: str) -> bytes | None:
        return self._git.content_of(commit, path) if self._git and commit else None

    @cached_property
    def _base(self) -> str | None:
        """The merge base of the branch and the one it will be merged into."""
        return self._merge_base((*machine.named_base(), "origin/HEAD"))

    @cached_property
    def _told_base(self) -> str | None:
        """The merge base where a runner or CI names the branch. Elsewhere, nobody pays for it."""
        return self._merge_base(machine.named_base())

    def _merge_base(self, names: Iterable[str]) -> str | None:
        found = (self._ask("merge-base", "--", name, "HEAD") for name in names)
        return next((os.fsdecode(commit).strip() for commit in found if commit), None)

    def history(self, paths: Iterable[str]) -> tuple[str, ...]:
        if self._git is None:
            return ()
        paths = tuple(paths)
        if paths not in self._histories:
            # A shallow checkout has the base, but not always the commits that lead from it.
            found = (*self._git.history(paths), *filter(None, [self._told_base]))
            self._histories[paths] = tuple(dict.fromkeys(found))
        return self._histories[paths]

    def merged(self) -> tuple[str, ...]:
        question = ("rev-list", "--no-walk", "--ignore-missing", *MERGED, "--")
        return tuple((self._ask(*question) or b"").decode().split())

    def as_of(self, commit: str) -> Tree:
        from locksync.repository.revision import Revision

        if commit not in self._revisions:
            self._revisions[commit] = Revision(self._git or Git(self.root), commit, self)
        return self._revisions[commit]

    @cached_property
    def _files(self) -> Listed:
        if self._git is None:
            return Listed.of(sorted(map(os.fsencode, reading.walk(self.root))))
        return self._index.files(self._left_out)

    @cached_property
    def _index(self) -> Index:
        if self._git is not None and self._tracked is None:
            raise RepositoryError("git cannot list the files of the repository: run `git status`")
        return Index(self._tracked or b"")

    @cached_property
    def _left_out(self) -> frozenset[str]:
        """The tracked files that a sparse checkout leaves out, though some may be on disk."""
        skipped = self._index.skipped
        if not skipped or self._ask("config", "--bool", "core.sparseCheckout") == b"true\n":
            return skipped
        # Somebody wants git to overlook what is on disk, and it is there all the same.
        return frozenset(path for path in skipped if not self.is_file(path))

    def _is_intended(self, path: str) -> bool:
        """Whether the index only says that the file is to be added (`git add --intent-to-add`)."""
        if path not in self._index.empty:
            return False
        return path in split(self._ask(*DIFFERENCES, "--diff-filter=A", "--", path) or b"")

    def _differs(self, path: str) -> bool:
        """Whether a file on disk differs from HEAD by more than its line ends."""
        committed = self.committed(path)
        with suppress(OSError):
            with reading.opened(self.absolute(path)) as file:
                found = file.read(LARGEST + 1)
            ends = (b"\r\n", b"\n")
            return committed is None or found.replace(*ends) != committed.replace(*ends)
        return committed is not None and path not in self._left_out

    @cached_property
    def _renamed(self) -> Mapping[str, str]:
        names = split(self._ask(*RENAMES, "HEAD") or b"")
        # Each has three parts: how alike they are, the old name, the new one.
        return dict(zip(names[1::3], names[2::3], strict=False))

    @cached_property
    def _deleted(self) -> frozenset[str]:
        removed = self._staged.removed if self._staged else frozenset[str]()
        if self._told_base:
            question = (*DIFFERENCES, "--diff-filter=D", "--cached", self._told_base)
            removed = removed.union(split(self._ask(*question) or b""))
        return removed

    def _ask(self, *arguments: str, stdin: bytes = b"") -> bytes | None:
        """What git prints, or None if it fails or there is no git repository."""
        return self._git.ask(*arguments, stdin=stdin) if self._git else None

    def _fault_of(self, path: str, real: str) -> str | None:
        """Why this path must be neither read nor written, or None if it may be."""
        if real != self.root and not real.startswith(self.root + os.sep):
            return f"{path} is a link that leads out of the repository"
        if is_git_directory(self._below(real)):
            return f"{path} leads into git's own directory"
        return None

    def _below(self, real: str) -> str:
        """An absolute path, made relative to the repository."""
        return real[len(self.root) + 1 :].replace(os.sep, "/")

    def _relative(self, path: str) -> str:
        absolute = os.path.join(self.root, os.path.expanduser(path))
        relative = os.path.relpath(absolute, self.root)
        return path if relative.startswith(os.pardir) else relative.replace(os.sep, "/")


def _finding(code: str, message: str, path: str) -> FindingError:
    """A finding, ready to be raised. Its module is imported only when there is a finding."""
    from locksync.findings import Code, Finding, FindingError

    return FindingError(Finding(Code[code], message, path))
