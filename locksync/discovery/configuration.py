"""The configuration: `[tool.locksync]` of a pyproject.toml, or a locksync.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from locksync.command_line import Command, split_command
from locksync.documents import MalformedError, Table, parse_toml, shown
from locksync.findings import Code, Finding, FindingError
from locksync.model import NO_EDITS, Edits
from locksync.repository.paths import LONGEST_GLOB, name, parent

FILE_NAMES = ("pyproject.toml", "locksync.toml")
MOST_ENTRIES = 5000
"""How many exports, or globs, a setting may have."""


class ConfiguredExport(NamedTuple):
    """An entry of `exports`."""

    command: Command
    within: str | None
    """The glob of directories to run in, relative to the file's directory; None: just there."""
    line: int | None
    """The line of the file that holds it, where it can be told."""
    edits: Edits = NO_EDITS


class Configuration(NamedTuple):
    """What one configuration file says, for the directory that holds it and all below."""

    file: str
    exports: tuple[ConfiguredExport, ...] = ()
    exclude: tuple[str, ...] = ()
    """Globs of directories and outputs that are not discovered, relative to that directory."""
    discover: bool = True
    strict: bool = False

    @property
    def directory(self) -> str:
        """The directory that the file configures."""
        return parent(self.file)


def parse_configuration(content: bytes, file: str) -> Configuration | None:
    """The configuration that a file of FILE_NAMES holds, None where it holds none.

    Raises FindingError where it is not valid.
    """
    if name(file) == "pyproject.toml":
        # Parsing every manifest of a large repository would cost more than all the rest.
        if b"locksync" not in content:
            return None
        tools = parse_toml(content, file).table("tool")
        if "locksync" not in tools:
            return None
        table = tools.table("locksync")
    else:
        table = parse_toml(content, file)
    try:
        _refuse_unknown_keys(table, Configuration._fields[1:], file)
        return Configuration(
            file=file,
            exports=tuple(_exports(table, content, file)),
            exclude=tuple(_short(table, "exclude", table.strings("exclude"))),
            discover=table.boolean("discover", default=True),
            strict=table.boolean("strict", default=False),
        )
    except MalformedError as error:
        raise invalid(file, str(error)) from error


def invalid(file: str, reason: str, line: int | None = None) -> FindingError:
    """The finding for a fault in a configuration file, ready to be raised."""
    message = f"{file} is not a valid configuration: {reason}"
    return FindingError(Finding(Code.CONFIGURATION, message, file, line))


def _refuse_unknown_keys(table: Table, known: tuple[str, ...], file: str) -> None:
    if unknown := sorted(table.values.keys() - set(known)):
        from difflib import get_close_matches

        close = get_close_matches(unknown[0], known, 1)
        meant = f": did you mean {close[0]!r}?" if close else f" (there are {', '.join(known)})"
        raise invalid(file, f"there is no setting {unknown[0]!r}{meant}")


def _exports(table: Table, content: bytes, file: str) -> Iterator[ConfiguredExport]:
    _refuse_too_many(table, "exports")
    for entry in table.items("exports"):
        if isinstance(entry, Table):
            _refuse_unknown_keys(entry, ("run", "in", *Edits._fields), file)
            within = next(_short(entry, "in", (entry.string("in"),))) if "in" in entry else None
            text, edits = entry.string("run"), _edits(entry)
        else:
            text, within, edits = entry, None, NO_EDITS
        line = _line_of(text, content)
        try:
            yield ConfiguredExport(split_command(text), within, line, edits)
        except ValueError as error:
            raise invalid(file, f"{shown(text)}: {error}", line) from error


def _edits(entry: Table) -> Edits:
    drop, keep = (tuple(_globs(entry, key)) for key in ("drop", "keep"))
    return Edits(drop, keep, entry.boolean("markers", default=True))


def _globs(entry: Table, key: str) -> Iterator[str]:
    """The globs of lines under a key, spaced as the lines are that they are matched against."""
    for text in _short(entry, key, entry.strings(key)):
        glob = " ".join(text.split())
        if not glob.strip("*? "):
            raise MalformedError(f"{entry.at(key)} has {text!r}, which tells no line from another")
        yield glob


def _short(table: Table, key: str, globs: Iterable[str]) -> Iterator[str]:
    """Globs that can be matched in no time. Raises MalformedError for any other."""
    _refuse_too_many(table, key)
    for glob in globs:
        if len(glob) > LONGEST_GLOB:
            raise MalformedError(
                f"{table.at(key)} has a glob of more than {LONGEST_GLOB} characters"
            )
        yield glob


def _refuse_too_many(table: Table, key: str) -> None:
    value = table.values.get(key)
    if isinstance(value, list) and len(value) > MOST_ENTRIES:
        raise MalformedError(f"{table.at(key)} has more than {MOST_ENTRIES} entries")


def _line_of(text: str, content: bytes) -> int | None:
    position = content.find(text.encode())
    return content.count(b"\n", 0, position) + 1 if position >= 0 else None
