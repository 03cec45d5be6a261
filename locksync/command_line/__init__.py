"""Command lines, read as a shell would read them but never given to one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from locksync.command_line.words import Command
from locksync.findings import Place, Repair

__all__ = [
    "Command",
    "as_argument",
    "fix_command",
    "join_words",
    "redirect",
    "split_command",
]

NOT_PLAIN = "write one command, with at most one '> FILE' at its end"
LONGEST = 2**15
"""The longest command that is read, in characters."""
SPECIAL = frozenset("'\"\\$`;&|<()#\n")
"""What makes a command line more than words with spaces between them, but for `>`."""
NOTHING = frozenset(("true", "exit", "false", "}", "fi", "done", "set"))
"""Commands that say only how a script goes on."""


def split_command(text: str) -> Command:
    """The one command of a line, as a shell would split it.

    Raises ValueError, saying what a plain command may not hold: variables, pipes and the like.
    """
    if len(text) > LONGEST:
        raise ValueError(f"a command has no more than {LONGEST} characters")
    if SPECIAL.isdisjoint(text):
        # So are most, and then the patterns for the others need not be there at every start.
        before, redirection, target = text.partition(" > ")
        names = target.split()
        if ">" not in before + target and len(names) == bool(redirection):
            return Command(tuple(before.split()), names[0] if names else None)
    from locksync.command_line.shell import UNKNOWN, read_script

    found = [part for part in read_script(text) if part.command.words[0] not in NOTHING]
    odd = [part.odd or "<(" for part in found if part.odd or part.compared]
    odd += [part.end for part in found[:-1]]
    odd += [part.end for part in found[-1:] if part.end in ("&", ")")]
    if odd:
        raise ValueError(f"{odd[0]!r}: {NOT_PLAIN}")
    command = found[0].command if found else Command(())
    if UNKNOWN in command.directory:
        raise ValueError("`cd` is understood with the name of one directory")
    return command


def redirect(words: Sequence[str]) -> Command:
    """Words that may end with a redirection, as `>` and FILE or as one word `> FILE`."""
    words = [part for word in words for part in _split_redirection(word)]
    stdout = None
    if len(words) > 2 and words[-2] == ">":
        stdout = words[-1]
        words = words[:-2]
    for word in words:
        if word and not word.strip("();<>|&"):
            raise ValueError(f"{word!r}: {NOT_PLAIN}")
    return Command(tuple(words), stdout)


def _split_redirection(word: str) -> Iterable[str]:
    if word.startswith(">") and word != ">" and word.strip(">"):
        return (">", word[1:].strip())
    return (word,)


def join_words(words: Iterable[str]) -> str:
    """The words as a command line that a shell splits into the same words."""
    return shlex.join(words)


def as_argument(path: str) -> str:
    """A path that no program takes for an option and git for no magic."""
    return f"./{path}" if path.startswith(("-", ":")) else path


def fix_command(*outputs: str, drops: bool = False) -> Repair:
    """The command of ours that makes outputs what they should be."""
    return Repair((("locksync", "fix", *map(Place, outputs)),), drops=drops, writes=outputs)
