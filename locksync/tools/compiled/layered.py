"""The outputs of pip-compile-multi, which include one another as their input files do.

It compiles every `x.in` into an `x.txt`, takes out what the included outputs pin, and includes
these instead. This reads what its versions 1 to 3.3 write.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.limits import refuse_excess
from locksync.requirements.parsing import decode, logical_lines, read_options
from locksync.tools.compiled.lock import CompiledFile, Pin, parse_compiled
from locksync.tools.compiled.manifest import Inputs
from locksync.tools.compiled.proof.facts import Reason

INCLUDE = "--requirement"
DIGEST = re.compile(r"^# SHA1:(?P<digest>[0-9a-f]{40})\s*$", re.MULTILINE)
ELSEWHERE = 0
"""The line of pins that an included output holds."""


class Layers(NamedTuple):
    """An output, with all that it includes."""

    compiled: CompiledFile
    """What it holds, with the pins of the outputs that it includes."""
    reasons: tuple[Reason, ...]
    """What is wrong with its layers."""
    files: tuple[str, ...]
    """Itself, its input file, and the constraints files that this one names."""

    def own(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        """Those reasons that are its own, and not of an included output."""
        ours = (reason for reason in reasons if reason.file in self.files)
        return (*self.reasons, *(reason for reason in ours if reason.line != ELSEWHERE))


def read_layers(output: str, source: str, inputs: Inputs, tree: Tree) -> Layers:
    """The output of an input file, with what it includes."""
    text = decode(tree.read(output) or b"")
    compiled = parse_compiled(text)
    below = [file for file in _below(output, tree) if file != output]
    known = {file: _layer(file, tree) for file in below}
    given = [pin for layer in known.values() for pin in layer.pins]
    has_annotations = any(pin.sources for pin in compiled.pins)
    pins = [_with_constraints(pin, inputs) for pin in compiled.pins]
    reasons = (
        *_compared(output, source, tree),
        *_doubled(compiled.pins, given, output),
        *_of_another_input(text, output, source, tree),
    )
    everything = (*inputs.files, *inputs.constraint_files)
    asked = tuple(f"{option} {file}" for file in everything for option in ("-r", "-c"))
    pins += [
        pin._replace(line=ELSEWHERE, sources=asked if has_annotations else ()) for pin in given
    ]
    excluded = (compiled.excluded, *(layer.excluded for layer in known.values()))
    options = tuple(option for option in compiled.options if not option.startswith(INCLUDE))
    compiled = compiled._replace(
        pins=tuple(pins), options=options, excluded=frozenset().union(*excluded)
    )
    constraints = _included(source, tree, "--constraint")
    return Layers(compiled, reasons, (output, source, *constraints))


def _layer(file: str, tree: Tree) -> CompiledFile:
    content = tree.read(file) or b""
    refuse_excess(content, file)
    return parse_compiled(decode(content))


def _with_constraints(pin: Pin, inputs: Inputs) -> Pin:
    """The pin, named by the constraints files that hold it, whatever its annotation says.

    Most versions take these out of annotations, and `--autoresolve` puts in the output in which all
    come together.
    """
    if not pin.sources:
        return pin
    name = pin.requirement.name
    files = {f"-c {item.file}" for item in inputs.constraints if item.requirement.name == name}
    others = (source for source in pin.sources if not source.startswith("-c "))
    return pin._replace(sources=(*others, *sorted(files)))


def _below(output: str, tree: Tree) -> list[str]:
    """The output and all that it includes, each once."""
    found = [output]
    for file in found:
        found.extend(other for other in _included(file, tree) if other not in found)
    return found


def _included(file: str, tree: Tree, option: str = INCLUDE) -> Iterator[str]:
    """The files that a file names with an option, within the repository."""
    for _, line in logical_lines(decode(tree.read(file) or b"")):
        for name, value in read_options(line):
            if name == option:
                with suppress(ValueError):
                    yield paths.join(paths.parent(file), value)


def _compared(output: str, source: str, tree: Tree) -> Iterator[Reason]:
    """Whether the output includes the outputs of what its input file includes."""
    found = {*_included(output, tree)}
    suffix = output.rpartition(".")[2]
    wanted = {
        f"{file.removesuffix('.in')}.{suffix}"
        for file in _included(source, tree)
        if file.endswith(".in")
    }
    for file in sorted(wanted - found):
        yield Reason(f"it does not include {file}", output, None)
    for file in sorted(found - wanted):
        yield Reason(f"it includes {file}, which {source} does not call for", output, None)


def _doubled(pins: Sequence[Pin], given: Sequence[Pin], output: str) -> Iterator[Reason]:
    names = {pin.requirement.name for pin in given}
    for pin in pins:
        if pin.requirement.name in names:
            yield Reason(f"{pin} is pinned by a file that it includes", output, pin.line)


def _of_another_input(text: str, output: str, source: str, tree: Tree) -> Iterator[Reason]:
    """Whether the input file has another digest than the one in the output."""
    digest = DIGEST.search(text)
    if digest and digest["digest"] not in _digests(tree.read(source) or b""):
        yield Reason(f"{source} has changed since it was compiled, as its SHA1 tells", output, None)


def _digests(content: bytes) -> tuple[str, str]:
    """The digests by which versions of pip-compile-multi know an input file.

    As of 3.3, pipcompilemulti/verify.py.
    """
    lines = content.decode("utf-8", "replace").splitlines()
    essence = "".join(sorted(line.split("#")[0].strip() for line in lines))
    both = (content.strip(), essence.encode())
    first, second = (hashlib.sha1(part, usedforsecurity=False).hexdigest() for part in both)
    return first, second
