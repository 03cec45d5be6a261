"""Changes that matter, because the compiled file does not show their effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.documents import Table, parse_toml
from locksync.findings import FindingError
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.limits import excess
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import decode
from locksync.tools.compiled.inputs import read_inputs
from locksync.tools.compiled.lock import CompiledFile, parse_compiled
from locksync.tools.compiled.manifest import Files, Input, Inputs, UnprovableError, Wanted
from locksync.tools.compiled.options import CompileOptions, sources_of
from locksync.tools.compiled.proof.annotations import file_source, source_name
from locksync.tools.compiled.proof.facts import Expected, Reason

Expect = Callable[[CompiledFile], Expected]
"""What a command asks of a compiled file, option lines aside."""
NOTHING = Inputs((), (), (), (), ())


class Compilation(NamedTuple):
    """A compile command with its options and what its inputs ask for, in a repository."""

    export: Export
    options: CompileOptions
    wanted: Wanted
    inputs: Inputs
    tree: Tree
    expect: Expect


class Then(NamedTuple):
    """The files of an earlier state. It asks the tree, so that a memory knows of the answers."""

    root: str
    read: Callable[[str], bytes | None]

    def exists(self, path: str) -> bool:
        """Whether the state has the file."""
        return self.read(path) is not None


class Change(NamedTuple):
    """The input files and settings that differ from an earlier state of the repository."""

    since: str
    """That state, as messages name it."""
    files: tuple[str, ...]
    before: Files
    inputs: Inputs
    """What the inputs asked for then; nothing where that cannot be told."""


def changes_of(compilation: Compilation, compiled: CompiledFile) -> list[Change]:
    """The changes that can matter: since HEAD, and since the output was last committed."""
    export, _, _, inputs, tree, _ = compilation
    if not may_hide(compilation, compiled):
        return []
    files = (*inputs.files, *inputs.override_files, *inputs.other_files)
    found: list[tuple[str, Iterable[str], Files]] = []
    if before := _last_compiled(export.output, files, tree):
        differing = (file for file in files if before.read(file) != tree.read(file))
        found.append(("it was compiled", differing, before))
    else:
        found.append(("HEAD", tree.changed(files), Then(tree.root, tree.committed)))
    at_base = Then(tree.root, tree.at_named_base)
    found.append(("the base of the branch", tree.changed_since_named_base(files), at_base))
    return [
        Change(since, changed, before, inputs_of(compilation, before) or NOTHING)
        for since, paths_changed, before in found
        if (changed := tuple(sorted(paths_changed)))
    ]


def may_hide(compilation: Compilation, compiled: CompiledFile) -> bool:
    """Whether there may be something that the output does not show."""
    _, options, _, inputs, *_ = compilation
    settings = [path for path in inputs.other_files if paths.name(path) in options.settings]
    has_extras = any(pin.requirement.extras for pin in compiled.pins)
    hides = options.strip_extras or options.universal or compiled.options or has_extras
    return bool(hides or settings or inputs.opaque)


def inputs_of(compilation: Compilation, before: Files) -> Inputs | None:
    """What the inputs asked for in an earlier state; None where that cannot be told."""
    export, options, wanted, *_ = compilation
    try:
        return read_inputs(before, *sources_of(export, options), wanted)
    except (FindingError, UnprovableError):
        return None


def read_output(content: bytes, compilation: Compilation) -> CompiledFile:
    """The compiled file that a content is, with its pins of local projects under their names."""
    export, options, _, inputs, tree, _ = compilation
    if options.pylock:
        from locksync.tools.compiled.pylock import parse_pylock

        return parse_pylock(content, export.output)
    compiled = parse_compiled(decode(content))
    if not inputs.places:
        return compiled
    from locksync.tools.compiled.directories import named_pin

    where = (export.directory, tree.root, inputs.places)
    pins = (pin._replace(requirement=named_pin(pin.requirement, *where)) for pin in compiled.pins)
    return compiled._replace(pins=tuple(pins))


def _last_compiled(output: str, files: Iterable[str], tree: Tree) -> Tree | None:
    """The repository when the output was last committed, if its inputs were since then."""
    compiled = tree.history([output])[:1]
    if not compiled or compiled == tree.history(files)[:1]:
        return None
    return tree.as_of(compiled[0])


def last_committed(output: str, tree: Tree) -> Files:
    """The repository when the output was last committed; HEAD if that is not known."""
    commits = tree.history([output])
    return tree.as_of(commits[0]) if commits else Then(tree.root, tree.committed)


def unseen(compilation: Compilation, change: Change, compiled: CompiledFile) -> Iterator[Reason]:
    """The doubts about a change that an output that was not changed along would not show."""
    export, options, _, inputs, tree, _ = compilation
    old_output = read_output(change.before.read(export.output) or b"", compilation)
    if not _is_as_before(compiled, old_output):
        return
    for file in change.files:
        if file in inputs.opaque:
            yield _doubt(inputs.opaque[file], file)
        hidden = options.settings.get(paths.name(file))
        if hidden and hidden(_document(change.before, file)) != hidden(_document(tree, file)):
            yield _doubt(f"the settings have changed since {change.since}", file)
    for option in sorted(set(inputs.options) - set(change.inputs.options)):
        name, value = option
        is_hidden = name == "--no-binary" and name in options.hidden_options
        if is_hidden and (value == ":all:" or any(compiled.pins_of(canonicalize_name(value)))):
            yield _doubt(f"the output does not show {name} {value}", export.output)
    needing = {source_name(source) for pin in compiled.pins for source in pin.sources}
    # What shows a marker of its own shows that of its requirement.
    shown = {pin.requirement.name for pin in compiled.pins if all(map(file_source, pin.sources))}
    for name, items, known in _changed_items(inputs, change.inputs):
        file = items[0].file
        come, gone = _extras(items) - _extras(known), _extras(known) - _extras(items)
        shown_extras = any(pin.requirement.extras for pin in compiled.pins_of(name))
        # Not every version of pip-compile writes the extras of places.
        hides = options.strip_extras or (any(_urls(items)) and not shown_extras)
        if hides and (come or (gone and name in needing)):
            yield _doubt(f"the output does not show the extras of {name}", file)
        elif any(gone & pin.requirement.extras for pin in compiled.pins_of(name)):
            yield _doubt(f"{name} may have lost the extras {', '.join(sorted(gone))}", file)
        is_moved = options.moves_references and _urls(items) != _urls(known)
        is_hidden = options.universal and name not in shown
        if is_moved or (is_hidden and _is_narrower(items, known, options.python)):
            yield _doubt(f"{items[0].text} has changed since {change.since}", file)


def _is_as_before(compiled: CompiledFile, before: CompiledFile) -> bool:
    """Whether the same packages are there for the same reasons: nothing was added or dropped."""
    old = {pin.requirement.name: frozenset(pin.sources) for pin in before.pins}
    return old == {pin.requirement.name: frozenset(pin.sources) for pin in compiled.pins}


def changed_header(output: str, compiled: CompiledFile, tree: Tree) -> Iterator[Reason]:
    """The doubt about another Python in the header of an output that is otherwise as in HEAD."""
    if compiled.python is None:
        return
    committed = tree.committed(output) or b""
    if committed == tree.read(output) or excess(committed):
        return
    before = parse_compiled(decode(committed))
    if before.pins == compiled.pins and before.python != compiled.python:
        message = f"the Python in its header was {before.python} in HEAD, and no pin differs"
        yield _doubt(message, output)


def _changed_items(
    inputs: Inputs, old: Inputs
) -> Iterator[tuple[str, Sequence[Input], Sequence[Input]]]:
    """The names that are asked for otherwise than before, with what asks and asked for them."""
    before = _by_name((*old.requirements, *old.overrides))
    for name, items in _by_name((*inputs.requirements, *inputs.overrides)).items():
        known = before.get(name)
        if known and {item.text for item in items} != {item.text for item in known}:
            yield name, items, known


def _by_name(items: Iterable[Input]) -> Mapping[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for item in items:
        found.setdefault(item.requirement.name, []).append(item)
    return found


def _extras(items: Iterable[Input]) -> set[str]:
    return {extra for item in items for extra in item.requirement.extras}


def _urls(items: Iterable[Input]) -> set[str]:
    return {item.requirement.url for item in items}


def _is_narrower(items: Iterable[Input], known: Iterable[Input], lowest: str | None) -> bool:
    """Whether requirements may not apply in all environments in which others did."""
    from locksync.requirements.markers import covers

    pythons = f">={lowest}" if lowest else ""
    return covers(_marker(items), _marker(known), pythons) is not True


def _marker(items: Iterable[Input]) -> str:
    markers = [item.requirement.marker for item in items]
    return " or ".join(f"({marker})" for marker in markers) if all(markers) else ""


def _doubt(message: str, file: str) -> Reason:
    return Reason(message, file, None, is_certain=False)


def _document(tree: Files, file: str) -> Table:
    return parse_toml(tree.read(file) or b"", file)
