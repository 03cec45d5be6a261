"""A repository on disk, as git sees it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from locksync.repository import machine
from locksync.repository.git import DIFFERENCES, REMOVED, TOP, TRACKED, Git, split
from locksync.repository.paths import is_git_directory

TYPE_CHECKING = False
if TYPE_CHECKING:  # A run that finds nothing changed does not need them.
    from locksync.findings import FindingError
    from locksync.repository.protocol import Tree

LARGEST = 16 * 2**20
"""The largest file that is read, in bytes: ten times the largest lock file seen so far."""
PRUNED = frozenset(("node_modules", "__pycache__", "site-packages"))


class RepositoryError(Exception):
    """There is no repository here, or git cannot read it. The message says why."""


class Repository:
    """The repository around a directory; without git, that directory and everything below it.

    It implements `locksync.repository.protocol.Tree`. Each answer of git is kept. The questions
    that every run asks are asked side by side.
    """

    def __init__(self, directory: str) -> None:
        """Raises RepositoryError."""
        if not os.path.isdir(directory):
            raise RepositoryError(f"there is no directory {directory}")
        try:
            here = os.path.realpath(directory)
        except FileNotFoundError as error:
            raise RepositoryError("the working directory no longer exists") from error
        git = Git(here)
        top, self._tracked, self._removed = git.ask_together(TOP, TRACKED, REMOVED)
        self.root = here
        if top is not None:
            self.root = os.path.realpath(os.fsdecode(top).rstrip("\n"))
        elif reason := git.refusal():
            raise RepositoryError(reason)
        self._git = Git(self.root, git.environment) if top is not None else None
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
            with open(absolute, "rb") as file:
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
        real = self.absolute(path)
        if self._fault_of(path, real):
            return b""
        try:
            with open(real, "rb") as file:
                return file.read(machine.START)
        except OSError:
            return b""

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
        return self._git is None or path in self._files or path in self._left_out

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
        return self._git.content_of("HEAD", path) if self._git else None

    def deleted(self) -> frozenset[str]:
        return self._deleted

    def is_deleted(self, path: str) -> bool:
        return path in self._deleted

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        # Both the index and the files on disk: a staged version can differ from either.
        paths = tuple(paths)
        if self._git is None:
            return frozenset()
        staged, on_disk = self._git.ask_together(
            (*DIFFERENCES, "--cached", "HEAD", "--", *paths),
            (*DIFFERENCES, "HEAD", "--", *paths),
        )
        if staged is None or on_disk is None:
            # Before the first commit, every file is new.
            return self._files.intersection(paths)
        return frozenset((*split(staged), *split(on_disk)))

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        found = self._ask(*DIFFERENCES, self._base, "--", *paths) if self._base else None
        return frozenset(split(found or b""))

    def at_base(self, path: str) -> bytes | None:
        return self._git.content_of(self._base, path) if self._git and self._base else None

    @cached_property
    def _base(self) -> str | None:
        """The merge base of the branch and the one it will be merged into."""
        return self._merge_base((*_named_base(), "origin/HEAD"))

    @cached_property
    def _told_base(self) -> str | None:
        """The merge base where a runner or CI names the branch. Elsewhere, nobody pays for it."""
        return self._merge_base(_named_base())

    def _merge_base(self, names: Iterable[str]) -> str | None:
        found = (self._ask("merge-base", "--", name, "HEAD") for name in names)
        return next((os.fsdecode(commit).strip() for commit in found if commit), None)

    def history(self, paths: Iterable[str]) -> tuple[str, ...]:
        if self._git is None:
            return ()
        # A shallow checkout has the base, but not always the commits that lead from it.
        return tuple(dict.fromkeys((*self._git.history(paths), *filter(None, [self._told_base]))))

    def as_of(self, commit: str) -> Tree:
        from locksync.repository.revision import Revision

        return Revision(self._git or Git(self.root), commit)

    @cached_property
    def _files(self) -> frozenset[str]:
        if self._git is None:
            return frozenset(_walk(self.root))
        if self._tracked is None:
            raise RepositoryError("git cannot list the files of the repository: run `git status`")
        # git tags with S what a sparse checkout leaves out. Such a file is not on disk.
        return frozenset(entry[2:] for entry in split(self._tracked) if not entry.startswith("S "))

    @cached_property
    def _left_out(self) -> frozenset[str]:
        """The tracked files that a sparse checkout leaves out, though some may be on disk."""
        found = split(self._tracked or b"")
        return frozenset(entry[2:] for entry in found if entry.startswith("S "))

    @cached_property
    def _deleted(self) -> frozenset[str]:
        removed = split(self._removed or b"")
        if self._told_base:
            question = (*DIFFERENCES, "--diff-filter=D", "--cached", self._told_base)
            removed += split(self._ask(*question) or b"")
        return frozenset(removed)

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


def _named_base() -> Iterator[str]:
    """What the current branch will be merged into, as a runner or CI names it."""
    # pre-commit and prek set it for --from-ref.
    if commit := os.environ.get("PRE_COMMIT_FROM_REF"):
        yield commit
    # https://docs.github.com/actions/reference/workflows-and-actions/variables
    if branch := os.environ.get("GITHUB_BASE_REF"):
        # A shallow checkout has no such branch, but its HEAD is the merge commit.
        yield from (f"origin/{branch}", "HEAD^1")
    # https://docs.gitlab.com/ci/variables/predefined_variables
    if commit := os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        yield commit


def _walk(root: str) -> Iterator[str]:
    for directory, names, files in os.walk(root):
        names[:] = [
            name
            for name in names
            if not name.startswith(".")
            and name not in PRUNED
            and not os.path.exists(os.path.join(directory, name, "pyvenv.cfg"))
        ]
        relative = os.path.relpath(directory, root).replace(os.sep, "/")
        for file in files:
            yield file if relative == "." else f"{relative}/{file}"
