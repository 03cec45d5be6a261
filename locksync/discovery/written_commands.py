"""The export commands that a repository holds: in hooks, makefiles, workflows, scripts, texts.

They are read, never run, and none of them is proof: whoever asks takes those alone that give the
bytes of a file that is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from locksync.command_line import Command, redirect
from locksync.command_line.shell import UNKNOWN, ShellCommand, read_script
from locksync.discovery.command_files import DOCUMENT, HOOKS, CommandFile, command_files
from locksync.discovery.faults import Faults
from locksync.discovery.snippet_commands import (
    OWN_DIRECTORY,
    TOP_DIRECTORY,
    FoundCommand,
    commands_of,
    commands_of_shell,
    programs,
    subcommands,
)
from locksync.findings import FindingError
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.tools.registry import TOOLS, read_export
from locksync.tools.runners import PYTHON, program_name

if TYPE_CHECKING:
    from locksync.discovery.structured_snippets import Hook

LARGEST_FILE = 200_000
LONGEST_LINE = 2000
MOST_FILES = 300
MOST_IN_FILE = 100
MOST_COMMANDS = 500
MOST_PLACES = 20
# Commands that show their words, or search for them.
TELLS = frozenset(("echo", "printf", "grep", "rg", "alias", "which", "rem", "Write-Host"))
APPENDED_TO = re.compile(r">>\s*(\"[^\"\n]*|'[^'\n]*|[^\s;&|]*)")
EDITOR, IN_PLACE = re.compile(r"\b(?:sed|perl)\b"), re.compile(r"\s-\w*i")


class WrittenCommand(NamedTuple):
    """An export command that stands in a file."""

    export: Export
    """What it stands for, in a directory where it may be run."""
    file: str
    line: int
    is_processed: bool = False
    """Whether something there edits what the tool writes, so that the output has not its bytes."""


def find_written_commands(tree: Tree, faults: Faults | None = None) -> Iterator[WrittenCommand]:
    """The export commands that the tracked files of a repository hold, file by file.

    One that may be run in several directories comes once for each that has what it reads.
    """
    seen: set[tuple[Export, bool]] = set()
    files = islice(command_files(tree.files()), MOST_FILES)
    each = (faults or Faults()).each
    for written in each(files, lambda file: _commands_in(file, tree), lambda file: file.path):
        key = (written.export, written.is_processed)
        if key not in seen:
            seen.add(key)
            yield written
        if len(seen) >= MOST_COMMANDS:
            return


def _commands_in(file: CommandFile, tree: Tree) -> Iterator[WrittenCommand]:
    try:
        content = tree.read(file.path) or b""
        text = content.decode(errors="replace") if len(content) <= LARGEST_FILE else ""
        if not any(program in text for program in programs()) or not subcommands().search(text):
            return
        parts = _of_hooks(text, tree) if file.kind == HOOKS else _of_text(file, text)
        once: dict[tuple[ShellCommand, bool], FoundCommand] = {}
        for found in parts:
            once.setdefault((found.part._replace(end=""), found.is_whole), found)
        edited = _edited_places(text)
        for found in islice(once.values(), MOST_IN_FILE):
            yield from _written(found, file, tree, edited)
    except (FindingError, RecursionError):
        return  # What is wrong with a file is told where it matters.


def _of_text(file: CommandFile, text: str) -> Iterator[FoundCommand]:
    for snippet in file.snippets(text):
        yield from commands_of(snippet, is_prose=file.kind == DOCUMENT)


def _of_hooks(text: str, tree: Tree) -> Iterator[FoundCommand]:
    """The commands of the hooks for pre-commit: the tools' own, ours, and those of the team."""
    from locksync.discovery.structured_snippets import hooks_of

    for hook in hooks_of(text):
        if hook.entry:
            yield from _of_entry(hook.entry, hook)
            continue
        for words in _words_of_hook(hook, tree):
            try:
                yield FoundCommand(ShellCommand(redirect(words)), hook.line, is_whole=True)
            except ValueError:
                continue  # pre-commit gives it to no shell either.


def _of_entry(entry: str, hook: Hook) -> Iterator[FoundCommand]:
    try:
        parts = read_script(entry, lambda name: None)
    except ValueError:
        return
    if len(parts) == 1:
        words = (*parts[0].command.words, *(hook.arguments or ()))
        parts = [parts[0]._replace(command=parts[0].command._replace(words=words))]
        yield from commands_of_shell(words, hook.line)
    yield from (FoundCommand(part, hook.line) for part in parts)


def _words_of_hook(hook: Hook, tree: Tree) -> Iterator[tuple[str, ...]]:
    """The commands of a hook whose repository says how it is run."""
    for tool in TOOLS.values():
        for own in tool.about.own_hooks:
            if (own.repository, own.id) == (hook.repository, hook.id):
                arguments = own.arguments if hook.arguments is None else hook.arguments
                yield (*tool.about.command, *arguments)
                return
    for tool in TOOLS.values():
        if tool.about.hook == hook.id and hook.arguments is not None:
            yield (*tool.about.command, *hook.arguments)
        elif tool.about.hook == hook.id:
            names = paths.by_directory(tree.files()).get("", frozenset())
            defaults = tool.discover("", names, tree)
            yield from ((*tool.about.command, *arguments) for arguments in defaults)


def _written(
    found: FoundCommand, file: CommandFile, tree: Tree, edited: str
) -> Iterator[WrittenCommand]:
    """What is found, once for each directory in which it may be run."""
    part = found.part
    if part.odd and not part.command.stdout:
        return  # Something else takes its output.
    for stdout in part.compared or (part.command.stdout,):
        command = part.command._replace(stdout=None if stdout == "/dev/null" else stdout)
        for export in _exports(command, found.is_whole, file, tree):
            is_processed = bool(part.odd) or _is_edited(export, edited)
            yield WrittenCommand(export, file.path, found.line, is_processed)


def _exports(command: Command, is_whole: bool, file: CommandFile, tree: Tree) -> Iterator[Export]:
    """The exports that a command may stand for: one for each directory that has what it reads."""
    places = [*_places(command.directory, file)]
    # Reading the options is what takes time: it is done once, and what was read then moved.
    reads = (_export(command._replace(directory=place), base, is_whole) for base, place in places)
    at, first = next(((at, export) for at, export in enumerate(reads) if export), (0, None))
    if first is None:
        return
    source = paths.relative(TOOLS[first.tool].inputs(first)[0], first.directory)
    down = paths.relative(first.directory, places[at][0])
    found = False
    for base, _ in places[at:]:
        moved = _moved(first, base, down, source)
        if moved and moved.lock:
            moved = TOOLS[moved.tool].locate(moved, tree)
        if moved and _is_there(moved, source, tree):
            found = True
            yield moved
    if not found:
        yield from islice(_elsewhere(first, source, tree), MOST_PLACES)


def _moved(export: Export, base: str, down: str, source: str) -> Export | None:
    """An export with its command run below another directory."""
    output = paths.relative(export.output, export.directory)
    try:
        directory = paths.join(base, down)
        lock = paths.join(directory, source) if export.lock else ""
        return export._replace(directory=directory, output=paths.join(directory, output), lock=lock)
    except ValueError:
        return None


def _is_there(export: Export, source: str, tree: Tree) -> bool:
    """Whether what the command reads first is there, or was."""
    try:
        path = export.lock or paths.join(export.directory, source)
    except ValueError:
        return False
    return is_known(path, tree)


def _elsewhere(export: Export, source: str, tree: Tree) -> Iterator[Export]:
    """The same command in each directory that has what it reads first."""
    last = paths.name(source)
    for file in paths.named(tree.files(), last.__eq__):
        if file == source or file.endswith("/" + source):
            moved = _moved(export, file[: -len(source)].rstrip("/"), ".", source)
            if moved:
                yield moved


def _places(directory: str, file: CommandFile) -> Iterator[tuple[str, str]]:
    """Where a command may be run: a directory of the repository, and one relative to it."""
    for place, base in ((OWN_DIRECTORY, paths.parent(file.path)), (TOP_DIRECTORY, "")):
        if directory.startswith(place):
            yield base, directory[len(place) :].lstrip("/")
            return
    is_told = UNKNOWN not in directory and not directory.startswith("/")
    yield from ((base, directory if is_told else "") for base in file.directories)


def _export(command: Command, directory: str, is_whole: bool) -> Export | None:
    """The export that a command stands for, or else the first that other words are put before."""
    words = tuple(word for word in command.words if word)
    for at, word in enumerate(words):
        if at and (is_whole or words[0] in TELLS):
            return None
        if not _may_start(word) and at:
            continue
        left = words[at:] if word != "-m" else ("python", *words[at:])
        told = (*left, command.stdout or "", command.directory)
        if "--help" in left or any(UNKNOWN in part for part in told):
            continue
        try:
            return read_export(command._replace(words=left), directory)
        except ValueError:
            continue
    return None


def _may_start(word: str) -> bool:
    name = program_name(word)
    return word == "-m" or name in programs() or PYTHON.fullmatch(name) is not None


def _edited_places(text: str) -> str:
    """What the lines of a file append to or edit in place, each in a line of its own."""
    lines = (line[:LONGEST_LINE] for line in text.splitlines() if line.lstrip()[:1] != "#")
    return "\n".join(place for line in lines for place in _places_in(line))


def _places_in(line: str) -> Iterator[str]:
    yield from APPENDED_TO.findall(line)
    editor = EDITOR.search(line)
    in_place = editor and IN_PLACE.search(line, editor.end())
    if in_place:
        yield line[in_place.end() :]


def _is_edited(export: Export, edited: str) -> bool:
    name = re.escape(paths.name(export.output))
    return re.search(rf"(?<![\w.-]){name}(?![\w-])", edited) is not None
