"""A repository on disk, as git sees it. The only place that starts git or reads a file."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from locksync.export import Code, Finding, FindingError
from locksync.paths import is_git_directory

START = 4096
LARGEST = 16 * 2**20
"""The largest file that is read, in bytes: ten times the largest lock file that was ever seen."""
MOST_REVISIONS = 5
"""How many commits that changed a file are looked at."""
PRUNED = frozenset(("node_modules", "__pycache__", "site-packages"))


class RepositoryError(Exception):
    """There is no repository to work in, or git refuses to tell of it; the message says why."""


class Repository:
    """The repository that holds a directory; without git, that directory and all below it.

    An implementation of `locksync.tree.Tree`. What git says is asked once and remembered.
    """

    def __init__(self, directory: str) -> None:
        """Raises RepositoryError."""
        if not os.path.isdir(directory):
            raise RepositoryError(f"there is no directory {directory}")
        here = os.path.realpath(directory)
        top = _top(here)
        self._has_git = top is not None
        self.root = top or here
        if self.root == os.path.dirname(self.root):
            raise RepositoryError(f"{self.root} is no repository")
        self.prefix = "" if here == self.root else os.path.relpath(here, self.root)
        """The directory inside the repository, with forward slashes."""
        self.prefix = self.prefix.replace(os.sep, "/")

    def locate(self, path: str) -> str:
        """The absolute path, where links are followed. Raises FindingError as `target` does."""
        real = self.absolute(path)
        if real != self.root and not real.startswith(self.root + os.sep):
            message = f"{path} is a link that leads out of the repository"
            raise FindingError(Finding(Code.OUTSIDE, message, path))
        if is_git_directory(os.path.relpath(real, self.root).replace(os.sep, "/")):
            message = f"{path} leads into git's own directory"
            raise FindingError(Finding(Code.OUTSIDE, message, path))
        return real

    def target(self, path: str) -> str:
        return os.path.relpath(self.locate(path), self.root).replace(os.sep, "/")

    def absolute(self, path: str) -> str:
        return os.path.realpath(os.path.join(self.root, *path.split("/")))

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
            raise FindingError(Finding(Code.MALFORMED, message, path)) from error
        if len(content) > LARGEST:
            message = f"{path} is larger than {LARGEST // 2**20} MiB"
            raise FindingError(Finding(Code.MALFORMED, message, path))
        return content

    def start(self, path: str) -> bytes:
        try:
            with open(self.locate(path), "rb") as file:
                return file.read(START)
        except (FindingError, OSError):
            return b""

    def environment(self) -> Mapping[str, str]:
        from packaging.markers import default_environment

        return {name: str(value) for name, value in default_environment().items()}

    def exists(self, path: str) -> bool:
        return os.path.isfile(self.locate(path))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(os.path.join(self.root, path))

    def is_tracked(self, path: str) -> bool:
        return not self._has_git or path in self._files

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        question = os.fsencode(path) + b"\0"
        found = self._ask("check-ignore", "--verbose", "-z", "--stdin", stdin=question)
        if not found:
            return None
        source, line, rule, _ = _split(found)
        return None if rule.startswith("!") else (self._relative(source), int(line))

    def is_committed(self, path: str) -> bool:
        return self._ask("cat-file", "-e", f"HEAD:{path}") is not None

    def committed(self, path: str) -> bytes | None:
        return self._ask("cat-file", "blob", f"HEAD:{path}")

    def deleted(self) -> frozenset[str]:
        return self._deleted

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        # Against the index and against the files: what is staged can differ from both.
        differences = (
            "--literal-pathspecs",
            "diff",
            "--name-only",
            "--no-renames",
            "--no-ext-diff",
            "-z",
        )
        staged = self._ask(*differences, "--cached", "HEAD", "--", *paths)
        on_disk = self._ask(*differences, "HEAD", "--", *paths)
        if staged is None or on_disk is None:
            # Before the first commit, every file is new.
            return self._files.intersection(paths) if self._has_git else frozenset()
        return frozenset((*_split(staged), *_split(on_disk)))

    def revisions(self, path: str) -> Iterator[Revision]:
        """The repository as of each of the last few commits that changed a file, newest first."""
        limit = f"--max-count={MOST_REVISIONS}"
        found = self._ask("--literal-pathspecs", "rev-list", limit, "HEAD", "--", path)
        return (Revision(self, commit) for commit in (found or b"").decode().split())

    def files_of(self, commit: str) -> frozenset[str]:
        """The files of a commit."""
        return frozenset(_split(self._ask("ls-tree", "-r", "-z", "--name-only", commit) or b""))

    def content_of(self, commit: str, path: str) -> bytes | None:
        """What a file of a commit held, None where the commit has no such file."""
        return self._ask("cat-file", "blob", f"{commit}:{path}")

    @cached_property
    def _files(self) -> frozenset[str]:
        if not self._has_git:
            return frozenset(_walk(self.root))
        tracked = self._ask("ls-files", "-z", "-t")
        if tracked is None:
            raise RepositoryError("git cannot list the files of the repository: run `git status`")
        # What a sparse checkout leaves out is tagged S: it is not there to be looked at.
        return frozenset(entry[2:] for entry in _split(tracked) if not entry.startswith("S "))

    @cached_property
    def _deleted(self) -> frozenset[str]:
        found = self._ask(
            "diff-index", "--cached", "--diff-filter=D", "--name-only", "--no-renames", "-z", "HEAD"
        )
        return frozenset(_split(found or b""))

    def _ask(self, *arguments: str, stdin: bytes = b"") -> bytes | None:
        """What git prints, None where it fails."""
        if not self._has_git:
            return None
        done = _run(self.root, *arguments, stdin=stdin)
        return done.stdout if done.returncode == 0 else None

    def _relative(self, path: str) -> str:
        absolute = os.path.join(self.root, os.path.expanduser(path))
        relative = os.path.relpath(absolute, self.root)
        return path if relative.startswith(os.pardir) else relative.replace(os.sep, "/")


class Revision:
    """A repository as of a commit: an implementation of `locksync.tree.Tree`."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.commit = commit
        self.root = repository.root
        self._repository = repository

    def files(self) -> frozenset[str]:
        return self._files

    def read(self, path: str) -> bytes | None:
        return self._repository.content_of(self.commit, path)

    def start(self, path: str) -> bytes:
        return (self.read(path) or b"")[:START]

    def environment(self) -> Mapping[str, str]:
        return self._repository.environment()

    def exists(self, path: str) -> bool:
        return path in self._files

    def target(self, path: str) -> str:
        return path

    def absolute(self, path: str) -> str:
        return self._repository.absolute(path)

    def is_directory(self, path: str) -> bool:
        path = posixpath.normpath(path)
        return path == "." or any(file.startswith(f"{path}/") for file in self._files)

    def is_tracked(self, path: str) -> bool:
        return path in self._files

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        return None

    def is_committed(self, path: str) -> bool:
        return path in self._files

    def committed(self, path: str) -> bytes | None:
        return self.read(path)

    def deleted(self) -> frozenset[str]:
        return frozenset()

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        return frozenset()

    @cached_property
    def _files(self) -> frozenset[str]:
        return self._repository.files_of(self.commit)


def _split(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _top(directory: str) -> str | None:
    """The top of the repository that holds a directory, None where git is of no use."""
    try:
        done = _run(directory, "rev-parse", "--show-toplevel")
    except OSError as error:
        reason = [f"git cannot be run, and without it nobody can tell edits: {error.strerror}"]
    else:
        if done.returncode == 0:
            return os.path.realpath(os.fsdecode(done.stdout).rstrip("\n"))
        reason = done.stderr.decode(errors="replace").strip().splitlines()
    while not os.path.lexists(os.path.join(directory, ".git")):
        if directory == (directory := os.path.dirname(directory)):
            return None
    raise RepositoryError(reason[0] if reason else "git rev-parse failed")


def _run(directory: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git so that it writes nothing and starts no monitor of the file system.

    GIT_* variables are left as they are: a commit hook must see the index of that commit.
    """
    return subprocess.run(
        ("git", "-c", "core.fsmonitor=false", *arguments),
        cwd=directory,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        input=stdin,
        capture_output=True,
        check=False,
    )


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
