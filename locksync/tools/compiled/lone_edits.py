"""What an output lacks that it had before, though nothing that decides has changed since."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from locksync.repository.protocol import Tree
from locksync.tools.compiled.changes import Compilation, may_hide, read_output
from locksync.tools.compiled.lock import CompiledFile, Pin
from locksync.tools.compiled.proof.facts import Reason
from locksync.tools.compiled.proof.places import place_of

PIN = re.compile(rb"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


class _State(NamedTuple):
    """The output in an earlier state of the repository."""

    when: str
    """That state, as messages name it."""
    content: bytes | None
    is_alone: Callable[[], bool]
    """Tells whether all other files that decide are as they were then."""


def lone_edits(
    compilation: Compilation, compiled: CompiledFile, held: Callable[[CompiledFile], bool]
) -> list[Reason]:
    """The doubts about an output that changed while nothing else did, and the versions neither.

    `held` tells whether an earlier output is what the inputs ask for. A tool that corrects one
    that was not edits an output alone too.
    """
    export, options, _, _, tree, _ = compilation
    if options.pylock or compiled.is_layered:
        return []
    now = tree.read(export.output) or b""
    for state in _states(compilation, compiled):
        if state.content in (None, now) or not _has_pins_of(state.content or b"", now):
            continue
        before = read_output(state.content or b"", compilation)
        lost = list(_lost(before, compiled, f">={options.python}" if options.python else ""))
        if lost and state.is_alone() and held(before):
            told = f"{state.when}, and nothing else has changed"
            return [Reason(f"{text} {told}", export.output, line, False) for text, line in lost]
    return []


def _has_pins_of(before: bytes, now: bytes) -> bool:
    """Whether no pin has come or moved, which most commits do. It saves reading the file."""
    return set(PIN.findall(now)) <= set(PIN.findall(before))


def _states(compilation: Compilation, compiled: CompiledFile) -> Iterator[_State]:
    export, _, _, inputs, tree, _ = compilation
    output, files = export.output, inputs.all_files
    committed = tree.committed(output)
    yield _State("in HEAD", committed, lambda: not tree.changed(files))
    base = tree.at_named_base(output)
    yield _State(
        "at the base of the branch", base, lambda: not tree.changed_since_named_base(files)
    )
    # Only where the history is asked for anyway: it takes time.
    if committed == tree.read(output) and may_hide(compilation, compiled):
        for commit in tree.history([output])[1:2]:
            then = tree.as_of(commit)
            same = partial(_are_same, files, tree, then)
            yield _State("before it was last committed", then.read(output), same)


def _are_same(files: Sequence[str], one: Tree, other: Tree) -> bool:
    return all(one.read(file) == other.read(file) for file in files)


def _lost(
    before: CompiledFile, compiled: CompiledFile, pythons: str
) -> Iterator[tuple[str, int | None]]:
    """What became of pins where only some are gone, or say otherwise when they apply."""
    old, new = _by_name(before), _by_name(compiled)
    is_same_command = (before.command, before.python) == (compiled.command, compiled.python)
    if not is_same_command or any(_versions(new[name]) != _versions(old.get(name)) for name in new):
        return
    for name, pins in old.items():
        if name not in new:
            yield f"{pins[0]} was pinned", None
        elif not _are_alike(pins, new[name], pythons):
            yield f"{new[name][0]} had other extras or another marker", new[name][0].line


def _are_alike(pins: Sequence[Pin], others: Sequence[Pin], pythons: str) -> bool:
    """Whether pins have the same extras, and apply in the same environments."""
    from locksync.requirements.markers import holds_alike

    if {pin.requirement.extras for pin in pins} != {pin.requirement.extras for pin in others}:
        return False
    return holds_alike(_marker(pins), _marker(others), pythons) is not False


def _marker(pins: Sequence[Pin]) -> str:
    """A marker that holds where any of the pins applies."""
    markers = [pin.requirement.marker for pin in pins]
    return " or ".join(f"({marker})" for marker in markers) if all(markers) else ""


def _by_name(compiled: CompiledFile) -> Mapping[str, list[Pin]]:
    found: dict[str, list[Pin]] = {}
    for pin in compiled.pins:
        found.setdefault(pin.requirement.name or place_of(pin.requirement), []).append(pin)
    return found


def _versions(pins: Sequence[Pin] | None) -> set[str]:
    return {pin.requirement.version for pin in pins or ()}
