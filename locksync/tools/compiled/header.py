"""The export that the header of a compiled file tells of."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import read_header
from locksync.tools.compiled.named_files import nearest
from locksync.tools.compiled.options import (
    CompileOptions,
    Compiler,
    default_output,
    default_source,
    groups_of,
    sources_of,
)
from locksync.tools.protocol import About
from locksync.tools.shared.subcommands import header_arguments

Words = tuple[str, ...]
MANIFEST = "pyproject.toml"


def from_header(
    compiler: Compiler, about: About, path: str, head: bytes, tree: Tree
) -> Export | None:
    """The export that a compiled file's header tells of; None if its inputs are not found."""
    command = read_header(decode(head))[0] or ""
    words = split(command)
    try:
        given = header_arguments(words, about)
        options = None if given is None else compiler.read(given)
    except ValueError:
        return None
    if given is not None and options:
        # Where it started says nothing: its files are looked for from where it ran.
        found = _Header(compiler, given, options, path, tree).export()
        if found or options.sources:
            return found  # Without one of its sources, the command fails.
    elif words[:1] == compiler.command[:1]:
        return None  # Another command of the same program.
    if path.endswith(".toml"):
        return None  # Nothing but the command tells what it was compiled from.
    from locksync.tools.compiled.annotated import annotated_export

    return annotated_export(compiler, path, options, command, tree)


def split(command: str) -> Words:
    """The words of a command in a header; a backslash there belongs to a path of Windows."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        return tuple(lexer)
    except ValueError:
        return ()


class _Header:
    """The command of a header, and the file that it stands in."""

    def __init__(
        self, compiler: Compiler, arguments: Words, options: CompileOptions, path: str, tree: Tree
    ) -> None:
        self.compiler = compiler
        self.arguments = arguments
        self.options = options
        self.path = path
        self.tree = tree

    def export(self) -> Export | None:
        """The export, if its input files are there: exactly as named, or else nearly so."""
        near: list[str] = []
        for place in self._places():
            if place not in near and self._has_inputs(place):
                if self._writes(place):
                    return self._as_given(place)
                near.append(place)
        return self._under_another_name(near[0]) if near else self._moved()

    def _places(self) -> Iterator[str]:
        """The directories in which the command may have run, the likeliest first."""
        yield from paths.upwards(paths.parent(self.path))
        files = self.tree.files()
        for source in map(_with_slashes, self.options.sources[:1]):
            tail = "/" + source.removeprefix("./")
            alike = (f"/{file}" for file in paths.named(files, paths.name(tail).__eq__))
            yield from (file[1 : -len(tail)] for file in alike if file.endswith(tail))
        named = (*self.options.sources, self.options.output or "")
        if any(_with_slashes(name).startswith("../") for name in named):
            yield from sorted(paths.by_directory(files))

    def _located(self, place: str) -> Export:
        export = Export(self.compiler.tool, place, self.arguments, self.path, "")
        if self.options.sources or not self.options.defaults:
            return export
        return export._replace(lock=default_source(place, self.options, self.tree))

    def _has_inputs(self, place: str) -> bool:
        """Whether the command, run in a directory, reads files that are there."""
        try:
            export = self._located(place)
            sources, constraints = sources_of(export, self.options)
            groups = [file for file, _ in groups_of(export, self.options)]
        except ValueError:
            return False
        files = [*sources, *constraints, *groups]
        return bool(sources or groups) and all(self._is_there(file) for file in files)

    def _is_there(self, path: str) -> bool:
        """Whether a file is there; one that no clone has is told with the verdict."""
        return is_known(path, self.tree) or self.tree.is_file(path)

    def _writes(self, place: str) -> bool:
        """Whether the command, run in a directory, writes the file."""
        try:
            output = paths.join(place, self.options.output or default_output(self.options))
        except ValueError:
            return False
        return self.path in (output, self.tree.target(output))

    def _as_given(self, place: str) -> Export:
        names = (*self.options.sources, *self.options.constraints, self.options.output or "")
        renamed = {name: _with_slashes(name) for name in names}
        arguments = tuple(_renamed(word, renamed) for word in self.arguments)
        command = join_words((*self.compiler.command, *arguments))
        return self._located(place)._replace(arguments=arguments, command=command)

    def _under_another_name(self, place: str) -> Export:
        """The export of a command that wrote to another file, which was moved here since."""
        return self._rewritten(place, {})

    def _moved(self) -> Export | None:
        """The export of a command whose files are elsewhere here: run above, or before a move."""
        renamed: dict[str, str] = {}
        for name in (*self.options.sources, *self.options.constraints):
            renamed[name] = nearest(name, self.path, self.tree) or ""
        for group in self.options.groups:
            file, _, name = group.rpartition(":")
            found = nearest(file or MANIFEST, self.path, self.tree)
            renamed[group] = f"{found}:{name}" if found else ""
        return self._rewritten("", renamed) if renamed and all(renamed.values()) else None

    def _rewritten(self, place: str, renamed: Mapping[str, str]) -> Export:
        words = (*self.compiler.command, *self.arguments)
        output = paths.relative(self.path, place)
        arguments = ("-o", output, *_without_output(self.arguments, renamed))
        return self._located(place)._replace(arguments=arguments, command=join_words(words))


def _without_output(arguments: Words, renamed: Mapping[str, str]) -> Iterator[str]:
    """The arguments without the one for the output, and with other names for files."""
    rest = iter(arguments)
    for word in rest:
        name = word.partition("=")[0]
        if word in ("-o", "--output-file"):
            next(rest, None)
        elif name != "--output-file" and not (word.startswith("-o") and word[:2] != "--"):
            yield _renamed(word, renamed)


def _renamed(word: str, renamed: Mapping[str, str]) -> str:
    """A word of a command, with another name for the file that it is or gives."""
    name, equals, value = word.partition("=")
    is_named = bool(equals) and value in renamed
    return f"{name}={renamed[value]}" if is_named else renamed.get(word, word)


def _with_slashes(path: str) -> str:
    return path.replace("\\", "/")
