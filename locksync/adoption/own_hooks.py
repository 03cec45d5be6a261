"""The hooks of other repositories that rewrite the files that locksync keeps in step.

Two hooks that rewrite one file never let a commit pass. So ours takes the place of the tool's own,
whose `args` are the command of an export. PyYAML comes with the extra `init`, so it is imported
late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from locksync.command_line import Command, join_words, redirect, split_command
from locksync.model import Export
from locksync.repository.protocol import Tree
from locksync.tools.registry import TOOLS, read_export

if TYPE_CHECKING:
    import yaml

LOCAL = "local"


class OwnHook(NamedTuple):
    """A hook, of another repository than ours, that runs a tool's export command."""

    id: str
    repository: str
    command: Command | None
    """What it runs; None where that cannot be told."""
    can_be_replaced: bool


def own_hooks(document: Any, ours: str) -> list[OwnHook]:
    """The tools' own hooks in a pre-commit configuration. Raises what its shape makes fail."""
    return [
        hook
        for repository in (document or {}).get("repos") or ()
        for found in repository.get("hooks") or ()
        if repository.get("repo") != ours and (hook := _own_hook(found, repository["repo"]))
    ]


def _own_hook(hook: Mapping[str, Any], repository: str) -> OwnHook | None:
    """The hook, if it is one that runs an export command."""
    name, arguments = str(hook.get("id")), [str(word) for word in hook.get("args") or ()]
    if repository == LOCAL:
        return _local_hook(name, str(hook.get("entry", "")), arguments)
    tool = next((tool for tool in TOOLS.values() if tool.about.hook == name), None)
    if tool is None:
        return None
    is_told = tool.about.writes_header and bool(tool.about.headless)
    command = None if is_told or not arguments else redirect((*tool.about.command, *arguments))
    return OwnHook(name, repository, command, can_be_replaced=True)


def _local_hook(name: str, entry: str, arguments: list[str]) -> OwnHook | None:
    if not any(join_words(tool.about.command) in entry for tool in TOOLS.values()):
        return None
    command = None
    try:
        command = split_command(" ".join((entry, join_words(arguments))))
        read_export(command, "")
    except ValueError:
        return OwnHook(name, LOCAL, None, can_be_replaced=False)
    return OwnHook(name, LOCAL, command, can_be_replaced=True)


def exports_of(hooks: Iterable[OwnHook], tree: Tree) -> Iterator[Export]:
    """The exports that hooks describe, where the lock file is there."""
    for hook in hooks:
        if hook.command:
            try:
                export = read_export(hook.command, "", tree)
            except ValueError:
                continue
            if TOOLS[export.tool].inputs(export)[0] in tree.files():
                yield export


def lines_of(hooks: Iterable[OwnHook], repositories: yaml.SequenceNode) -> Iterator[range]:
    """The lines of the hooks that can be replaced, with their repository's if it has no others."""
    gone = {(hook.repository, hook.id) for hook in hooks if hook.can_be_replaced}
    for repository in repositories.value:
        entries = {key.value: value for key, value in repository.value}
        if "repo" not in entries or "hooks" not in entries:
            continue
        nodes = entries["hooks"].value
        found = [node for node in nodes if (entries["repo"].value, _id_of(node)) in gone]
        for node in [repository] if found and len(found) == len(nodes) else found:
            yield range(node.start_mark.line, last_line(node) + 1)


def _id_of(hook: yaml.Node) -> str:
    return next((str(value.value) for key, value in hook.value if key.value == "id"), "")


def without(document: Mapping[str, Any], hooks: Iterable[OwnHook]) -> list[Any]:
    """The repositories of a configuration without the hooks that can be replaced."""
    gone = {(hook.repository, hook.id) for hook in hooks if hook.can_be_replaced}
    left = []
    for repository in document["repos"]:
        kept = [one for one in repository["hooks"] if (repository["repo"], one["id"]) not in gone]
        if kept or not repository["hooks"]:
            left.append({**repository, "hooks": kept})
    return left


def last_line(node: yaml.Node) -> int:
    """The number of the line in which a node ends, counted from 0."""
    import yaml

    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line - (end.column == 0 and end.line > node.start_mark.line))
