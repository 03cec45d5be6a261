"""Changes since HEAD that matter, because the compiled file does not show their effect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from locksync.documents import parse_toml
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import (
    Requirement,
    decode,
    logical_lines,
    parse_requirement,
    read_option,
)
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.manifest import Input, Inputs, UnprovableError
from locksync.tools.compiled.options import PROJECT_FILES, CompileOptions


class Compilation(NamedTuple):
    """A compile command with its options and what its inputs ask for, in a repository."""

    export: Export
    options: CompileOptions
    inputs: Inputs
    tree: Tree


def changed_files(compilation: Compilation, compiled: CompiledFile) -> list[str]:
    """The input files and settings that differ from HEAD, where that can matter."""
    export, options, inputs, tree = compilation
    settings = [paths.join(export.directory, name) for name in options.settings]
    settings = [path for path in settings if tree.is_file(path) and tree.is_tracked(path)]
    if not (settings or compiled.options or options.strip_extras or options.universal):
        return []
    return sorted(tree.changed((*inputs.files, *settings)))


def options_before(changed: Iterable[str], tree: Tree) -> list[str]:
    """The option lines that the input files had in HEAD."""
    lines = (line for file in changed for line in _lines(tree.committed(file) or b""))
    return [" ".join(option) for option in map(read_option, lines) if option]


def refuse_unseen_changes(compilation: Compilation, changed: Iterable[str]) -> None:
    """Raise UnprovableError for changes since HEAD that an older output would not show."""
    _, options, inputs, tree = compilation
    for file in changed:
        before, now = tree.committed(file) or b"", tree.read(file) or b""
        table = options.settings.get(paths.name(file))
        if table is not None and _settings(before, file, table) != _settings(now, file, table):
            raise UnprovableError(f"the settings in {file} have changed since HEAD")
        if file in inputs.files and paths.name(file) not in PROJECT_FILES:
            items = [item for item in inputs.requirements if item.file == file]
            _refuse_unseen_items(items, before, options)


def _refuse_unseen_items(items: Iterable[Input], before: bytes, options: CompileOptions) -> None:
    """Raise UnprovableError for an item of a file whose change the output would not show."""
    lines = [line for line in _lines(before) if not read_option(line)]
    old = {found.name: found for found in map(parse_requirement, lines)}
    for item in items:
        if item.text not in lines:
            _refuse_unseen_item(item, old.get(item.requirement.name), options)


def _refuse_unseen_item(item: Input, known: Requirement | None, options: CompileOptions) -> None:
    wanted = item.requirement
    if options.strip_extras and known and known.extras != wanted.extras:
        message = f"{item.file}: the output does not show the extras of {wanted.name}"
        raise UnprovableError(message)
    has_marker = wanted.marker or (known and known.marker)
    if (options.universal and has_marker) or (options.moves_references and wanted.url):
        raise UnprovableError(f"{item.file}: {item.text} has changed since HEAD")


def _lines(content: bytes) -> list[str]:
    return [line for _, line in logical_lines(decode(content))]


def _settings(content: bytes, file: str, table: str) -> object:
    """The tool's settings in a file: a table of `[tool]`, or the whole file for ""."""
    document = parse_toml(content, file)
    return document.table("tool").values.get(table) if table else document.values
