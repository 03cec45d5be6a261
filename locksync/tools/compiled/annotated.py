"""The export of a compiled file whose header names no command that tells its inputs.

A team's own command (CUSTOM_COMPILE_COMMAND) hides the real one, and so does pip-compile-multi.
What the pins are annotated with names the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.requirements.limits import excess
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import CompiledFile, parse_compiled
from locksync.tools.compiled.named_files import nearest
from locksync.tools.compiled.options import PROJECT_FILES, CompileOptions, Compiler
from locksync.tools.compiled.proof.annotations import file_source

GROUP = re.compile(r".*\((?P<file>[^():]+):(?P<group>[\w.-]+)\)")


class Named(NamedTuple):
    """What an annotation names, as written."""

    option: str
    """How the command is given the file: "-r", "-c", or "--group" for a group of it."""
    file: str
    group: str = ""


def annotated_export(
    compiler: Compiler, path: str, options: CompileOptions | None, command: str, tree: Tree
) -> Export | None:
    """The export that the annotations of a file tell of; None unless its inputs are found.

    `options` are those of the header, where it has them.
    """
    content = tree.read(path) or b""
    if excess(content):
        return None
    compiled = parse_compiled(decode(content))
    named_ones = [named for named in _named(compiled) if _is_told(named, compiled)]
    found = [(named, nearest(named.file, path, tree)) for named in named_ones]
    inputs = [(named, file) for named, file in found if file]
    if len(inputs) < len(found):
        return None
    sources = tuple(dict.fromkeys(file for named, file in inputs if named.option == "-r"))
    groups = [f"{file}:{named.group}" for named, file in inputs if named.option == "--group"]
    if compiled.is_layered or not (sources or groups):
        sources = _source_beside(path, tree)
    if not (sources or groups):
        return None
    constraints = (file for named, file in inputs if named.option == "-c")
    arguments = (
        *compiler.write(options or _shown_by(compiled)),
        *_extras(compiled, sources, tree),
        *(f"--group={group}" for group in dict.fromkeys(groups)),
        *(f"--constraint={file}" for file in dict.fromkeys(constraints)),
        *("-o", path),
        *sources,
    )
    return Export(compiler.tool, "", arguments, path, command or join_words(compiler.command))


def _shown_by(compiled: CompiledFile) -> CompileOptions:
    """The options that the pins show."""
    requirements = [pin.requirement for pin in compiled.pins]
    return CompileOptions(
        sources=(),
        output=None,
        hashes=any(found.hashes for found in requirements),
        strip_extras=not any(found.extras for found in requirements),
        # Only a universal file of uv has markers, and pip-compile has no such option.
        universal=any(found.marker for found in requirements),
        unpinned=compiled.excluded,
    )


def _is_told(named: Named, compiled: CompiledFile) -> bool:
    """Whether the command is given the file; pip-compile-multi constrains by outputs of its own."""
    return not (compiled.is_layered and named.option == "-c")


def _named(compiled: CompiledFile) -> Iterator[Named]:
    """What the annotations name, but for packages and build backends."""
    for source in dict.fromkeys(source for pin in compiled.pins for source in pin.sources):
        match = file_source(source)
        if match and match["option"]:
            yield Named(match["option"], match["path"])
        elif match and paths.name(match["file"].replace("\\", "/")) in PROJECT_FILES:
            group = GROUP.fullmatch(source)
            is_group = group is not None
            yield Named(
                "--group" if is_group else "-r", match["file"], group["group"] if group else ""
            )


def _source_beside(path: str, tree: Tree) -> tuple[str, ...]:
    """The input file beside a file that it is compiled into by default."""
    source = re.sub(r"\.[^./]*$", "", path) + ".in"
    return (source,) if is_known(source, tree) else ()


def _extras(compiled: CompiledFile, sources: tuple[str, ...], tree: Tree) -> list[str]:
    """The options for the extras of projects that their annotated pins call for."""
    projects = [source for source in sources if paths.name(source) in PROJECT_FILES]
    if not projects:
        return []
    from locksync.tools.compiled.extras import extras_called_for

    found = (name for file in projects for name in extras_called_for(file, compiled, tree))
    return [f"--extra={name}" for name in dict.fromkeys(found)]
