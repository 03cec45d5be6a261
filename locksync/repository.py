"""A repository on disk, as git sees it. The only place that starts git or reads a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from locksync.paths import is_git_directory

TYPE_CHECKING = False
if TYPE_CHECKING:  # A run that finds nothing changed does not need them.
    from subprocess import CompletedProcess

    from locksync.export import FindingError
    from locksync.revision import Revision

START = 4096
LARGEST = 16 * 2**20
"""The largest file that is read, in bytes: ten times the largest lock file that was ever seen."""
MOST_REVISIONS = 5
"""How many commits that changed a file are looked at."""
PRUNED = frozenset(("node_modules", "__pycache__", "site-packages"))
GIT = ("git", "-c", "core.fsmonitor=false")
"""Started so that it writes nothing and starts no monitor of the file system."""
PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""The variables that name places relative to where git is started."""
ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    # What is not there in a partial clone is not worth a way over the network.
    "GIT_NO_LAZY_FETCH": "1",
    **dict.fromkeys(
        (f"GIT_{how}_PATHSPECS" for how in ("LITERAL", "GLOB", "NOGLOB", "ICASE")), "0"
    ),
}
TOP = ("rev-parse", "--show-toplevel")
TRACKED = ("ls-files", "-z", "-t", "--full-name", ":/")
REMOVED = (
    *("diff-index", "--cached", "--diff-filter=D", "--name-only", "--no-renames"),
    *("--no-relative", "-z", "HEAD", "--"),
)
DIFFERENCES = (
    "--literal-pathspecs",
    "diff",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "-z",
)


class RepositoryError(Exception):
    """There is no repository to work in, or git refuses to tell of it; the message says why."""


class Repository:
    """The repository that holds a directory; without git, that directory and all below it.

    An implementation of `locksync.tree.Tree`. What git says is asked once and remembered, and what
    every run needs is asked of it side by side.
    """

    def __init__(self, directory: str) -> None:
        """Raises RepositoryError."""
        if not os.path.isdir(directory):
            raise RepositoryError(f"there is no directory {directory}")
        try:
            here = os.path.realpath(directory)
        except FileNotFoundError as error:
            raise RepositoryError("the working directory is gone") from error
        self._environment = _environment(here)
        top, self._tracked, self._removed = _ask_together(
            here, self._environment, TOP, TRACKED, REMOVED
        )
        self.root = here
        if top is not None:
            self.root = os.path.realpath(os.fsdecode(top).rstrip("\n"))
        elif reason := _is_refused(here):
            raise RepositoryError(reason)
        self._has_git = top is not None
        if self.root == os.path.dirname(self.root):
            raise RepositoryError(f"{self.root} is no repository")
        if here != self.root and not here.startswith(self.root + os.sep):
            raise RepositoryError(f"{here} is outside of {self.root}, which git works on")
        self.prefix = self._below(here)
        """The directory inside the repository, with forward slashes."""

    def locate(self, path: str) -> str:
        """The absolute path, where links are followed. Raises FindingError as `target` does."""
        real = self.absolute(path)
        if fault := self._fault_of(path, real):
            raise _finding("OUTSIDE", fault, path)
        return real

    def target(self, path: str) -> str:
        return self._below(self.locate(path))

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
                return file.read(START)
        except OSError:
            return b""

    def environment(self) -> Mapping[str, str]:
        from packaging.markers import default_environment

        return {name: str(value) for name, value in default_environment().items()}

    def programs(self, name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
        below = "Scripts" if os.name == "nt" else "bin"
        places = (
            *(os.path.dirname(sys.executable), *os.get_exec_path()),
            *(os.path.join(environment, below) for environment in environments),
        )
        paths = [os.path.join(place, name) for place in places]
        if os.name == "nt":
            paths = [f"{path}.exe" for path in paths]
        return tuple(
            (path, found.st_size, found.st_mtime_ns, found.st_ino)
            for path in paths
            if (found := _stat(path))
        )

    def exists(self, path: str) -> bool:
        return os.path.isfile(self.locate(path))

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(os.path.join(self.root, path))

    def is_file(self, path: str) -> bool:
        return os.path.isfile(os.path.join(self.root, path))

    def is_tracked(self, path: str) -> bool:
        return not self._has_git or path in self._files or path in self._left_out

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
        return self.content_of("HEAD", path)

    def deleted(self) -> frozenset[str]:
        return self._deleted

    def is_deleted(self, path: str) -> bool:
        return path in self._deleted

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        # Against the index and against the files: what is staged can differ from both.
        paths = tuple(paths)
        staged, on_disk = None, None
        if self._has_git:
            staged, on_disk = self._ask_together(
                (*DIFFERENCES, "--cached", "HEAD", "--", *paths),
                (*DIFFERENCES, "HEAD", "--", *paths),
            )
        if staged is None or on_disk is None:
            # Before the first commit, every file is new.
            return self._files.intersection(paths) if self._has_git else frozenset()
        return frozenset((*_split(staged), *_split(on_disk)))

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        found = self._ask(*DIFFERENCES, self._base, "--", *paths) if self._base else None
        return frozenset(_split(found or b""))

    def at_base(self, path: str) -> bytes | None:
        return self.content_of(self._base, path) if self._base else None

    @cached_property
    def _base(self) -> str | None:
        """The commit at which the branch left the one that it is to be merged into."""
        found = (self._ask("merge-base", "--", name, "HEAD") for name in _merged_into())
        return next((os.fsdecode(commit).strip() for commit in found if commit), None)

    def revisions(self, path: str) -> Iterator[Revision]:
        """The repository as of each of the last few commits that changed a file, newest first."""
        limit = f"--max-count={MOST_REVISIONS}"
        found = self._ask("--literal-pathspecs", "rev-list", limit, "HEAD", "--", path)
        from locksync.revision import Revision

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
        if self._tracked is None:
            raise RepositoryError("git cannot list the files of the repository: run `git status`")
        # What a sparse checkout leaves out is tagged S: it is not there to be looked at.
        return frozenset(entry[2:] for entry in _split(self._tracked) if not entry.startswith("S "))

    @cached_property
    def _left_out(self) -> frozenset[str]:
        """The tracked files that are not looked for, though some may be there."""
        found = _split(self._tracked or b"")
        return frozenset(entry[2:] for entry in found if entry.startswith("S "))

    @cached_property
    def _deleted(self) -> frozenset[str]:
        return frozenset(_split(self._removed or b""))

    def _ask(self, *arguments: str, stdin: bytes = b"") -> bytes | None:
        """What git prints, None where it fails."""
        if not self._has_git:
            return None
        if stdin:
            return _printed(_run(self.root, self._environment, *arguments, stdin=stdin))
        (answer,) = self._ask_together(arguments)
        return answer

    def _ask_together(self, *questions: Sequence[str]) -> list[bytes | None]:
        return _ask_together(self.root, self._environment, *questions)

    def _fault_of(self, path: str, real: str) -> str | None:
        """Why nothing is read or written there, if the path leads to a place like that."""
        if real != self.root and not real.startswith(self.root + os.sep):
            return f"{path} is a link that leads out of the repository"
        if is_git_directory(self._below(real)):
            return f"{path} leads into git's own directory"
        return None

    def _below(self, real: str) -> str:
        """An absolute path in the repository, relative to it."""
        return real[len(self.root) + 1 :].replace(os.sep, "/")

    def _relative(self, path: str) -> str:
        absolute = os.path.join(self.root, os.path.expanduser(path))
        relative = os.path.relpath(absolute, self.root)
        return path if relative.startswith(os.pardir) else relative.replace(os.sep, "/")


def _finding(code: str, message: str, path: str) -> FindingError:
    """A finding, ready to be raised. What it is made of is only loaded if there is one."""
    from locksync.export import Code, Finding, FindingError

    return FindingError(Finding(Code[code], message, path))


def _merged_into() -> Iterator[str]:
    """What the branch that is checked out may be merged into, the most certain first."""
    # As pre-commit and prek say with --from-ref.
    if commit := os.environ.get("PRE_COMMIT_FROM_REF"):
        yield commit
    # https://docs.github.com/actions/reference/workflows-and-actions/variables
    if branch := os.environ.get("GITHUB_BASE_REF"):
        # In a shallow checkout there is no such branch, but HEAD is the merge into it.
        yield from (f"origin/{branch}", "HEAD^1")
    # https://docs.gitlab.com/ci/variables/predefined_variables
    if commit := os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        yield commit
    yield "origin/HEAD"


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def _split(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _is_refused(directory: str) -> str | None:
    """Why git tells nothing of a directory that is in a repository, None if it is in none."""
    try:
        done = _run(directory, _environment(directory), *TOP)
    except OSError as error:
        reason = [f"git cannot be run, and without it nobody can tell edits: {error.strerror}"]
    else:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
    while not os.path.lexists(os.path.join(directory, ".git")):
        if directory == (directory := os.path.dirname(directory)):
            return None
    return reason[0] if reason else "git rev-parse failed"


def _ask_together(
    directory: str, environment: Mapping[str, str], *questions: Sequence[str]
) -> list[bytes | None]:
    """What git prints when asked several questions side by side, None where it fails."""
    try:
        if not hasattr(os, "posix_spawnp"):
            return [_printed(_run(directory, environment, *question)) for question in questions]
        started = [_spawn(directory, environment, *question) for question in questions]
    except OSError:
        return [None for _ in questions]
    return [_answer(*process) for process in started]


def _spawn(directory: str, environment: Mapping[str, str], *arguments: str) -> tuple[int, int]:
    """Start git; its number, and the descriptor from which to read what it prints.

    As `_run` does it, but without loading `subprocess`, which takes a tenth of a check.
    """
    reader, writer = os.pipe()
    actions = (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    )
    words = (*GIT, "-C", directory, *arguments)
    try:
        return os.posix_spawnp(GIT[0], words, environment, file_actions=actions), reader
    except OSError:
        os.close(reader)
        raise
    finally:
        os.close(writer)


def _answer(process: int, reader: int) -> bytes | None:
    with open(reader, "rb") as file:
        printed = file.read()
    _, status = os.waitpid(process, 0)
    return printed if status == 0 else None


def _printed(done: CompletedProcess[bytes]) -> bytes | None:
    return done.stdout if done.returncode == 0 else None


def _run(
    directory: str, environment: Mapping[str, str], *arguments: str, stdin: bytes = b""
) -> CompletedProcess[bytes]:
    import subprocess

    return subprocess.run(
        (*GIT, *arguments),
        cwd=directory,
        env=environment,
        input=stdin,
        capture_output=True,
        check=False,
    )


def _environment(directory: str) -> Mapping[str, str]:
    """The variables with which git tells of a directory, wherever in the repository it is started.

    Most GIT_* variables are left as they are: a commit hook must see the index of that commit.
    """
    given = {
        name: os.path.join(directory, os.environ[name]) for name in PLACES if os.environ.get(name)
    }
    return {**os.environ, **given, **ENVIRONMENT}


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
