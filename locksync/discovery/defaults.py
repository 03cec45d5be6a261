"""The default exports: those that a lock file calls for, without any option."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from locksync.discovery.configuration import Configuration
from locksync.discovery.configured import is_excluded, is_left_to_configuration
from locksync.findings import FindingError
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS


def default_exports(
    tool: Tool, tree: Tree, directory: str, names: Collection[str]
) -> Iterator[Export]:
    """The exports of a tool that has a lock file among the names of a directory."""
    for arguments in tool.discover(directory, names, tree):
        yield tool.read(arguments, directory, None)


def defaults_in(tree: Tree, directory: str) -> tuple[Export, ...]:
    """The default exports of a directory whose lock files are there."""
    names = paths.by_directory(tree.files()).get(directory, frozenset())
    return tuple(
        export
        for tool in TOOLS.values()
        for export in default_exports(tool, tree, directory, names)
    )


def is_free(export: Export, tree: Tree, configurations: Collection[Configuration]) -> bool:
    """Whether an export overwrites nothing, and no configuration speaks against it."""
    return not (
        exists(export.output, tree)
        or is_excluded(export.output, configurations)
        or is_left_to_configuration(export.directory, configurations)
    )


def exists(path: str, tree: Tree) -> bool:
    """Whether a file exists in the repository."""
    try:
        return tree.exists(path)
    except FindingError:
        return False
