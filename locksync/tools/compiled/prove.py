"""Whether a compiled file is still what its inputs ask for, judged from the file itself.

A resolver that prefers the pins of the file has no reason to change it if every fact holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from locksync.tools.compiled.environments import Place
from locksync.tools.compiled.lock import CompiledFile, Pin
from locksync.tools.compiled.manifest import Inputs
from locksync.tools.compiled.proof.annotations import Annotations
from locksync.tools.compiled.proof.facts import Expected, Facts, Reason, as_read, is_droppable
from locksync.tools.compiled.proof.forks import check_forks
from locksync.tools.compiled.proof.left_out import check_left_out
from locksync.tools.compiled.proof.options import check_options
from locksync.tools.compiled.proof.pins import check_pin
from locksync.tools.compiled.proof.requirements import check_constraint, check_requirement
from locksync.tools.compiled.proof.sources import check_chains, check_stray_annotation


class Proof(NamedTuple):
    """What is wrong with a compiled file, if it was compiled in a place."""

    reasons: tuple[Reason, ...]
    place: Place
    faults: int
    """How many reasons are certain."""


class Prover:
    """Proves a compiled file for one place after the other, each that differs once."""

    def __init__(self, compiled: CompiledFile, inputs: Inputs, expected: Expected) -> None:
        self.compiled = compiled
        self.inputs = inputs
        self.expected = expected
        self._items = [
            item
            for item in (*inputs.requirements, *inputs.constraints, *inputs.overrides)
            if item.requirement.marker
        ]
        told = {(item.requirement.marker, is_droppable(item)): item for item in self._items}
        self._telling = tuple(told.values())
        """One item for each marker, and each way to read it."""
        self._pins: dict[str, list[Pin]] = {}
        for pin in compiled.pins:
            self._pins.setdefault(pin.requirement.name, []).append(pin)
        self._annotations = Annotations(compiled, inputs)
        self._proofs: dict[object, Proof] = {}

    def best(self, places: Iterable[Place], known: Proof | None = None) -> Proof:
        """The proof with the fewest faults, the first of several. `known` is one more."""
        for place in places:
            if known and not known.faults:
                break
            proof = self._prove(place)
            if known is None or proof.faults < known.faults:
                known = proof
        assert known, "a command runs somewhere"
        return known

    def speaks_for(self, place: Place, other: Place) -> bool:
        """Whether a pin is there because of a requirement that applies in one place alone."""
        return any(
            item.named == self._annotations.file_meant(source, "-r")
            for item in self._items
            if place.holds(item.requirement.marker) and not other.holds(item.requirement.marker)
            for pin in self._pins.get(item.requirement.name, ())
            for source in pin.sources
        )

    def _prove(self, place: Place) -> Proof:
        read = tuple(as_read(item, place).requirement.marker for item in self._telling)
        key = (place.lowest, read, tuple(map(place.holds, read)))
        if key not in self._proofs:
            facts = Facts(self.compiled, self.inputs, self.expected, place)
            reasons = dict.fromkeys((*_check(facts), *_doubts(facts)))
            faults = sum(reason.is_certain for reason in reasons)
            self._proofs[key] = Proof(tuple(reasons), place, faults)
        return self._proofs[key]


def _check(facts: Facts) -> Iterator[Reason]:
    for item in facts.requirements:
        yield from check_requirement(facts, item)
    for item in facts.constraints:
        yield from check_constraint(facts, item)
    for item in facts.overrides:
        yield from check_constraint(facts, item, "--override")
    for pin in facts.compiled.pins:
        yield from check_pin(facts, pin)
    yield from check_forks(facts)
    yield from check_left_out(facts)
    yield from check_stray_annotation(facts)
    yield from check_chains(facts)
    yield from check_options(facts)


def _doubts(facts: Facts) -> Iterator[Reason]:
    yield from facts.doubts
    output = facts.expected.output
    if facts.expected.other_command:
        message = f"`{facts.expected.other_command}` compiled it"
        yield Reason(message, output, None, is_certain=False)
    asked = {item.requirement.name for item in facts.requirements}
    if not facts.annotations.are_there and set(facts.pins) - asked:
        message = "its pins have no annotations, so nothing tells what needs them"
        yield Reason(message, output, None, is_certain=False)
