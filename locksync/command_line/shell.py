"""Texts for a shell, read as it would read them. Most command lines are too plain to need it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from locksync.command_line.words import Command

Expand = Callable[[str], str | None]
"""The value of what stands after a `$`, None where it is not known."""
UNKNOWN = "\0"
"""Stands in a word for what is not known."""
NOT_EXPANDED = "variables and substitutions are not expanded: write the value itself"
UNREADABLE = {
    "'": "No closing quotation",
    '"': "No closing quotation",
    "$": NOT_EXPANDED,
    "`": NOT_EXPANDED,
}
_NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
# Each character can be read in one way only: else hostile texts would take time without end.
_EXPANSION = rf"\$(?:{_NESTED}|\{{[^}}]*\}}|\w+|[@*#?!-]|(?![\w({{@*#?!-]))|`[^`]*`"
_QUOTED = rf"\"(?:[^\"\\$`]|\\.|{_EXPANSION})*\""
_TOKEN = (
    r"(?P<blank>(?:[ \t\r]|\\\r?\n)+)"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<redirection>&>>?|\d*>>|\d*>\||\d*>&|\d*<&|<<<|<<-?|\d*<>|\d*<(?!\()|\d*>(?!\())"
    r"|(?P<operator>&&|\|\||\|&|;;|[<>]\(|[;&|()\n])"
    rf"|(?P<word>(?:[^\s'\"\\$`;&|<>()]+|\\.|'[^']*'|{_QUOTED}|{_EXPANSION})+)"
)
_PIECE = (
    rf"(?P<plain>[^'\"\\$`]+)|\\(?P<escaped>.)|'(?P<literal>[^']*)'"
    rf"|(?P<quoted>{_QUOTED})|(?P<expansion>{_EXPANSION})"
)
_QUOTED_PIECE = (
    rf"(?P<plain>[^\\$`]+)|\\(?P<escaped>[\"\\$`\n])|(?P<expansion>{_EXPANSION})|(?P<other>.)"
)
LEADING = frozenset(("if", "then", "elif", "else", "while", "until", "do", "!"))
"""Words of the shell that a command may follow."""
MOST_GROUPS = 20


class ShellCommand(NamedTuple):
    """One command of a text for a shell."""

    command: Command
    odd: str = ""
    """What of the shell has a hand in its output, such as `|` to another program or `>>`."""
    compared: tuple[str, ...] = ()
    """Words of the command that its output is handed to as a file."""
    end: str = ""
    """What stands between it and the command after it."""


def read_script(text: str, expand: Expand | None = None, directory: str = "") -> list[ShellCommand]:
    """The commands of a text for a shell, in order.

    Without `expand`, a variable is an error; else a word whose value is not known holds UNKNOWN.
    A `cd` is no command but the directory of those after it; where it is not known, that
    directory holds UNKNOWN. Raises ValueError for a text that cannot be split.
    """
    return _Reader(_tokens(text, expand), directory).commands()


class _Token(NamedTuple):
    kind: str
    text: str


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def _tokens(text: str, expand: Expand | None) -> Iterator[_Token]:
    token, position = _compiled(_TOKEN), 0
    while position < len(text):
        match = token.match(text, position)
        if match is None:
            raise ValueError(UNREADABLE.get(text[position], "nothing follows its last backslash"))
        position = match.end()
        kind = str(match.lastgroup)
        if kind == "word":
            yield _Token(kind, _unquote(match[0], _PIECE, expand))
        elif kind not in ("blank", "comment"):
            yield _Token(kind, match[0])
    yield _Token("end", "")


def _unquote(word: str, pieces: str, expand: Expand | None) -> str:
    value = ""
    for piece in _compiled(pieces).finditer(word):
        kind, text = piece.lastgroup, piece[piece.lastgroup or 0]
        if kind == "expansion":
            text = _expanded(text, expand)
        elif kind == "quoted":
            text = _unquote(text[1:-1], _QUOTED_PIECE, expand)
        elif kind == "escaped" and text == "\n":
            text = ""
        value += text
    return value


def _expanded(text: str, expand: Expand | None) -> str:
    if expand is None:
        raise ValueError(NOT_EXPANDED)
    name = text[2:-1] if text[1:2] in ("(", "{") else text.strip("$`")
    value = expand(name)
    return UNKNOWN if value is None else value


class _Simple(NamedTuple):
    """What one command between two operators adds up to."""

    found: list[ShellCommand]
    words: list[str]
    stdout: str | None = None
    odd: str = ""


class _Reader:
    """A text for a shell, token by token."""

    def __init__(self, tokens: Iterator[_Token], directory: str) -> None:
        self._tokens = tokens
        self._directory = directory
        self._token = next(tokens)
        self._ends: list[str] = []

    def commands(self) -> list[ShellCommand]:
        """Those up to the end of the text, or of the group that has been opened."""
        found: list[ShellCommand] = []
        while self._token.kind != "end" and not self._is_at_end_of_group():
            pipeline = self._pipeline()
            end = self._token.text
            found += [part if part.end else part._replace(end=end) for part in pipeline]
            if self._is_at_end_of_group():
                break
            if self._token.kind != "end":
                self._token = next(self._tokens)
        return found

    def _is_at_end_of_group(self) -> bool:
        return self._ends[-1:] == [self._token.text]

    def _pipeline(self) -> list[ShellCommand]:
        before = self._directory
        parts = [self._simple()]
        while self._token.text in ("|", "|&"):
            pipe = self._token.text
            self._token = next(self._tokens)
            parts.append(self._simple())
            parts[-2] = parts[-2]._replace(odd=parts[-2].odd or pipe[1:])
        stdout, odd = _outlet(parts)
        found = [
            _sent_to(part, stdout, odd, before, len(parts[0].found)) for part in parts[0].found
        ]
        # What stands behind a pipe may write a file, and does not write what it is told alone.
        later = (part for simple in parts[1:] for part in simple.found)
        return [*found, *(part for part in later if part.compared)]

    def _simple(self) -> _Simple:
        words: list[str] = []
        found: list[ShellCommand] = []
        stdout, odd = None, ""
        while self._token.kind in ("word", "redirection") or self._token.text in ("(", "<(", ">("):
            token, self._token = self._token, next(self._tokens)
            if token.text == "{" and not words:
                found += self._group("}")
            elif token.kind == "word":
                if words or token.text not in LEADING:
                    words.append(token.text)
            elif token.kind == "operator":
                before = self._directory
                group = self._group(")")
                self._directory = before
                handed = token.text != "("
                found += [
                    part._replace(odd="", compared=("",)) if handed else part for part in group
                ]
            elif self._token.kind == "word":
                target, self._token = self._token.text, next(self._tokens)
                stdout, odd = _redirected(token.text, target, stdout, odd)
        if any(part.compared for part in found):
            names = tuple(word for word in words[1:] if not word.startswith("-"))
            found = [part._replace(compared=names) if part.compared else part for part in found]
        elif not found and words and not self._goes(words):
            found = [ShellCommand(Command(tuple(words), None, self._directory))]
        return _Simple(found, words, stdout, odd)

    def _group(self, end: str) -> list[ShellCommand]:
        if len(self._ends) >= MOST_GROUPS:
            raise ValueError("too many parentheses")
        self._ends.append(end)
        found = self.commands()
        self._ends.pop()
        if self._token.kind == "end":
            raise ValueError("No closing parenthesis")
        self._token = next(self._tokens)
        return [*found[:-1], *(part._replace(end="") for part in found[-1:])]

    def _goes(self, words: Sequence[str]) -> bool:
        """Whether the words only lead to another directory, which is noted."""
        if words[0] not in ("cd", "pushd", "popd"):
            return False
        places = [word for word in words[1:] if word not in ("--", "-P", "-L")]
        place = places[0] if len(places) == 1 and places[0] != "-" else UNKNOWN
        joined = posixpath.join(self._directory, place)
        there = posixpath.normpath(joined)
        self._directory = UNKNOWN if UNKNOWN in joined else "" if there == "." else there
        return True


def _redirected(operator: str, target: str, stdout: str | None, odd: str) -> tuple[str | None, str]:
    """Where a command's output goes after one more redirection, and what is odd about it."""
    if operator in (">", "1>", ">|", "1>|") and stdout is None:
        return target, odd
    if operator in ("2>", "2>>", "2>|") or (operator.endswith("<") and target == "/dev/null"):
        return stdout, odd
    if operator == "2>&" and stdout is None:
        return stdout, odd
    file = None if operator[-1:] in ("&", "<") else target
    return stdout or file, odd or operator


def _outlet(parts: Sequence[_Simple]) -> tuple[str | None, str]:
    """The file in which the output of a pipeline ends, and what changes it on the way there."""
    first, *rest = parts
    if not rest:
        return first.stdout, first.odd
    words = rest[0].words[1:] if rest[0].words[:1] == ["sudo"] else rest[0].words
    if len(rest) == 1 and len(words) == 2 and words[0] == "tee":
        return words[1], first.odd
    last = rest[-1]
    target = last.words[-1] if last.words[:1] == ["tee"] else last.stdout
    return target or first.stdout, first.odd or "|"


def _sent_to(
    part: ShellCommand, stdout: str | None, odd: str, directory: str, count: int
) -> ShellCommand:
    """A command whose group or pipeline ends in a file."""
    if part.compared:
        return part
    command = part.command
    if stdout is None:
        return part._replace(odd=part.odd or odd)
    if command.directory != directory and not stdout.startswith("/"):
        stdout = posixpath.relpath(f"/{directory}/{stdout}", f"/{command.directory}")
    shared = "(" if count > 1 else ""
    command = command._replace(stdout=command.stdout or stdout)
    return part._replace(command=command, odd=part.odd or odd or shared)
