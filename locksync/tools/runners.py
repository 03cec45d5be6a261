"""What teams put before a command: programs that run another, variables, `python -m`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from locksync.repository import paths

PROGRAM = re.compile(r"(?:.*/)?(?P<name>[^/]+?)(?:\.exe)?(?:(?:@|==)[\w.*+!-]+)?", re.DOTALL)
"""A program, by its path or pinned to a version."""
PYTHON = re.compile(r"python(?:\d(?:\.\d+)?t?)?|pypy3?|py")
ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?!=)(?P<value>.*)", re.DOTALL)
MODULE = ("-m", "--module")
UV_VALUES = (
    *("--extra", "--no-extra", "--group", "--no-group", "--only-group", "--env-file", "--with"),
    *("-w", "--with-editable", "--with-requirements", "--package", "--index", "--default-index"),
    *("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-P", "--upgrade-package"),
    *("--resolution", "--prerelease", "--exclude-newer", "-p", "--python", "--cache-dir"),
    *("--color", "--project", "--config-file", "--from", "-c", "--constraints"),
)


class Runner(NamedTuple):
    """A program that runs the command after its own words and options."""

    words: tuple[str, ...]
    values: tuple[str, ...] = ()
    """Its options with a value; any other is taken for one without."""
    directories: tuple[str, ...] = ()
    """Its options with the directory that the command runs in."""


RUNNERS = (
    Runner(("poetry", "run"), ("-P", "--project"), ("-C", "--directory")),
    Runner(("pipenv", "run"), ("--python",)),
    Runner(("pdm", "run"), ("-p", "-k", "--skip", "--env", "--env-file"), ("--working-dir",)),
    Runner(("uv", "run"), UV_VALUES, ("--directory",)),
    Runner(("uv", "tool", "run"), UV_VALUES, ("--directory",)),
    Runner(("uvx",), UV_VALUES, ("--directory",)),
    Runner(("pipx", "run"), ("--spec", "--python", "--pip-args", "--index-url", "-i", "--with")),
    Runner(("hatch", "run"), ("-e", "--env", "-p", "--project")),
    Runner(("rye", "run"), ("--pyproject",)),
    Runner(("env",), ("-u", "--unset"), ("-C", "--chdir")),
    Runner(("sudo",), ("-u", "--user", "-g", "--group"), ("-D", "--chdir")),
    Runner(("nice",), ("-n",)),
    *(Runner((word,)) for word in ("time", "exec", "command", "nohup")),
)


class Plain(NamedTuple):
    """A command without what only runs it."""

    words: tuple[str, ...]
    directory: str = ""
    """Where it runs, relative to where the whole does."""
    variables: tuple[tuple[str, str], ...] = ()
    """The environment variables that are set for it, with their values."""


def without_runners(words: Sequence[str]) -> Plain:
    """The command that the words come down to. Raises ValueError if it leaves the repository."""
    left, directory = tuple(words), ""
    variables: list[tuple[str, str]] = []
    while left:
        if assignment := ASSIGNMENT.fullmatch(left[0]):
            variables.append((assignment["name"], assignment["value"]))
            left = left[1:]
            continue
        left = (program_name(left[0]), *left[1:])
        inner = _without_python(left) if PYTHON.fullmatch(left[0]) else _without_runner(left)
        if inner is None:
            break
        left, directory = inner.words, paths.join(directory, inner.directory)
    return Plain(left, directory, tuple(variables))


def program_name(word: str) -> str:
    """The name of the program that a first word starts."""
    match = PROGRAM.fullmatch(word)
    return match["name"] if match else word


def _without_python(words: tuple[str, ...]) -> Plain | None:
    for at, word in enumerate(words[1:], 1):
        if word == "-m" and at + 1 < len(words):
            return Plain(words[at + 1 :])
        if not word.startswith("-") and words[at - 1] not in ("-W", "-X"):
            return None
    return None


def _without_runner(words: tuple[str, ...]) -> Plain | None:
    for runner in RUNNERS:
        if words[0] == runner.words[0]:
            left, directory = words[1:], ""
            for word in (*runner.words[1:], None):
                options = take_options(left, runner.values, runner.directories)
                left = options.rest
                directory = options.directory or directory
                if word is not None and left[:1] != (word,):
                    break
                left = left[1:] if word is not None else left
            else:
                is_module = any(option in MODULE for option in options.flags)
                return Plain(("python", "-m", *left) if is_module else left, directory)
    return None


class Taken(NamedTuple):
    """The options at the start of some words, and what follows them."""

    flags: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    directory: str
    rest: tuple[str, ...]


def take_options(
    words: Sequence[str], with_value: Sequence[str], directories: Sequence[str]
) -> Taken:
    """Take the options off the start of some words. Any that is not known has no value."""
    flags: list[str] = []
    values: list[tuple[str, str]] = []
    directory = ""
    left = tuple(words)
    while left and left[0].startswith("-") and left[0] not in ("-", "--"):
        name, value = _option(left[0], (*with_value, *directories))
        takes_next = value is None and name in (*with_value, *directories)
        if takes_next:
            value = left[1] if len(left) > 1 else ""
        left = left[2:] if takes_next else left[1:]
        if name in directories:
            directory = value or ""
        elif value is None:
            flags.append(name)
        else:
            values.append((name, value))
    return Taken(tuple(flags), tuple(values), directory, left[1:] if left[:1] == ("--",) else left)


def _option(word: str, with_value: Sequence[str]) -> tuple[str, str | None]:
    """The name of an option, and the value that is in the same word."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return (name, value) if equals else (word, None)
    if len(word) > 2 and word[:2] in with_value:
        return word[:2], word[2:].removeprefix("=")
    return word, None
