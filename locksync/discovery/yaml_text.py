"""YAML as people write it by hand, read by its indentation. It is for looking, not for certainty.

Anchors, tags and documents that are not plain are passed over, and nothing is refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Union

KEY = re.compile(
    r"(?P<key>\"[^\"]*\"|'[^']*'|(?:[^\s\"'#\[\]{},&*!|>%@`-]|-\S)(?:[^:#]|:(?=\S))*?):(?:\s+|$)"
)
BLOCK = re.compile(r"(?P<style>[|>])[-+0-9]*\s*(?:#.*)?")
PROPERTY = re.compile(r"(?:[&!][^\s,\]}]*\s+)+|[&!]\S*$")
COMMENT = re.compile(r"(?:^|\s)#.*")
QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'", re.DOTALL)
FLOW = re.compile(
    rf"(?P<quoted>{QUOTED.pattern})|(?P<mark>[\[\]{{}},]|:(?=\s|$))|(?P<space>\s+|(?<!\S)#[^\n]*)"
    r"|(?P<plain>(?:(?!:\s)[^\s\[\]{},])+)",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "\n": ""}
MOST_DEPTH = 120
LONGEST_LINE = 4000
MOST_QUOTED_LINES = 200


class Text(NamedTuple):
    """A scalar, and the line on which it starts."""

    text: str
    line: int


Node = Union["Text", "list[Node]", "dict[str, Node]", None]


def parse_yaml(text: str) -> Node:
    """The value of the (first) document."""
    return _Document(text).node(0, 0)


class _Document:
    def __init__(self, text: str) -> None:
        self._lines = [line[:LONGEST_LINE] for line in text.expandtabs().splitlines()]
        self._at = 0

    def node(self, indent: int, depth: int) -> Node:
        """The value that starts on the next line that is indented so, or more."""
        if not self._skip() or self._indent() < indent or depth > MOST_DEPTH:
            return None
        indent, line = self._indent(), self._lines[self._at].strip()
        if line == "-" or line.startswith("- "):
            return self._sequence(indent, depth)
        if KEY.match(line):
            return self._mapping(indent, depth)
        return self._value(indent, line, indent - 1, depth)

    def _skip(self) -> bool:
        """Go to the next line that says something, if there is one."""
        while self._at < len(self._lines):
            line = self._lines[self._at].strip()
            if line and not line.startswith(("#", "---", "%")):
                return True
            self._at += 1
        return False

    def _indent(self) -> int:
        line = self._lines[self._at]
        return len(line) - len(line.lstrip())

    def _sequence(self, indent: int, depth: int) -> list[Node]:
        items: list[Node] = []
        while self._skip() and self._indent() == indent:
            line = self._lines[self._at]
            if not line[indent:].startswith("- ") and line.strip() != "-":
                break
            # What follows the dash is a value of its own, indented by as much.
            self._lines[self._at] = line[:indent] + " " + line[indent + 1 :]
            if PROPERTY.fullmatch(line[indent + 1 :].strip()):
                self._lines[self._at] = ""
            items.append(self.node(indent + 1, depth + 1))
        return items

    def _mapping(self, indent: int, depth: int) -> dict[str, Node]:
        values: dict[str, Node] = {}
        while self._skip() and self._indent() == indent:
            line = self._lines[self._at][indent:]
            key = KEY.match(line)
            if key is None:
                break
            values[key["key"].strip("\"' ")] = self._value(
                indent, line[key.end() :], indent, depth + 1
            )
        return values

    def _value(self, indent: int, start: str, above: int, depth: int) -> Node:
        """The value that starts with some text on this line, of what is indented by `above`."""
        start = start.strip()
        if start.startswith(("&", "!")):
            start = PROPERTY.sub("", start, count=1).strip()
        number = self._at + 1
        self._at += 1
        if block := BLOCK.fullmatch(start):
            return Text(self._block(above, block["style"] == ">"), number + 1)
        if not COMMENT.sub("", start):
            is_list = self._skip() and self._lines[self._at].lstrip().startswith(("- ", "-\n"))
            return self.node(above if is_list else above + 1, depth + 1)
        if start[0] in "[{":
            return _Flow(self._through_brackets(start), number).node(depth)
        if start[0] in "\"'":
            return Text(_unquote(self._through_quotes(start)), number)
        return Text(self._plain(start, above), number)

    def _block(self, above: int, is_folded: bool) -> str:
        lines = []
        while self._at < len(self._lines):
            if self._lines[self._at].strip() and self._indent() <= above:
                break
            lines.append(self._lines[self._at])
            self._at += 1
        indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
        least = min(indents, default=0)
        text = "\n".join(line[least:] for line in lines)
        return re.sub(r"(?<=\S)\n(?=\S)", " ", text) if is_folded else text

    def _through_quotes(self, start: str) -> str:
        """The text through the end of its quotes, on this line or one below."""
        text, last = start, min(self._at + MOST_QUOTED_LINES, len(self._lines))
        while not QUOTED.match(text) and self._at < last:
            text += "\n" + self._lines[self._at].strip()
            self._at += 1
        return text

    def _through_brackets(self, start: str) -> str:
        """The text through the end of its brackets, on this line or one below."""
        lines, depth = [start], _depth(start)
        while depth > 0 and self._at < len(self._lines):
            lines.append(self._lines[self._at].strip())
            depth += _depth(lines[-1])
            self._at += 1
        return "\n".join(lines)

    def _plain(self, start: str, above: int) -> str:
        words = [COMMENT.sub("", start).strip()]
        while self._at < len(self._lines) and self._lines[self._at].strip():
            line = self._lines[self._at].strip()
            if self._indent() <= above or line.startswith("#"):
                break
            words.append(COMMENT.sub("", line).strip())
            self._at += 1
        return " ".join(words)


class _Flow:
    """A value in brackets or braces."""

    def __init__(self, text: str, line: int) -> None:
        self._tokens = [match for match in FLOW.finditer(text) if match.lastgroup != "space"]
        self._text, self._line, self._at = text, line, 0

    def node(self, depth: int) -> Node:
        """The value at the next token."""
        if self._at >= len(self._tokens) or depth > MOST_DEPTH:
            self._at += 1
            return None
        start = self._tokens[self._at]
        self._at += 1
        if start[0] == "[":
            return [self._item(depth) for _ in iter(lambda: self._goes_on("]"), False)]
        if start[0] == "{":
            pairs = (self._pair(depth) for _ in iter(lambda: self._goes_on("}"), False))
            return dict(pairs)
        line = self._line + self._text.count("\n", 0, start.start())
        if start.lastgroup == "quoted":
            return Text(_unquote(start[0]), line)
        words = [start[0]]
        while self._at < len(self._tokens) and self._tokens[self._at].lastgroup == "plain":
            words.append(self._tokens[self._at][0])
            self._at += 1
        return Text(" ".join(words), line)

    def _goes_on(self, end: str) -> bool:
        while self._at < len(self._tokens) and self._tokens[self._at][0] == ",":
            self._at += 1
        if self._at < len(self._tokens) and self._tokens[self._at][0] != end:
            return True
        self._at += 1
        return False

    def _item(self, depth: int) -> Node:
        value = self.node(depth + 1)
        if self._at < len(self._tokens) and self._tokens[self._at][0] == ":":
            self._at += 1
            return {value.text if isinstance(value, Text) else "": self.node(depth + 1)}
        return value

    def _pair(self, depth: int) -> tuple[str, Node]:
        pair = self._item(depth)
        if isinstance(pair, dict) and len(pair) == 1:
            return next(iter(pair.items()))
        return (pair.text if isinstance(pair, Text) else "", None)


def _depth(line: str) -> int:
    """How many brackets a line opens and does not close."""
    marks = [match[0] for match in FLOW.finditer(line) if match.lastgroup == "mark"]
    return sum(mark in "[{" for mark in marks) - sum(mark in "]}" for mark in marks)


def _unquote(text: str) -> str:
    match = QUOTED.match(text)
    inner = match[0][1:-1] if match else text[1:]
    # Line breaks in quotes are folded.
    if text[0] == "'":
        return inner.replace("''", "'").replace("\n", " ")
    folded = re.sub(r"(?<!\\)\n", " ", inner)
    return ESCAPE.sub(lambda escape: ESCAPED.get(escape[1], escape[1]), folded)
