"""Remember, outside the repository, what was found fresh.

A verdict depends only on what the check asks of the repository. A fresh verdict is remembered as
those questions, each with a digest of its answer. It holds as long as every answer is the same.
Mokhov, Mitchell and Peyton Jones call this a verifying trace, in "Build Systems à la Carte"
(2018). Other verdicts are not remembered, because a report has to explain them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:  # Importing these at run time would take a tenth of a check.
    from typing import Any

    from locksync.repository.protocol import Tree

MOST_STATES = 4
"""How many fresh states of a subject are remembered: enough for a few branches."""
MOST_FILES = 8192
MOST_BYTES = 64 * 2**20
"""The limits of the memory. The least recently used files are deleted first."""
MOST_DIGESTED = 16
"""How many lists of names are kept with their digests."""
OF_MANY_PATHS = ("changed", "changed_on_branch", "changed_since_named_base", "history")
ANSWERED_BY_KEY = ("environment", "as_of")  # What a commit holds never changes.

OTHERS_MAY_WRITE = 0o022
NEVER = "never"
"""Stands in place of a digest. No answer matches it."""

Trace = dict[tuple[str, ...], str]
"""Questions to a Tree (the method's name and its arguments), with digests of the answers."""
State = tuple[Trace, Sequence[str]]
"""A trace, and notes on what was found."""


def record(tree: Tree) -> tuple[Tree, Trace]:
    """A tree that passes every question on to the given one, and the trace of those questions."""
    recorder = _Recorder(tree)
    return recorder, recorder.trace


def add(trace: Trace, more: Trace) -> None:
    """Add a trace to another. A question with two answers, because a file changed, never holds."""
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
    """The fresh states of the subjects of one repository. A subject is an export or a whole run."""

    def __init__(self, directory: str | None, tree: Tree) -> None:
        """Remember below a directory, which is made when needed. None: remember nothing.

        A directory is not used if others may write to it, or if it lies in the repository.
        """
        self._directory = directory if directory and _is_private(directory, tree.root) else None
        self._tree = tree
        self._answers: Trace = {}

    def recall(self, *subject: object) -> State | None:
        """The trace and the notes of a remembered state that still holds, if there is one."""
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
        """Remember that the subject was fresh with these answers."""
        if self._directory is None:
            return
        path = self._path(self._directory, subject)
        states = [(trace, notes), *_read(path)][:MOST_STATES]
        with suppress(OSError):
            os.makedirs(self._directory, 0o700, exist_ok=True)
            _write(path, states)

    def tidy(self) -> None:
        """Delete the least recently used files if the memory is over its limits."""
        if self._directory is None:
            return
        with suppress(OSError):
            _forget_oldest(self._directory)

    def _path(self, directory: str, subject: tuple[object, ...]) -> str:
        key = repr((_surroundings(), self._tree.root, subject))
        return os.path.join(directory, _sha256(key))

    def _answer(self, question: tuple[str, ...]) -> str:
        """The digest of the answer to a question. Each question is asked only once."""
        if question not in self._answers:
            name, *words = question
            ask = getattr(self._tree, name)
            try:
                self._answers[question] = _digest(ask(*_arguments(name, words)))
            except Exception as error:
                self._answers[question] = _digest(error)
        return self._answers[question]


def default_directory() -> str | None:
    """The user's cache directory for locksync, or None if the system names none."""
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
    """A text that differs for different answers."""
    if isinstance(answer, bytes):
        return f"bytes {_sha256(answer)}"
    if isinstance(answer, frozenset):
        return _digest_of_names(answer)
    return f"{type(answer).__name__} {_sha256(repr(answer))}"


@lru_cache(MOST_DIGESTED)
def _digest_of_names(names: frozenset[str]) -> str:
    """A digest of some names. That of all files of a repository is asked for again and again."""
    told = getattr(names, "digest", None) or _sha256(repr(sorted(names)))
    return f"names {told}"


@cache
def _surroundings() -> tuple[object, ...]:
    """What else a verdict depends on: locksync, its libraries, Python and the platform."""
    package = os.path.dirname(os.path.dirname(__file__))
    modules = sorted(_modules(package))
    libraries = os.listdir(os.path.dirname(package))
    platform: tuple[object, ...]
    if sys.platform == "win32":
        platform = tuple(sys.getwindowsversion())
    else:
        platform = tuple(os.uname())
    return modules, sorted(libraries), sys.version, platform


def _modules(directory: str) -> list[str]:
    """Each Python module at or below a directory, with what changes when somebody edits it."""
    found: list[str] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            name = entry.name
            if name.endswith(".py"):
                told = entry.stat()
                found.append(f"{entry.path} {told.st_size} {told.st_mtime_ns}")
            elif name != "__pycache__" and entry.is_dir():
                found += _modules(entry.path)
    return found


def _is_private(directory: str, root: str) -> bool:
    """Whether only the user can have written in a directory, and no commit to the repository."""
    with suppress(ValueError):  # On Windows, the two may be on different drives.
        if os.path.commonpath((root, os.path.realpath(directory))) == root:
            return False
    if not hasattr(os, "geteuid"):
        return True
    try:
        found = os.stat(directory)
    except OSError:
        return True  # It does not exist yet.
    return found.st_uid == os.geteuid() and not found.st_mode & OTHERS_MAY_WRITE


def _read(path: str) -> list[State]:
    """The states in a file of the memory; none if the file is damaged or was not written there."""
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
    """A digest of a file's name and text. It shows if the file was cut, damaged or moved."""
    return _sha256(f"{os.path.basename(path)}\n{text}")


def _is_ours(name: str) -> bool:
    digest = name.partition(".")[0]
    return len(digest) == len(_sha256("")) and not digest.strip("0123456789abcdef")


def _forget_oldest(directory: str) -> None:
    # The user may have named a directory that also holds other files.
    with os.scandir(directory) as entries:
        files = [(entry.stat(), entry.path) for entry in entries if _is_ours(entry.name)]
    files.sort(key=lambda file: file[0].st_mtime, reverse=True)
    total = 0
    for number, (found, path) in enumerate(files):
        total += found.st_size
        if number >= MOST_FILES or total > MOST_BYTES:
            os.unlink(path)
