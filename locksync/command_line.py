"""Split command lines into words as a shell would. No shell ever runs them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Command(NamedTuple):
    """The words of a command, and the file to which its output is redirected, if any."""

    words: tuple[str, ...]
    stdout: str | None = None


def split_command(text: str) -> Command:
    """The words of a command line, with at most one `> FILE` at its end.

    Raises ValueError for anything else that only a shell understands: variables, pipes and so on.
    """
    if "$" in text or "`" in text:
        raise ValueError("variables and substitutions are not expanded: write the value itself")
    reader = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
    reader.whitespace_split = True
    reader.commenters = ""
    return redirect(list(reader))


def redirect(words: Sequence[str]) -> Command:
    """Take a redirection off the end of the words: `>` and FILE, or the one word `> FILE`."""
    words = [part for word in words for part in _split_redirection(word)]
    stdout = None
    if len(words) > 2 and words[-2] == ">":
        stdout = words[-1]
        words = words[:-2]
    for word in words:
        if word and not word.strip("();<>|&"):
            raise ValueError(f"{word!r}: write one command, with at most one '> FILE' at its end")
    return Command(tuple(words), stdout)


def _split_redirection(word: str) -> Iterable[str]:
    if word.startswith(">") and word != ">" and word.strip(">"):
        return (">", word[1:].strip())
    return (word,)


def join_words(words: Iterable[str]) -> str:
    """The words as a command line that a shell splits into the same words."""
    return shlex.join(words)


def as_argument(path: str) -> str:
    """A path that no program mistakes for an option, nor git for a pathspec with magic."""
    return f"./{path}" if path.startswith(("-", ":")) else path


def fix_command(output: str) -> str:
    """The locksync command that regenerates an output."""
    return join_words(("locksync", "fix", as_argument(output)))


def command_in(directory: str, words: Iterable[str]) -> str:
    """A command line that runs the words in a directory, from the top of the repository."""
    return run_in(directory, join_words(words))


def run_in(directory: str, command: str) -> str:
    """A command line that runs another in a directory, from the top of the repository."""
    return f"cd {shlex.quote(directory)} && {command}" if directory else command
