"""Compile commands: where they ran, what they read and write, as headers and configuration say."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.command_line import as_argument, join_words
from locksync.documents import parse_toml, refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export, How
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode, logical_lines, parse_requirement, read_option
from locksync.requirements.traces import Traces
from locksync.tools.compiled.inputs import Inputs, UnprovableError, Wanted, included_by, read_inputs
from locksync.tools.compiled.options import (
    PROJECT_FILES,
    CompileOptions,
    ReadOptions,
    default_output,
    groups_of,
    sources_of,
)
from locksync.tools.compiled.output import CompiledFile, parse_compiled, read_header
from locksync.tools.compiled.prove import (
    Expected,
    Reason,
    UndecidableError,
    kept_hashes,
    normal_option,
    prove,
)
from locksync.tools.shared.arguments import refuse_unknown, unsupported
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL

NEWEST_PYTHON = (3, 14)
OLDEST_PYTHON = (3, 7)
LAST_PATCH = 30
"""A higher number than that of any release of a Python version."""


INPUT_NAME = re.compile(r"requirements\.in|.+-requirements\.in|requirements-.+\.in")


def main_inputs(directory: str, names: Collection[str], tree: Tree) -> Iterator[str]:
    """The names of input files that are to be compiled: those that no other one includes."""
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


class Compiler(NamedTuple):
    """A tool that compiles, as far as its headers go."""

    tool: str
    command: tuple[str, ...]
    read: ReadOptions
    write: Callable[[CompileOptions], tuple[str, ...]]
    """The arguments for those of the options that matter to a proof."""

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        """The export that a compiled file's header tells of, None if its inputs are not found."""
        command = read_header(decode(head))[0] or ""
        try:
            words = tuple(shlex.split(command))
        except ValueError:
            words = ()
        if words[:1] == self.command[:1] and words[: len(self.command)] != self.command:
            return None
        options = None
        if words[: len(self.command)] == self.command:
            arguments = words[len(self.command) :]
            try:
                options = self.read(arguments)
            except ValueError:
                return None
            for directory in (*_ancestors(path), *_beside(options, tree)):
                if _is_there(path, directory, options, tree):
                    return Export(self.tool, directory, arguments, path, join_words(words))
        return self._inferred(path, options, command, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        """The exports, run in a directory, that may have written a file without a header."""
        compiled = parse_compiled(traces.text)
        if compiled.command:
            return
        sources = _named_sources(compiled)
        found = [_known_in(directory, source, tree) for source in sources]
        if not sources or not all(found) or any(source.startswith("-") for source in sources):
            return
        output = as_argument(paths.relative(traces.path, directory))
        usual = self.read(sources)
        options = usual._replace(
            hashes=traces.hashes,
            unpinned=frozenset() if usual.unpinned & {*traces.names} else usual.unpinned,
        )
        for strip_extras in (usual.strip_extras, not usual.strip_extras):
            flags = self.write(options._replace(strip_extras=strip_extras))
            words = ("--no-header", *flags, "-o", output, *sources)
            command = join_words((*self.command, *words))
            yield Export(self.tool, directory, words, traces.path, command)

    def _inferred(
        self, path: str, options: CompileOptions | None, command: str, tree: Tree
    ) -> Export | None:
        """The export of a file whose command was not found where it ran, or is not the tool's."""
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
        arguments = (*self.write(options), "-o", path, *sources)
        return Export(self.tool, "", arguments, path, command or join_words(self.command))


def _ancestors(path: str) -> Iterator[str]:
    while path:
        path = paths.parent(path)
        yield path


def _beside(options: CompileOptions, tree: Tree) -> Iterator[str]:
    """Directories with a file of the name of the first source."""
    name = paths.name(options.sources[0]) if options.sources else ""
    yield from (paths.parent(file) for file in sorted(tree.files()) if paths.name(file) == name)


def _is_there(path: str, directory: str, options: CompileOptions, tree: Tree) -> bool:
    """Whether a command run in a directory would read files that are there and write the path."""
    try:
        place = Export("", directory, (), path, "")
        files = [*sources_of(place, options)[0], *(file for file, _ in groups_of(place, options))]
        output = paths.join(directory, options.output or default_output(options.sources[0]))
    except (ValueError, IndexError):
        return False
    return output == path and bool(files) and all(_is_known(file, tree) for file in files)


def _is_known(path: str, tree: Tree) -> bool:
    return path in tree.files() or tree.is_deleted(path)


def _annotated_sources(path: str, compiled: CompiledFile, tree: Tree) -> tuple[str, ...]:
    """The input files that the annotations of a compiled file name, where they can be found."""
    found = [_nearest(name, path, tree) for name in _named_sources(compiled)]
    return tuple(dict.fromkeys(file for file in found if file)) if all(found) else ()


def _named_sources(compiled: CompiledFile) -> tuple[str, ...]:
    """The input files that the annotations of a compiled file name."""
    named = (
        source.removeprefix("-r ").strip()
        for pin in compiled.pins
        for source in pin.sources
        if source.startswith("-r ")
    )
    return tuple(dict.fromkeys(named))


def _known_in(directory: str, name: str, tree: Tree) -> bool:
    try:
        return paths.join(directory, name) in tree.files()
    except ValueError:
        return False


def _nearest(name: str, path: str, tree: Tree) -> str | None:
    """The file that a name in an annotation means: the command may have run anywhere.

    Tried from the directory of the output upwards, with all of the name and then with less: the
    command may have run above the repository, or on another machine.
    """
    name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    for start in range(len(parts)):
        for directory in _ancestors(path):
            file = "/".join((*directory.split("/"), *parts[start:])).lstrip("/")
            is_close = start == 0 or (
                start < len(parts) - 1
                if name.startswith("/")
                else paths.parent(file) == paths.parent(path)
            )
            if is_close and _is_known(file, tree) and file != path:
                return file
    return None


def answer_by_proof(
    export: Export,
    tree: Tree,
    options: CompileOptions,
    expected: Callable[[CompiledFile], Expected],
) -> Answer:
    """Whether the output still is what its inputs ask for. Raises FindingError."""
    refuse_unknown(export, options.unsupported)
    if options.unprovable:
        raise unsupported(export, f"the effect of {options.unprovable} cannot be told")
    content = tree.read(export.output)
    wanted = Wanted(
        extras=options.extras,
        all_extras=options.all_extras,
        expands_itself=options.expands_itself,
        groups=tuple(groups_of(export, options)),
    )
    try:
        inputs = read_inputs(tree, *sources_of(export, options), wanted)
        files = (*inputs.files, *inputs.constraint_files)
        if content is None:
            return Answer(None, (), How.PROVED, inputs=files)
        try:
            refuse_conflict(content, export.output)
        except FindingError as error:
            return Answer(None, (error.finding,), How.PROVED, inputs=files)
        compiled = parse_compiled(decode(content))
        facts = expected(compiled)
        facts = facts._replace(options=_output_lines(inputs, options))
        changed = _changed(export, inputs, options, compiled, tree)
        if changed:
            facts = facts._replace(dropped_options=_options_before(changed, tree))
        reasons = prove(compiled, inputs, facts)
        if not reasons and facts.corrects_hashes and options.hashes:
            before = parse_compiled(decode(tree.committed(export.output) or b""))
            reasons = kept_hashes(compiled, before, export.output)
        if changed and not reasons and content == tree.committed(export.output):
            _refuse_unseen_changes(changed, inputs, options, tree)
    except (UnprovableError, UndecidableError) as error:
        raise unsupported(export, str(error)) from error
    return _answer(export, reasons, files)


def _output_lines(inputs: Inputs, options: CompileOptions) -> tuple[str, ...]:
    """The option lines that the output is to have."""
    default = f"--index-url {DEFAULT_INDEX_URL}"
    return tuple(
        line
        for line in (*inputs.options, *options.output_options)
        if line.partition(" ")[0] not in options.hidden_options and line.rstrip("/") != default
    )


def _changed(
    export: Export, inputs: Inputs, options: CompileOptions, compiled: CompiledFile, tree: Tree
) -> list[str]:
    """The input files and settings that differ from HEAD, where that could matter."""
    settings = [paths.join(export.directory, name) for name in options.settings]
    settings = [path for path in settings if tree.is_file(path) and tree.is_tracked(path)]
    if not (settings or compiled.options or options.strip_extras or options.universal):
        return []
    return sorted(tree.changed((*inputs.files, *settings)))


def _options_before(changed: Iterable[str], tree: Tree) -> frozenset[str]:
    """The option lines that input files had in HEAD."""
    options = (
        read_option(line)
        for file in changed
        for _, line in logical_lines(decode(tree.committed(file) or b""))
    )
    return frozenset(normal_option(" ".join(option)) for option in options if option)


def _refuse_unseen_changes(
    changed: Iterable[str], inputs: Inputs, options: CompileOptions, tree: Tree
) -> None:
    """Raise UndecidableError for changes since HEAD that an output of before does not show."""
    for file in changed:
        before = tree.committed(file) or b""
        table = options.settings.get(paths.name(file))
        now = tree.read(file) or b""
        if table is not None and _settings(before, file, table) != _settings(now, file, table):
            raise UndecidableError(f"the settings in {file} are not those of HEAD")
        if file not in inputs.files or paths.name(file) in PROJECT_FILES:
            continue
        lines = [line for _, line in logical_lines(decode(before)) if not read_option(line)]
        old = {found.name: found for found in map(parse_requirement, lines)}
        for item in inputs.requirements:
            if item.file != file or item.text in lines:
                continue
            wanted, known = item.requirement, old.get(item.requirement.name)
            if options.strip_extras and known and known.extras != wanted.extras:
                reason = f"{file}: the output does not show the extras of {wanted.name}"
                raise UndecidableError(reason)
            has_marker = wanted.marker or (known and known.marker)
            if (options.universal and has_marker) or (options.moves_references and wanted.url):
                raise UndecidableError(f"{file}: {item.text} is not what it was in HEAD")


def _settings(content: bytes, file: str, table: str) -> object:
    """The settings of the tool in a file: a table of `[tool]`, or all of it for ""."""
    document = parse_toml(content, file)
    return document.table("tool").values.get(table) if table else document.values


def _answer(export: Export, reasons: Sequence[Reason], files: tuple[str, ...]) -> Answer:
    if not reasons:
        return Answer(None, (), How.PROVED, inputs=files)
    first = reasons[0]
    others = map(_sentence, reasons[1:])
    said = first.message if first.file == export.output else _sentence(first)
    finding = Finding(Code.STALE, f"{export.output} is stale: {said}", first.file, first.line)
    return Answer(None, (finding,), How.PROVED, tuple(others), files)


def _sentence(reason: Reason) -> str:
    place = f"{reason.file}:{reason.line}" if reason.line else reason.file
    return f"{place}: {reason.message}"


def environments(
    here: Mapping[str, str], python: str | None, platform: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """The marker environments of a Python version on a platform, of any Python for None.

    `here` is the environment of the running Python: the platform is its own unless given.
    """
    if python is None:
        versions = [f"3.{minor}" for minor in range(OLDEST_PYTHON[1], NEWEST_PYTHON[1] + 1)]
    else:
        versions = [".".join(python.split(".")[:2])]
    exact = [python] if python and python.count(".") == 2 else []
    return [
        {
            **here,
            **platform,
            "python_version": version,
            "python_full_version": full,
            "implementation_version": full,
            "extra": "",
        }
        for version in versions
        for full in exact or (f"{version}.0", f"{version}.{LAST_PATCH}")
    ]


def compiled_python(export: Export, tree: Tree) -> str | None:
    """The Python version that the header of the output names, None where there is none."""
    return read_header(decode(tree.read(export.output) or b""))[1]


def refuse_to_run(export: Export, command: tuple[str, ...], options: CompileOptions) -> None:
    """Raise FindingError for what is not to be run: a header is data, and no order."""
    if not export.command.startswith(join_words((*command, *export.arguments))):
        reason = f"`{export.command}` compiled it, which is not run here"
    elif options.unsupported:
        reason = f"the effect of {' '.join(options.unsupported)} is not known"
    else:
        return
    message = (
        f"{export.output} is not regenerated: {reason}: run the command by hand, or put a "
        f"`{join_words(command)}` command into the configuration"
    )
    raise FindingError(Finding(Code.REFUSED, message, export.output))
