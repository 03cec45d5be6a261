"""Additions to the files that people write: every line of theirs stays as it is.

Bytes in, bytes out. The libraries come with the extra `init`, so they are imported late.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from locksync import __version__
from locksync.adoption.plan import OWN_FILE, Entry, Settings
from locksync.documents import Table, parse_toml, refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.repository.paths import name

if TYPE_CHECKING:
    import yaml
    from tomlkit.items import Array

HOOK_FILE = ".pre-commit-config.yaml"
HOOK_REPOSITORY = "https://github.com/locksync/locksync"
HOOK = "locksync"
HAS_HOOK = re.compile(
    rb"""^[ \t]*(?:-[ \t]+)?id:[ \t]*['"]?locksync(?:-check)?['"]?[ \t]*(?:#|\r?$)""", re.M
)
HEADING = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*locksync[ \t]*\][^\n]*$", re.MULTILINE)
INDENT = re.compile(r"""^([ ]+|\t)["'{]""", re.MULTILINE)
LONGEST_LINE = 88
# What comes of shapes that a reader of TOML or YAML takes, and that nothing can be added to.
UNEXPECTED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def add_settings(content: bytes, settings: Settings) -> bytes:
    """A configuration file with settings added to those that it has.

    What it has already is not added again. Raises FindingError for a file that is not valid, or
    is written in a way that nothing can be added to.
    """
    from tomlkit.exceptions import TOMLKitError

    try:
        before = _settings_in(content, settings.file)
        added = {
            key: [value for value in values if value not in before.get(key, [])]
            for key, values in _values(settings).items()
        }
    except UNEXPECTED as error:
        raise _by_hand(settings.file) from error
    added = {key: values for key, values in added.items() if values}
    if not added:
        return content
    text = content.decode()
    try:
        if before or name(settings.file) == OWN_FILE or HEADING.search(text):
            text = _extended(text, added, is_own=name(settings.file) == OWN_FILE)
        else:
            lines = "".join(f"{key} = {_array(values, text)}\n" for key, values in added.items())
            text = f"{_ended(text)}[tool.locksync]\n{lines}"
        after = _with_line_ends_of(content, text)
        now = _settings_in(after, settings.file)
    except (TOMLKitError, FindingError, *UNEXPECTED) as error:
        raise _by_hand(settings.file) from error
    if now != {**before, **{key: [*before.get(key, []), *values] for key, values in added.items()}}:
        raise _by_hand(settings.file)
    return after


def _values(settings: Settings) -> Mapping[str, list[object]]:
    return {
        "exports": [_value(entry) for entry in settings.exports],
        "exclude": [*settings.exclude],
    }


def _value(entry: Entry) -> object:
    return {"run": entry.run, "in": entry.within} if entry.within else entry.run


def _settings_in(content: bytes, file: str) -> dict[str, Any]:
    """The settings of a configuration file, as they are written."""
    document: Table = parse_toml(content, file)
    if name(file) != OWN_FILE:
        document = document.table("tool").table("locksync")
    return dict(document.values)


def _extended(text: str, added: Mapping[str, Sequence[object]], *, is_own: bool) -> str:
    """The text with values added to settings that are there, or to their table."""
    import tomlkit

    document: Any = tomlkit.parse(text)
    table = document if is_own else document["tool"]["locksync"]
    new = {key: values for key, values in added.items() if key not in table}
    for key, values in added.items():
        if key in table:
            for value in values:
                table[key].append(_item(value))
            line = f"{key} = {table[key].as_string()}"
            if "\n" not in line and len(line) > LONGEST_LINE:
                table[key].multiline(True)
    text = tomlkit.dumps(document)
    lines = "".join(f"{key} = {_array(values, text)}\n" for key, values in new.items())
    if is_own:
        return _ended(text, blank=False) + lines
    if heading := HEADING.search(text):
        rest = text[heading.end() :].removeprefix("\n")
        return f"{text[: heading.end()]}\n{lines}{rest}"
    for key, values in new.items():
        table[key] = tomlkit.value(_array(values, text))
    return tomlkit.dumps(document)


def _ended(text: str, *, blank: bool = True) -> str:
    """The text, so that something can come after it, after an empty line if wanted."""
    if not text:
        return ""
    text = text if text.endswith("\n") else f"{text}\n"
    return f"{text}\n" if blank else text


def _array(values: Sequence[object], text: str) -> str:
    """An array, indented as others in the text are."""
    import tomlkit

    items = [_item(value) for value in values]
    line = f"[{', '.join(item.as_string() for item in items)}]"
    if len(items) == 1 and len(line) + len("exports = ") <= LONGEST_LINE:
        return line
    found = INDENT.search(text)
    array: Array = tomlkit.array()
    for item in items:
        array.add_line(item, indent=found[1] if found else "  ")
    array.add_line(indent="")
    return array.as_string()


def _item(value: object) -> Any:
    import tomlkit

    if isinstance(value, dict):
        pairs = ", ".join(
            f"{key} = {tomlkit.item(word).as_string()}" for key, word in value.items()
        )
        return tomlkit.value(f"{{ {pairs} }}")
    return tomlkit.item(value)


def _by_hand(file: str) -> FindingError:
    message = f"{file} cannot be extended: write the settings into it by hand"
    return FindingError(Finding(Code.CONFIGURATION, message, file))


def has_hook(content: bytes) -> bool:
    """Whether a pre-commit configuration has a hook that covers every export."""
    return HAS_HOOK.search(content) is not None


def hook_entry(indent: str = "", hooks_indent: str = "  ") -> str:
    """The hook's entry under `repos`, where items and, within them, hooks are indented so."""
    return (
        f"{indent}- repo: {HOOK_REPOSITORY}\n"
        f"{indent}  rev: v{__version__}\n"
        f"{indent}  hooks:\n"
        f"{indent}{hooks_indent}- id: {HOOK}\n"
    )


def add_hook(content: bytes) -> bytes:
    """A pre-commit configuration with the hook added, unless it has it.

    Raises FindingError for a file that is not valid, or is written in a way that nothing can be
    added to.
    """
    import yaml

    if has_hook(content):
        return content
    if not content.strip():
        return content + f"repos:\n{hook_entry()}".encode()
    refuse_conflict(content, HOOK_FILE)
    try:
        text = content.decode().replace("\r\n", "\n")
        before = yaml.safe_load(text)
        repositories = _value_of("repos", yaml.compose(text, yaml.SafeLoader))
        text = _with_item(text, repositories)
        after = yaml.safe_load(text)
    except (yaml.YAMLError, *UNEXPECTED) as error:
        raise _hook_by_hand() from error
    (entry,) = yaml.safe_load(hook_entry())
    if after != {**before, "repos": [*before["repos"], entry]}:
        raise _hook_by_hand()
    return _with_line_ends_of(content, text)


def _value_of(key: str, node: yaml.Node | None) -> yaml.SequenceNode:
    """The block sequence under a key. Raises ValueError where there is none."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for found, value in node.value:
            if not isinstance(value, yaml.SequenceNode) or value.flow_style:
                continue
            if found.value == key and value.value:
                return value
    raise ValueError(f"no sequence {key}")


def _with_item(text: str, repositories: yaml.SequenceNode) -> str:
    """The text with the hook's entry after the last item, indented as the items are."""
    column = repositories.start_mark.column
    last = repositories.value[-1]
    try:
        inner = _value_of("hooks", last).start_mark.column - column
    except ValueError:
        inner = column + len("  ")
    lines = text.splitlines(keepends=True)
    end = _last_line(last) + 1
    lines[end - 1] = lines[end - 1].rstrip("\n") + "\n"
    entry = hook_entry(" " * column, " " * inner)
    return "".join((*lines[:end], entry, *lines[end:]))


def _last_line(node: yaml.Node) -> int:
    """The number of the line that a node ends in, counted from 0."""
    import yaml

    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line - (end.column == 0 and end.line > node.start_mark.line))


def _hook_by_hand() -> FindingError:
    message = f"{HOOK_FILE} cannot be extended: add the hook to it by hand"
    return FindingError(Finding(Code.CONFIGURATION, message, HOOK_FILE))


def _with_line_ends_of(content: bytes, text: str) -> bytes:
    if content.split(b"\n", 1)[0].endswith(b"\r"):
        text = re.sub(r"(?<!\r)\n", "\r\n", text)
    return text.encode()
