"""Add settings to pyproject.toml or locksync.toml.

tomlkit comes with the extra `init`, so it is imported late.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from locksync.adoption.edits import UNEDITABLE, by_hand, with_line_ends_of
from locksync.adoption.plan import OWN_FILE, Choice, Entry, Settings
from locksync.documents import Table, parse_toml
from locksync.findings import FindingError
from locksync.repository.paths import name

if TYPE_CHECKING:
    from tomlkit.items import Array

HEADING = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*locksync[ \t]*\][^\n]*$", re.MULTILINE)
INDENT = re.compile(r"""^([ ]+|\t)["'{]""", re.MULTILINE)
LONGEST_LINE = 88
Items = tuple[list[object], list[str]]
"""The values of a setting, and those that are only offered, in a comment each."""


def add_settings(content: bytes, settings: Settings) -> bytes:
    """A configuration file with settings added, except those that it already has.

    Raises FindingError if the file is invalid, or has a shape to which nothing can be added.
    """
    from tomlkit.exceptions import TOMLKitError

    try:
        before = _settings_in(content, settings.file)
        values = [_value(entry) for entry in settings.exports]
        values = [value for value in values if value not in before.get("exports", [])]
    except UNEDITABLE as error:
        raise by_hand(settings.file, "the settings") from error
    choices = () if _is_settled(content, before, settings.file) else settings.choices
    added = _added(values, choices, before)
    if not added:
        return content
    text = content.decode()
    try:
        if before or name(settings.file) == OWN_FILE or HEADING.search(text):
            text = _extended(text, added, is_own=name(settings.file) == OWN_FILE)
        else:
            lines = "".join(f"{key} = {_array(*items, text)}\n" for key, items in added.items())
            text = f"{_ended(text)}[tool.locksync]\n{lines}"
        after = with_line_ends_of(content, text)
        now = _settings_in(after, settings.file)
    except (TOMLKitError, FindingError, *UNEDITABLE) as error:
        raise by_hand(settings.file, "the settings") from error
    if now != {**before, **{key: [*before.get(key, []), *new] for key, (new, _) in added.items()}}:
        raise by_hand(settings.file, "the settings")
    return after


def _is_settled(content: bytes, before: Mapping[str, object], file: str) -> bool:
    """Whether there are settings, even none, in which the user can choose."""
    return bool(before or content if name(file) == OWN_FILE else HEADING.search(content.decode()))


def _added(
    values: list[object], choices: Sequence[Choice], before: Mapping[str, object]
) -> Mapping[str, Items]:
    """What is added to each setting. Choices are only written where there are no settings yet."""
    offered = [toml_of(choice.entry) for choice in choices if choice.entry]
    excluded = [toml_of(choice.output) for choice in choices]
    added: dict[str, Items] = {}
    if values or offered:
        added["exports"] = (values, offered)
    if excluded:
        added["exclude"] = ([], excluded)
    return added


def _value(entry: Entry) -> object:
    return {"run": entry.run, "in": entry.within} if entry.within else entry.run


def _settings_in(content: bytes, file: str) -> dict[str, Any]:
    """The settings in a configuration file, as written."""
    document: Table = parse_toml(content, file)
    if name(file) != OWN_FILE:
        document = document.table("tool").table("locksync")
    return dict(document.values)


def _extended(text: str, added: Mapping[str, Items], *, is_own: bool) -> str:
    """The text with values added to the existing settings, or to their existing table."""
    import tomlkit

    document: Any = tomlkit.parse(text)
    table = document if is_own else document["tool"]["locksync"]
    new = {key: items for key, items in added.items() if key not in table}
    for key, (values, _) in added.items():
        if key in table:
            for value in values:
                table[key].append(_item(value))
            line = f"{key} = {table[key].as_string()}"
            if "\n" not in line and len(line) > LONGEST_LINE:
                table[key].multiline(True)
    text = tomlkit.dumps(document)
    lines = "".join(f"{key} = {_array(*items, text)}\n" for key, items in new.items())
    if is_own:
        return _ended(text, blank=False) + lines
    if heading := HEADING.search(text):
        rest = text[heading.end() :].removeprefix("\n")
        return f"{text[: heading.end()]}\n{lines}{rest}"
    for key, items in new.items():
        table[key] = tomlkit.value(_array(*items, text))
    return tomlkit.dumps(document)


def _ended(text: str, *, blank: bool = True) -> str:
    """The text with a line end and, if `blank`, an empty line, so that more can follow."""
    if not text:
        return ""
    text = text if text.endswith("\n") else f"{text}\n"
    return f"{text}\n" if blank else text


def _array(values: Sequence[object], offered: Sequence[str], text: str) -> str:
    """An array with the indentation that other arrays in the text have."""
    import tomlkit

    items = [_item(value) for value in values]
    line = f"[{', '.join(item.as_string() for item in items)}]"
    if len(items) == 1 and not offered and len(line) + len("exports = ") <= LONGEST_LINE:
        return line
    found = INDENT.search(text)
    array: Array = tomlkit.array()
    for item in items:
        array.add_line(item, indent=found[1] if found else "  ")
    for item in offered:
        # With its comma, so that it only has to be uncommented.
        array.add_line(indent=found[1] if found else "  ", comment=f"{item},")
    array.add_line(indent="")
    return array.as_string()


def _item(value: object) -> Any:
    import tomlkit

    return tomlkit.value(toml_of(value))


def toml_of(value: object) -> str:
    """A value of a setting as TOML."""
    if isinstance(value, Entry):
        value = _value(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_of(word)}" for key, word in value.items()) + " }"
    text = str(value)
    is_literal = "'" not in text and ('"' in text or "\\" in text)
    return f"'{text}'" if is_literal else json.dumps(text, ensure_ascii=False)
