"""The export that the header of a compiled file tells of."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import CompiledFile, named_sources, parse_compiled, read_header
from locksync.tools.compiled.options import (
    CompileOptions,
    Compiler,
    default_output,
    groups_of,
    sources_of,
)


def from_header(compiler: Compiler, path: str, head: bytes, tree: Tree) -> Export | None:
    """The export that a compiled file's header tells of; None if its inputs are not found."""
    command = read_header(decode(head))[0] or ""
    words = _split(command)
    size = len(compiler.command)
    options = None
    if words[:size] == compiler.command:
        arguments = words[size:]
        try:
            options = compiler.read(arguments)
        except ValueError:
            return None
        for directory in (*paths.upwards(paths.parent(path)), *_beside(options, tree)):
            if _ran_in(directory, path, options, tree):
                return Export(compiler.tool, directory, arguments, path, join_words(words))
    elif words[:1] == compiler.command[:1]:
        return None  # Another command of the same program.
    return _inferred(compiler, path, options, command, tree)


def _split(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return ()


def _beside(options: CompileOptions, tree: Tree) -> Iterator[str]:
    """The directories that hold a file named like the first source."""
    name = paths.name(options.sources[0]) if options.sources else ""
    yield from (paths.parent(file) for file in sorted(tree.files()) if paths.name(file) == name)


def _ran_in(directory: str, path: str, options: CompileOptions, tree: Tree) -> bool:
    """Whether the command, run in a directory, reads files that are there and writes the path."""
    try:
        place = Export("", directory, (), path, "")
        files = [*sources_of(place, options)[0], *(file for file, _ in groups_of(place, options))]
        output = paths.join(directory, options.output or default_output(options.sources[0]))
    except (ValueError, IndexError):
        return False
    return output == path and bool(files) and all(_is_known(file, tree) for file in files)


def _is_known(path: str, tree: Tree) -> bool:
    return path in tree.files() or tree.is_deleted(path)


def _inferred(
    compiler: Compiler, path: str, options: CompileOptions | None, command: str, tree: Tree
) -> Export | None:
    """The export of a file whose header names another command, or one that ran elsewhere."""
    compiled = parse_compiled(decode(tree.read(path) or b""))
    sources = _annotated_sources(path, compiled, tree)
    if not sources:
        return None
    options = options or CompileOptions(
        sources=sources,
        output=path,
        hashes=any(pin.requirement.hashes for pin in compiled.pins),
        strip_extras=not any(pin.requirement.extras for pin in compiled.pins),
        unpinned=compiled.excluded,
    )
    arguments = (*compiler.write(options), "-o", path, *sources)
    return Export(compiler.tool, "", arguments, path, command or join_words(compiler.command))


def _annotated_sources(path: str, compiled: CompiledFile, tree: Tree) -> tuple[str, ...]:
    """The input files that the annotations name; none unless all are found."""
    found = [_nearest(name, path, tree) for name in named_sources(compiled)]
    return tuple(dict.fromkeys(file for file in found if file)) if all(found) else ()


def _nearest(name: str, path: str, tree: Tree) -> str | None:
    """The file that a name in an annotation means.

    The command may have run anywhere, even above the repository or on another machine. So this
    searches from the output's directory upwards, first for the whole name, then for less of it.
    """
    name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    for start in range(len(parts)):
        for directory in paths.upwards(paths.parent(path)):
            file = "/".join((*directory.split("/"), *parts[start:])).lstrip("/")
            is_close = start == 0 or (
                start < len(parts) - 1
                if name.startswith("/")
                else paths.parent(file) == paths.parent(path)
            )
            if is_close and _is_known(file, tree) and file != path:
                return file
    return None
