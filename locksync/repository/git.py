"""Run git so that it writes nothing, and return what it prints."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:  # A run that finds nothing changed does not need it.
    from subprocess import CompletedProcess

GIT = ("git", "-c", "core.fsmonitor=false")
"""Without a file system monitor, which would be a program of the repository's choice."""
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


MOST_REVISIONS = 5
"""How many of the commits that changed some files are considered."""


class Git:
    """git, as run for one directory."""

    def __init__(self, directory: str, environment: Mapping[str, str] | None = None) -> None:
        """Run in a directory, with the environment of another Git if given."""
        self.directory = directory
        self.environment = environment or _environment(directory)

    def ask(self, *arguments: str, stdin: bytes = b"") -> bytes | None:
        """What git prints, or None if it fails."""
        if stdin:
            return _printed(_run(self.directory, self.environment, *arguments, stdin=stdin))
        (answer,) = self.ask_together(arguments)
        return answer

    def ask_together(self, *questions: Sequence[str]) -> list[bytes | None]:
        """What git prints for each of several questions, asked side by side; None if one fails."""
        directory, environment = self.directory, self.environment
        try:
            if not hasattr(os, "posix_spawnp"):
                return [_printed(_run(directory, environment, *question)) for question in questions]
            started = [_spawn(directory, environment, *question) for question in questions]
        except OSError:
            return [None for _ in questions]
        return [_answer(*process) for process in started]

    def refusal(self) -> str | None:
        """Why git cannot read the repository around the directory, or None if there is none."""
        directory = self.directory
        try:
            done = _run(directory, self.environment, *TOP)
        except OSError as error:
            reason = [f"git cannot be started, and locksync needs it here: {error.strerror}"]
        else:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
        while not os.path.lexists(os.path.join(directory, ".git")):
            if directory == (directory := os.path.dirname(directory)):
                return None
        return reason[0] if reason else "git rev-parse failed"

    def history(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The last few commits that changed any of the files, newest first."""
        limit = f"--max-count={MOST_REVISIONS}"
        found = self.ask("--literal-pathspecs", "rev-list", limit, "HEAD", "--", *paths)
        return tuple((found or b"").decode().split())

    def files_of(self, commit: str) -> frozenset[str]:
        """The files of a commit."""
        return frozenset(split(self.ask("ls-tree", "-r", "-z", "--name-only", commit) or b""))

    def content_of(self, commit: str, path: str) -> bytes | None:
        """The content of a file in a commit, or None if the commit has no such file."""
        return self.ask("cat-file", "blob", f"{commit}:{path}")


def split(output: bytes) -> list[str]:
    """The names in git's output, each of which ends with a NUL."""
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _spawn(directory: str, environment: Mapping[str, str], *arguments: str) -> tuple[int, int]:
    """Start git. Returns its process id, and the descriptor from which to read its output.

    `_run` does the same, but imports `subprocess`, which takes a tenth of a check.
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
    """The environment for git, with paths that hold wherever in the repository git starts.

    Most GIT_* variables are kept: a commit hook must see the index of its commit.
    """
    given = {
        name: os.path.join(directory, os.environ[name]) for name in PLACES if os.environ.get(name)
    }
    return {**os.environ, **given, **ENVIRONMENT}
