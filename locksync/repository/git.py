"""Run git so that it writes nothing, and return what it prints."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:  # A run that finds nothing changed does not need it.
    from subprocess import CompletedProcess

OPTIONS = tuple(
    word
    for setting in (
        # Neither a file system monitor nor hooks: programs of the repository's choice.
        "core.fsmonitor=false",
        f"core.hooksPath={os.devnull}",
        # A directory of a commit may be a repository itself, with settings that start programs.
        "safe.bareRepository=explicit",
        # `git diff` would write what it finds out about times into the index.
        "diff.autoRefreshIndex=false",
        # It would start git in each submodule.
        "diff.ignoreSubmodules=dirty",
    )
    for word in ("-c", setting)
)
ON_WINDOWS = os.name == "nt"
PROGRAM = "git.exe" if ON_WINDOWS else "git"
PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""Variables whose paths are relative to the directory where git starts."""
ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    # In a partial clone, never fetch a missing object over the network.
    "GIT_NO_LAZY_FETCH": "1",
    **dict.fromkeys(
        (f"GIT_{how}_PATHSPECS" for how in ("LITERAL", "GLOB", "NOGLOB", "ICASE")), "0"
    ),
}
TOP = ("rev-parse", "--show-toplevel")
STAGED = (
    *("diff-index", "--cached", "--name-status", "--no-renames"),
    *("--no-relative", "-z", "HEAD", "--"),
)
DIFFERENCES = (
    "--literal-pathspecs",
    "diff",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "-z",
)
MODIFIED = ("--literal-pathspecs", "ls-files", "-z", "--modified", "--full-name")
"""The files on disk that differ from the index. Unlike `git diff`, it neither writes the index nor
takes a file of another time for another file."""
MERGED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD")
"""What git calls the commit that it is just bringing into HEAD."""
RENAMES = (
    *("--literal-pathspecs", "diff", "--cached", "--find-renames", "--diff-filter=R"),
    *("--name-status", "--no-ext-diff", "-z"),
)
MOST_REVISIONS = 5
"""How many of the commits that changed some files are considered."""


class BareRepositoryError(Exception):
    """git would take a directory of the repository for a repository itself."""


class Git:
    """git, as run for one directory."""

    def __init__(self, directory: str, other: Git | None = None) -> None:
        """Run in a directory, as another Git runs if given. Raises BareRepositoryError."""
        self.directory = directory
        words, environment = (other._words, other._environment) if other else (None, None)
        self._words: tuple[str, ...] = words or (_program(directory), *OPTIONS)
        self._environment: Mapping[str, str] = environment or _environment(directory)

    def with_own_index(self) -> Git:
        """git with the index of the work tree, whichever one a commit uses now."""
        own = Git(self.directory, self)
        given = self._environment.items()
        own._environment = {name: told for name, told in given if name != "GIT_INDEX_FILE"}
        return own

    def ask(self, *arguments: str, stdin: bytes = b"") -> bytes | None:
        """What git prints, or None if it fails."""
        if stdin:
            return _printed(self._run(*arguments, stdin=stdin))
        (answer,) = self.ask_together(arguments)
        return answer

    def ask_together(self, *questions: Sequence[str]) -> list[bytes | None]:
        """What git prints for each of several questions, asked side by side; None if one fails."""
        try:
            if not hasattr(os, "posix_spawn"):
                return [_printed(self._run(*question)) for question in questions]
            started = [self._spawn(*question) for question in questions]
        except OSError:
            return [None for _ in questions]
        return [_answer(*process) for process in started]

    def differences(self, commit: str, paths: Sequence[str]) -> list[bytes | None]:
        """The paths that differ between a commit and the index, and between the index and disk."""
        staged = (*DIFFERENCES, "--cached", commit, "--", *paths)
        return self.ask_together(staged, (*MODIFIED, "--", *paths))

    def refusal(self) -> str | None:
        """Why git cannot read the repository around the directory, or None if there is none."""
        directory = self.directory
        try:
            done = self._run(*TOP)
        except OSError as error:
            reason = [f"git cannot be started, and locksync needs it here: {error.strerror}"]
        else:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
        while not os.path.lexists(os.path.join(directory, ".git")):
            if directory == (directory := os.path.dirname(directory)):
                return None
        return reason[0] if reason else "git rev-parse failed"

    def history(self, paths: Iterable[str], commit: str = "HEAD") -> tuple[str, ...]:
        """The last few commits up to one that changed any of the files, newest first."""
        limit = f"--max-count={MOST_REVISIONS}"
        found = self.ask("--literal-pathspecs", "rev-list", limit, commit, "--", *paths)
        return tuple((found or b"").decode().split())

    def files_of(self, commit: str) -> frozenset[str]:
        """The files of a commit."""
        return frozenset(split(self.ask("ls-tree", "-r", "-z", "--name-only", commit) or b""))

    def content_of(self, commit: str, path: str) -> bytes | None:
        """The content of a file in a commit, or None if the commit has no such file."""
        return self.ask("cat-file", "blob", f"{commit}:{path}")

    def _spawn(self, *arguments: str) -> tuple[int, int]:
        """Start git. Returns its process id, and the descriptor from which to read its output.

        `_run` does the same, but imports `subprocess`, which takes a tenth of a check.
        """
        reader, writer = os.pipe()
        actions = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, writer, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        )
        words = (*self._words, "-C", self.directory, *arguments)
        try:
            return os.posix_spawn(words[0], words, self._environment, file_actions=actions), reader
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)

    def _run(self, *arguments: str, stdin: bytes = b"") -> CompletedProcess[bytes]:
        import subprocess

        return subprocess.run(
            (*self._words, *arguments),
            cwd=self.directory,
            env=self._environment,
            input=stdin,
            capture_output=True,
            check=False,
        )


def _program(directory: str) -> str:
    """The absolute path of git, which is no program of the repository around a directory.

    Systems that are given a name alone look for it in relative places of PATH too, and Windows
    in the working directory before all others.
    """
    top = _top(directory)
    for place in os.get_exec_path():
        path = os.path.join(place, PROGRAM)
        if not (os.path.isabs(place) and os.access(path, os.X_OK) and os.path.isfile(path)):
            continue
        if not any(_is_within(found, top) for found in (place, os.path.realpath(path))):
            return path
    return os.path.join(os.sep, "nowhere", PROGRAM)


def _top(directory: str) -> str:
    """The top of the repository around a directory, as far as can be told without git.

    Raises BareRepositoryError for what git before 2.38 would take the settings of.
    """
    top = directory
    while not os.path.lexists(os.path.join(top, ".git")):
        if _is_bare(top) and not os.environ.get("GIT_DIR"):
            raise BareRepositoryError(f"{top} looks like a repository of git without a work tree")
        if top == (top := os.path.dirname(top)):
            return directory
    return top


def _is_bare(directory: str) -> bool:
    parts = ("HEAD", "objects", "refs")
    return all(os.path.lexists(os.path.join(directory, part)) for part in parts)


def _is_within(path: str, top: str) -> bool:
    path, top = os.path.normcase(path), os.path.normcase(top)
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def split(output: bytes) -> list[str]:
    """The names in git's output, each of which ends with a NUL."""
    return [name for name in os.fsdecode(output).split("\0") if name]


def _answer(process: int, reader: int) -> bytes | None:
    with open(reader, "rb") as file:
        printed = file.read()
    _, status = os.waitpid(process, 0)
    return printed if status == 0 else None


def _printed(done: CompletedProcess[bytes]) -> bytes | None:
    return done.stdout if done.returncode == 0 else None


def _environment(directory: str) -> Mapping[str, str]:
    """The environment for git, with paths that hold wherever in the repository git starts.

    Most GIT_* variables are kept: a commit hook must see the index of its commit.
    """
    given = {
        name: os.path.join(directory, os.environ[name]) for name in PLACES if os.environ.get(name)
    }
    return {**os.environ, **given, **ENVIRONMENT}
