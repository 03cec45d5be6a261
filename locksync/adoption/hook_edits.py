"""Add the hook to .pre-commit-config.yaml.

PyYAML comes with the extra `init`, so it is imported late.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from locksync import __version__
from locksync.adoption.edits import UNEDITABLE, by_hand, with_line_ends_of
from locksync.adoption.own_hooks import OwnHook, last_line, lines_of, own_hooks, without
from locksync.documents import refuse_conflict
from locksync.tools.registry import TOOLS

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


def rivals(content: bytes) -> list[OwnHook]:
    """The hooks that rewrite the same files as ours; none if the file cannot be read."""
    if not any(tool.about.command[0].encode() in content for tool in TOOLS.values()):
        return []
    import yaml

    try:
        return own_hooks(yaml.safe_load(content), HOOK_REPOSITORY)
    except (yaml.YAMLError, *UNEDITABLE):
        return []


def add_hook(content: bytes) -> bytes:
    """A pre-commit configuration with our hook added, in place of those that it replaces.

    Raises FindingError if the file is invalid, or has a shape to which nothing can be added.
    """
    import yaml

    replaced = [hook for hook in rivals(content) if hook.can_be_replaced]
    if has_hook(content) and not replaced:
        return content
    if not content.strip():
        return content + f"repos:\n{hook_entry()}".encode()
    refuse_conflict(content, HOOK_FILE)
    entries = [] if has_hook(content) else yaml.safe_load(hook_entry())
    try:
        text = content.decode().replace("\r\n", "\n")
        before = yaml.safe_load(text)
        repositories = _value_of("repos", yaml.compose(text, yaml.SafeLoader))
        if entries:
            text = _with_item(text, repositories)
        text = _without_lines(text, lines_of(replaced, repositories))
        after = yaml.safe_load(text)
        expected = without(before, replaced) if replaced else before["repos"]
    except (yaml.YAMLError, *UNEDITABLE) as error:
        raise by_hand(HOOK_FILE, "the hook") from error
    if after != {**before, "repos": [*expected, *entries]}:
        raise by_hand(HOOK_FILE, "the hook")
    return with_line_ends_of(content, text)


def _without_lines(text: str, ranges: Iterable[range]) -> str:
    gone = {number for numbers in ranges for number in numbers}
    lines = text.splitlines(keepends=True)
    return "".join(line for number, line in enumerate(lines) if number not in gone)


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
    end = last_line(last) + 1
    lines[end - 1] = lines[end - 1].rstrip("\n") + "\n"
    entry = hook_entry(" " * column, " " * inner)
    return "".join((*lines[:end], entry, *lines[end:]))
