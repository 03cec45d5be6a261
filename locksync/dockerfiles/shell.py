"""Find the commands in shell scripts with which pip, pip-sync and uv install."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

INSTALLER = re.compile(r"\b(?:uv|pip)")
"""Every script with such a command matches this."""
PIP = re.compile(r"pip(?:\d(?:\.\d+)?)?(?:\.exe)?")
PYTHON = re.compile(r"python(?:\d(?:\.\d+)?)?(?:\.exe)?")
SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh"))
SCRIPT_OPTION = re.compile(r"-[a-z]*c")
ASSIGNMENT = re.compile(r"\w+=")
LEADING = re.compile(r"if|then|elif|else|while|until|do|!|\{|time|exec|command|sudo|env|nice")
"""Words that may precede the name of a command."""
SUBCOMMANDS = frozenset(("install", "wheel", "download", "sync"))
FILE_OPTION = re.compile(r"(?:-[UqvI]*r|--requirements?)(?:=?(?P<value>.+))?", re.DOTALL)
EDITABLE_OPTION = re.compile(r"(?:-[UqvI]*e|--editable)(?:=?(?P<value>.+))?", re.DOTALL)
PLACE_OPTION = re.compile(
    r"-[tfwd]|--(?:target|find-links|wheel-dir|dest|prefix|root|src|cache-dir)"
)
"""Options whose value looks like a directory to install, but is not one."""
BINDING_OPTION = re.compile(r"--no-deps|--constraint|-c")
"""Options with which pip does not choose the versions of dependencies."""
HERE = re.compile(r"\.?/?(?:\[[\w ,.-]+\])?")
CONTINUATION = re.compile(r"\\\r?\n")


class Install(NamedTuple):
    """A command that installs from requirements files, or installs the project itself."""

    files: tuple[str, ...]
    """The requirements files, as absolute paths in the image."""
    project: str | None = None
    """The working directory, if the command installs it and pip chooses its dependencies."""


class _Command(NamedTuple):
    words: Sequence[str]
    directory: str


def find_installs(
    script: str, directory: str, expand: Callable[[str], str | None]
) -> Iterator[Install]:
    """The installs of a script that runs in a directory of the image.

    `expand` replaces the variables of a word, or returns None if one is unknown. Raises ValueError
    if the script cannot be split into words.
    """
    if not INSTALLER.search(script):
        return
    for command in _commands(script, directory, expand):
        yield from find_in_words(command.words, command.directory, expand)


def find_in_words(
    words: Sequence[str], directory: str, expand: Callable[[str], str | None]
) -> Iterator[Install]:
    """The installs of one command."""
    words = _without_leading(words)
    name = posixpath.basename(words[0]) if words else ""
    if name in SHELLS:
        script = next((at for at, word in enumerate(words) if SCRIPT_OPTION.fullmatch(word)), 0)
        if script and script + 1 < len(words):
            yield from find_installs(words[script + 1], directory, expand)
        return
    if PYTHON.fullmatch(name) and "-m" in words[:-1]:
        words = words[words.index("-m") + 1 :]
        name = words[0]
    if name == "pip-sync":
        install = _read_sync(words[1:] or ("requirements.txt",))
    elif PIP.fullmatch(name) or (name == "uv" and "pip" in words):
        at = next((at for at, word in enumerate(words) if word in SUBCOMMANDS), len(words))
        rest = words[at + 1 :]
        install = _read_sync(rest) if words[at : at + 1] == ["sync"] else _read(words[at:])
    else:
        return
    files = (expand(file) for file in install.files)
    known = tuple(posixpath.normpath(posixpath.join(directory, file)) for file in files if file)
    project = None if install.files or install.project is None else directory
    if known or project:
        yield Install(known, project)


def _commands(
    script: str, directory: str, expand: Callable[[str], str | None]
) -> Iterator[_Command]:
    """The simple commands, each with the directory to which the `cd`s before it lead."""
    reader = shlex.shlex(CONTINUATION.sub(" ", script), posix=True, punctuation_chars="();<>|&\n")
    reader.whitespace = " \t\r"
    reader.whitespace_split = True
    reader.commenters = ""
    for words in _split(reader):
        if words[0] == "cd" and len(words) == 2:
            # An unexpanded variable stays in the path. No COPY has such a destination.
            place = expand(words[1]) or words[1]
            directory = posixpath.normpath(posixpath.join(directory, place))
        else:
            yield _Command(words, directory)


def _split(reader: shlex.shlex) -> Iterator[list[str]]:
    words: list[str] = []
    is_comment = is_redirected = False
    for token in reader:
        if token.strip("();<>|&\n"):
            is_comment = is_comment or token.startswith("#")
            if not is_comment and not is_redirected:
                words.append(token)
            is_redirected = False
        elif "<<" in token:
            raise ValueError("a here-document is not understood")
        elif ">" in token or "<" in token:
            is_redirected = True
        elif not is_comment or "\n" in token:
            if words:
                yield words
            words, is_comment, is_redirected = [], False, False
    if words:
        yield words


def _without_leading(words: Sequence[str]) -> Sequence[str]:
    """The words from the command's name on."""
    may_be_option = False
    for at, word in enumerate(words):
        if LEADING.fullmatch(word):
            may_be_option = True
        elif not ASSIGNMENT.match(word) and not (may_be_option and word.startswith("-")):
            return words[at:]
    return ()


def _read_sync(words: Sequence[str]) -> Install:
    return Install(tuple(word for word in words if not word.startswith("-")))


def _read(words: Sequence[str]) -> Install:
    """The files and project given to `pip install`, `wheel` or `download`, as written."""
    files, others = [], []
    rest = iter(words[1:])
    for word in rest:
        if PLACE_OPTION.fullmatch(word):
            next(rest, None)
        elif option := FILE_OPTION.fullmatch(word):
            files.append(option["value"] or next(rest, ""))
        elif option := EDITABLE_OPTION.fullmatch(word):
            others.append(option["value"] or next(rest, ""))
        elif not word.startswith("-"):
            others.append(word)
    is_free = words[:1] == ["install"] and not any(map(BINDING_OPTION.match, words))
    project = next((word for word in others if word and HERE.fullmatch(word)), None)
    return Install(tuple(files), project if is_free else None)
