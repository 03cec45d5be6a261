"""What was found fresh before, remembered outside the repository.

A check is a function of what it asks of the repository. What it found fresh is remembered as the
questions that it asked, each with a digest of the answer, and is fresh as long as all of them are
answered alike: a verifying trace, as Mokhov, Mitchell and Peyton Jones call it in "Build Systems
à la Carte" (2018). Nothing else is remembered: no verdict that would have to be explained.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:  # Importing what only types need would take a tenth of a check.
    from typing import Any

    from locksync.repository.protocol import Tree

MOST_STATES = 4
"""How many fresh states of a subject are remembered: those of the branches one works on."""
MOST_FILES = 8192
MOST_BYTES = 64 * 2**20
"""What the memory may hold. What was of no use for the longest time is forgotten first."""
OF_MANY_PATHS = ("changed", "changed_on_branch")
ANSWERED_BY_KEY = ("environment",)

OTHERS_MAY_WRITE = 0o022
NEVER = "never"
"""In place of a digest: no answer is the one that was given."""

Trace = dict[tuple[str, ...], str]
"""Questions to a Tree, as the method's name and its arguments, with digests of the answers."""
State = tuple[Trace, Sequence[str]]
"""A trace, with notes of what was found."""


def record(tree: Tree) -> tuple[Tree, Trace]:
    """A tree that passes all questions on to another one, and the trace that they leave."""
    recorder = _Recorder(tree)
    return recorder, recorder.trace


def add(trace: Trace, more: Trace) -> None:
    """Add a trace to another. What was answered in two ways, as files change, never holds."""
    for question, digest in more.items():
        trace[question] = digest if trace.get(question, digest) == digest else NEVER


class _Recorder:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.root = tree.root
        self.trace: Trace = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        question = getattr(self._tree, name)

        def ask(*arguments: Any) -> Any:
            words = tuple(arguments[0]) if name in OF_MANY_PATHS else arguments
            asked = (name, *words)
            try:
                answer = question(*_arguments(name, words))
            except Exception as error:
                add(self.trace, {asked: _digest(error)})
                raise
            add(self.trace, {asked: _digest(answer)})
            return answer

        return question if name in ANSWERED_BY_KEY else ask


class Memory:
    """The fresh states of the subjects of one repository: of exports, and of whole runs."""

    def __init__(self, directory: str | None, tree: Tree) -> None:
        """Remember below a directory, made when it is needed; None: remember nothing.

        A directory that others may write to, or whoever writes the repository, is not used.
        """
        self._directory = directory if directory and _is_private(directory, tree.root) else None
        self._tree = tree
        self._answers: Trace = {}

    def recall(self, *subject: object) -> State | None:
        """The trace and the notes of a state of the subject that still holds, if there is one."""
        if self._directory is None:
            return None
        path = self._path(self._directory, subject)
        for trace, notes in _read(path):
            if all(self._answer(question) == digest for question, digest in trace.items()):
                with suppress(OSError):
                    os.utime(path)
                return trace, notes
        return None

    def remember(self, trace: Trace, notes: Sequence[str], *subject: object) -> None:
        """Remember that the subject was fresh when the questions were answered as they were."""
        if self._directory is None:
            return
        path = self._path(self._directory, subject)
        states = [(trace, notes), *_read(path)][:MOST_STATES]
        with suppress(OSError):
            os.makedirs(self._directory, 0o700, exist_ok=True)
            _write(path, states)

    def tidy(self) -> None:
        """Forget what was of no use for long, if there is too much."""
        if self._directory is None:
            return
        with suppress(OSError):
            _forget_oldest(self._directory)

    def _path(self, directory: str, subject: tuple[object, ...]) -> str:
        key = repr((_surroundings(), self._tree.root, subject))
        return os.path.join(directory, _sha256(key))

    def _answer(self, question: tuple[str, ...]) -> str:
        """The digest of the answer to a question, which is asked but once."""
        if question not in self._answers:
            name, *words = question
            ask = getattr(self._tree, name)
            try:
                self._answers[question] = _digest(ask(*_arguments(name, words)))
            except Exception as error:
                self._answers[question] = _digest(error)
        return self._answers[question]


def default_directory() -> str | None:
    """Where the user's programs are to keep what they can do without, None where nobody says."""
    if given := os.environ.get("LOCKSYNC_CACHE_DIR"):
        return os.path.abspath(given)
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:  # https://specifications.freedesktop.org/basedir-spec
        base = os.environ.get("XDG_CACHE_HOME", "")
        base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    return os.path.join(base, "locksync") if os.path.isabs(base) else None


def _arguments(name: str, words: Sequence[str]) -> Sequence[Any]:
    return (words,) if name in OF_MANY_PATHS else words


def _sha256(content: bytes | str) -> str:
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return sha256(content).hexdigest()


def _digest(answer: object) -> str:
    """A text that tells an answer from all others."""
    if isinstance(answer, bytes):
        return f"bytes {_sha256(answer)}"
    told = sorted(answer) if isinstance(answer, frozenset) else answer
    return f"{type(answer).__name__} {_sha256(repr(told))}"


@cache
def _surroundings() -> tuple[object, ...]:
    """What else a verdict depends on: locksync, the libraries beside it, Python, the platform."""
    package = os.path.dirname(os.path.dirname(__file__))
    modules = [
        (path, found.st_size, found.st_mtime_ns)
        for directory, _, names in os.walk(package)
        for path in (os.path.join(directory, name) for name in names)
        if path.endswith(".py") and (found := os.stat(path))
    ]
    libraries = os.listdir(os.path.dirname(package))
    platform: tuple[object, ...]
    if sys.platform == "win32":
        platform = tuple(sys.getwindowsversion())
    else:
        platform = tuple(os.uname())
    return sorted(modules), sorted(libraries), sys.version, platform


def _is_private(directory: str, root: str) -> bool:
    """Whether only the user can have written what is there, and no commit to the repository."""
    with suppress(ValueError):  # On Windows, they may be on different drives.
        if os.path.commonpath((root, os.path.realpath(directory))) == root:
            return False
    if not hasattr(os, "geteuid"):
        return True
    try:
        found = os.stat(directory)
    except OSError:
        return True  # It is yet to be made.
    return found.st_uid == os.geteuid() and not found.st_mode & OTHERS_MAY_WRITE


def _read(path: str) -> list[State]:
    """The states in a file of the memory, none if it is not whole or not what was written there."""
    try:
        with open(path, encoding="utf-8") as file:
            seal, _, text = file.read().partition("\n")
        if seal != _seal(path, text):
            return []
        states = json.loads(text)
    except (OSError, ValueError):
        return []
    return [({tuple(asked): told for *asked, told in trace}, notes) for trace, notes in states]


def _write(path: str, states: Sequence[State]) -> None:
    text = json.dumps(
        [([(*asked, told) for asked, told in trace.items()], notes) for trace, notes in states]
    )
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "x", encoding="utf-8") as file:
        file.write(f"{_seal(path, text)}\n{text}")
    os.replace(temporary, path)


def _seal(path: str, text: str) -> str:
    """What tells a file that was written for its name from one that was cut, damaged or moved."""
    return _sha256(f"{os.path.basename(path)}\n{text}")


def _is_ours(name: str) -> bool:
    digest = name.partition(".")[0]
    return len(digest) == len(_sha256("")) and not digest.strip("0123456789abcdef")


def _forget_oldest(directory: str) -> None:
    # The user may have named a directory that holds more than the memory.
    with os.scandir(directory) as entries:
        files = [(entry.stat(), entry.path) for entry in entries if _is_ours(entry.name)]
    files.sort(key=lambda file: file[0].st_mtime, reverse=True)
    total = 0
    for number, (found, path) in enumerate(files):
        total += found.st_size
        if number >= MOST_FILES or total > MOST_BYTES:
            os.unlink(path)
