"""The compile commands that may have written a file, or that a directory calls for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from locksync.command_line import as_argument, join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.traces import Traces
from locksync.tools.compiled.inputs import included_by
from locksync.tools.compiled.lock import named_sources, parse_compiled
from locksync.tools.compiled.options import CompileOptions, Compiler

INPUT_NAME = re.compile(r"requirements\.in|.+-requirements\.in|requirements-.+\.in")


def main_inputs(directory: str, names: Collection[str], tree: Tree) -> Iterator[str]:
    """The names of the input files to compile: those that no other input includes."""
    is_for_inputs = paths.name(directory) == "requirements"
    found = sorted(
        name
        for name in names
        if INPUT_NAME.fullmatch(name) or (is_for_inputs and name.endswith(".in"))
    )
    if not found:
        return
    included = {
        other
        for name in names
        if name.endswith(".in")
        for other in included_by(tree, paths.join(directory, name))
    }
    yield from (name for name in found if paths.join(directory, name) not in included)


def candidates(compiler: Compiler, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
    """The exports, run in a directory, that may have written a file without a header."""
    compiled = parse_compiled(traces.text)
    sources = named_sources(compiled)
    if compiled.command or not sources or any(source.startswith("-") for source in sources):
        return
    if not all(_is_in(directory, source, tree) for source in sources):
        return
    output = as_argument(paths.relative(traces.path, directory))
    options = _traced(compiler.read(sources), traces)
    for strip_extras in (options.strip_extras, not options.strip_extras):
        flags = compiler.write(options._replace(strip_extras=strip_extras))
        words = ("--no-header", *flags, "-o", output, *sources)
        command = join_words((*compiler.command, *words))
        yield Export(compiler.tool, directory, words, traces.path, command)


def _traced(usual: CompileOptions, traces: Traces) -> CompileOptions:
    """The usual options, adjusted to what the file shows."""
    pins_all = bool(usual.unpinned & {*traces.names})
    return usual._replace(
        hashes=traces.hashes, unpinned=frozenset() if pins_all else usual.unpinned
    )


def _is_in(directory: str, name: str, tree: Tree) -> bool:
    try:
        return paths.join(directory, name) in tree.files()
    except ValueError:
        return False
