"""Read TOML and JSON files into tables with typed getters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from locksync.findings import Code, Finding, FindingError

LONGEST_SHOWN = 80
BY_HAND = "Correct it by hand"
MOST_DOCUMENTS = 16
"""How many documents are kept once they are parsed: a search reads the same ones many times."""
CONFLICT_MARKER = re.compile(rb"^(?:<{7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
# The ASCII controls, NEL, the Unicode separators and lone surrogates. Each of them ends a line for
# some reader of a requirements file, controls a terminal, or cannot be encoded.
CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


OPEN_URL = re.compile(r"://[^/\s]*\Z")


class MalformedError(ValueError):
    """A value is missing or has the wrong type. The message names the route to it."""

    def __init__(self, message: str, file: str = "") -> None:
        super().__init__(message)
        self.file = file
        """The file that holds it; "" where that is not known."""


class Table:
    """A table of a document. Each getter raises MalformedError if the value has another type."""

    def __init__(self, values: Mapping[str, object], route: str = "", file: str = "") -> None:
        self.values = values
        self._route = route
        self._file = file

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def at(self, key: str) -> str:
        """The route to a key, for messages."""
        return f"{self._route}.{key}" if self._route else key

    def string(self, key: str, default: str | None = None) -> str:
        """A string; the default, if given, when the key is missing."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            fault = "not a string" if key in self else "missing"
            raise self._malformed(f"{self.at(key)} is {fault}")
        return value

    def line(self, key: str, default: str | None = None) -> str:
        """A string without control characters, which is safe to put into a line of output."""
        value = self.string(key, default)
        if CONTROL_CHARACTER.search(value):
            raise SmuggledError(
                f"{self.at(key)} holds a control character: {shown(value)}", self._file
            )
        return value

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """A boolean; the default, if given, when the key is missing."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            fault = "not a boolean" if key in self else "missing"
            raise self._malformed(f"{self.at(key)} is {fault}")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty if the key is missing."""
        found = self.array(key)
        strings = tuple(item for item in found if isinstance(item, str))
        if len(strings) != len(found):
            raise self._malformed(f"{self.at(key)} is not a list of strings")
        return strings

    def table(self, key: str) -> Table:
        """A table, empty if the key is missing."""
        return self._table(self.values.get(key, {}), self.at(key))

    def tables(self, key: str) -> Iterator[Table]:
        """A list of tables, empty if the key is missing."""
        for index, item in enumerate(self.array(key)):
            yield self._table(item, f"{self.at(key)}[{index}]")

    def items(self, key: str) -> Iterator[str | Table]:
        """A list of strings and tables, empty if the key is missing."""
        for index, item in enumerate(self.array(key)):
            yield item if isinstance(item, str) else self._table(item, f"{self.at(key)}[{index}]")

    def array(self, key: str) -> list[object]:
        """A list of anything, empty if the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self._malformed(f"{self.at(key)} is not a list")
        return value

    def refuse_control_characters(self, *ignored: str) -> None:
        """Raise SmuggledError for a control character in any key or string, at any depth.

        Values under the keys named in `ignored` are skipped.
        """
        for key, value in self.values.items():
            if key not in ignored:
                self._refuse_control_characters(key, self.at(key), ignored)
                self._refuse_control_characters(value, self.at(key), ignored)

    def _refuse_control_characters(
        self, value: object, route: str, ignored: tuple[str, ...]
    ) -> None:
        if isinstance(value, dict):
            Table(value, route, self._file).refuse_control_characters(*ignored)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._refuse_control_characters(item, f"{route}[{index}]", ignored)
        elif isinstance(value, str) and CONTROL_CHARACTER.search(value):
            raise SmuggledError(f"{route} holds a control character: {shown(value)}", self._file)

    def _table(self, value: object, route: str) -> Table:
        if not isinstance(value, dict):
            raise self._malformed(f"{route} is not a table")
        return Table(value, route, self._file)

    def _malformed(self, message: str) -> MalformedError:
        return MalformedError(message, self._file)


class SmuggledError(MalformedError):
    """A value that could add lines of its own to an output file."""


def shown(value: str) -> str:
    """A value from a file, quoted and shortened for messages."""
    return repr(cut(value, LONGEST_SHOWN, "..."))


def cut(text: str, most: int, mark: str = "") -> str:
    """A text, shortened to so many characters, and a mark where it was.

    It is not cut in the middle of what may log in to a URL: nobody could tell it for that.
    """
    if len(text) <= most:
        return text
    return OPEN_URL.sub("://", text[:most]) + mark


@lru_cache(MOST_DOCUMENTS)
def parse_toml(content: bytes, path: str) -> Table:
    """Parse a TOML document, which nobody may change.

    Raises FindingError, which names the path, if it is invalid.
    """
    import tomli

    refuse_conflict(content, path)
    try:
        return Table(tomli.loads(content.decode()), file=path)
    except (ValueError, RecursionError) as error:
        raise _malformed(path, "TOML", error) from error


@lru_cache(MOST_DOCUMENTS)
def parse_json(content: bytes, path: str) -> Table:
    """Parse a JSON document whose top level is an object. A byte order mark is allowed."""
    import json

    refuse_conflict(content, path)
    try:
        values = json.loads(content.decode("utf-8-sig"))
        if not isinstance(values, dict):
            raise MalformedError("the top level is not an object")
        return Table(values, file=path)
    except (ValueError, RecursionError) as error:
        raise _malformed(path, "JSON", error) from error


@contextmanager
def blaming(path: str) -> Iterator[None]:
    """Turn a ValueError about a file's content into a finding that names the file.

    An error that knows its file names that one.
    """
    try:
        yield
    except (ValueError, RecursionError) as error:
        path = (isinstance(error, MalformedError) and error.file) or path
        if isinstance(error, SmuggledError):
            message = f"{path} cannot be trusted: {error}"
            raise FindingError(Finding(Code.HOSTILE, message, path)) from error
        message = f"{path} cannot be used: {_reason(error)}"
        raise FindingError(Finding(Code.MALFORMED, message, path, advice=BY_HAND)) from error


def refuse_conflict(content: bytes, path: str) -> None:
    """Raise FindingError if the content has the conflict markers of an unfinished merge."""
    if marker := CONFLICT_MARKER.search(content):
        line = content.count(b"\n", 0, marker.start()) + 1
        message = f"{path} holds the conflict markers of an unfinished merge"
        raise FindingError(Finding(Code.CONFLICTED, message, path, line))


def _malformed(path: str, what: str, error: Exception) -> FindingError:
    message = f"{path} is not valid {what}: {_reason(error)}"
    finding = Finding(Code.MALFORMED, message, path, _line_of(error), advice=BY_HAND)
    return FindingError(finding)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).partition("\n")[0]


def _line_of(error: Exception) -> int | None:
    line = getattr(error, "lineno", None)
    return line if isinstance(line, int) else None
