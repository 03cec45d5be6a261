"""Add the hook to .pre-commit-config.yaml.

PyYAML comes with the extra `init`, so it is imported late.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from locksync import __version__
from locksync.adoption.edits import UNEDITABLE, by_hand, with_line_ends_of
from locksync.documents import refuse_conflict

if TYPE_CHECKING:
    import yaml

HOOK_FILE = ".pre-commit-config.yaml"
HOOK_REPOSITORY = "https://github.com/locksync/locksync"
HOOK = "locksync"
HAS_HOOK = re.compile(
    rb"""^[ \t]*(?:-[ \t]+)?id:[ \t]*['"]?locksync(?:-check)?['"]?[ \t]*(?:#|\r?$)""", re.M
)


def has_hook(content: bytes) -> bool:
    """Whether a pre-commit configuration already has a hook that covers every export."""
    return HAS_HOOK.search(content) is not None


def hook_entry(indent: str = "", hooks_indent: str = "  ") -> str:
    """The hook's entry under `repos`, with the indentation of its items and of their hooks."""
    return (
        f"{indent}- repo: {HOOK_REPOSITORY}\n"
        f"{indent}  rev: v{__version__}\n"
        f"{indent}  hooks:\n"
        f"{indent}{hooks_indent}- id: {HOOK}\n"
    )


def add_hook(content: bytes) -> bytes:
    """A pre-commit configuration with the hook added, unless it already has it.

    Raises FindingError if the file is invalid, or has a shape to which nothing can be added.
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
    except (yaml.YAMLError, *UNEDITABLE) as error:
        raise by_hand(HOOK_FILE, "the hook") from error
    (entry,) = yaml.safe_load(hook_entry())
    if after != {**before, "repos": [*before["repos"], entry]}:
        raise by_hand(HOOK_FILE, "the hook")
    return with_line_ends_of(content, text)


def _value_of(key: str, node: yaml.Node | None) -> yaml.SequenceNode:
    """The block sequence under a key. Raises ValueError if there is none."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for found, value in node.value:
            if not isinstance(value, yaml.SequenceNode) or value.flow_style:
                continue
            if found.value == key and value.value:
                return value
    raise ValueError(f"no sequence {key}")


def _with_item(text: str, repositories: yaml.SequenceNode) -> str:
    """The text with the hook's entry after the last item, with the items' indentation."""
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
    """The number of the line in which a node ends, counted from 0."""
    import yaml

    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line - (end.column == 0 and end.line > node.start_mark.line))
