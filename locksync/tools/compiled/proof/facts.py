"""A compiled file beside what its command and inputs ask for: the facts that checks look up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import Requirement
from locksync.tools.compiled.lock import CompiledFile, Pin
from locksync.tools.compiled.manifest import Input, Inputs, UnprovableError
from locksync.tools.compiled.proof.annotations import Annotations, source_name
from locksync.tools.compiled.proof.places import are_same_place, place_of

Environments = Sequence[Mapping[str, str]]
"""Marker values: of the environments that the output may be for, or is for if universal."""


class Reason(NamedTuple):
    """One fact that no longer holds."""

    message: str
    file: str
    line: int | None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class Expected(NamedTuple):
    """What the command, as opposed to its inputs, asks of the output."""

    output: str
    """The path of the compiled file."""
    environments: Environments
    hashes: bool = False
    strip_extras: bool = False
    universal: bool = False
    """Whether requirements keep their markers instead of being evaluated."""
    keeps_markers: bool = True
    """Whether a pin has the marker of its requirement."""
    annotates_bare_constraints: bool = True
    """Whether annotations also name constraints that allow every version."""
    corrects_hashes: bool = False
    """Whether the command corrects hashes that belong to another version."""
    options: tuple[str, ...] = ()
    """Option lines that the command calls for."""
    options_before: tuple[str, ...] = ()
    """Option lines that the changed inputs had in HEAD."""
    unpinned: frozenset[str] = frozenset()
    """Packages that the command leaves out."""


class AmbiguousError(Exception):
    """A requirement applies in only some of the environments."""


class Facts:
    """A compiled file, the inputs that apply to it, and what the command asks."""

    def __init__(self, compiled: CompiledFile, inputs: Inputs, expected: Expected) -> None:
        self.compiled = compiled
        self.expected = expected
        self.pins: dict[str, list[Pin]] = {}
        for pin in compiled.pins:
            self.pins.setdefault(pin.requirement.name or place_of(pin.requirement), []).append(pin)
        self.requirements = [item for item in inputs.requirements if _applies(item, expected)]
        self.constraints = [item for item in inputs.constraints if _applies(item, expected)]
        self.wanted = Items(self.requirements)
        self.constrained = Items(self.constraints)
        self.annotations = Annotations(compiled, inputs)
        self.has_nameless_pins = any(not pin.requirement.name for pin in compiled.pins)
        self.left_out: set[str] = {
            canonicalize_name(name) for name in (*compiled.excluded, *expected.unpinned)
        }
        self._placed = [pin for pin in compiled.pins if pin.requirement.url]

    def pins_for(self, wanted: Requirement) -> list[Pin]:
        """The pins of a requirement's package."""
        if wanted.name in self.pins:
            return self.pins[wanted.name]
        return [pin for pin in self._placed if are_same_place(pin.requirement, wanted)]

    def knows(self, source: str) -> bool:
        """Whether the package that an annotation names is pinned, or left out on purpose."""
        name = source_name(source)
        return name in self.pins or name in self.left_out or self.has_nameless_pins

    def at(self, pin: Pin, message: str) -> Reason:
        """A reason that a pin gives."""
        return Reason(message, self.expected.output, pin.line)


class Items:
    """Requirements of the inputs, looked up by pin."""

    def __init__(self, items: Iterable[Input]) -> None:
        self._by_name: dict[str, list[Input]] = {}
        self._placed: list[Input] = []
        for item in items:
            self._by_name.setdefault(item.requirement.name, []).append(item)
            if item.requirement.url:
                self._placed.append(item)

    def wanting(self, pin: Pin) -> list[Input]:
        """The requirements for a pin's package."""
        name = pin.requirement.name
        found = self._by_name.get(name, []) if name else []
        return found + [
            item
            for item in self._placed
            if not (name and item.requirement.name)
            and are_same_place(pin.requirement, item.requirement)
        ]


def _applies(item: Input, expected: Expected) -> bool:
    """Whether a requirement must be met. Raises AmbiguousError and UnprovableError."""
    if not item.requirement.marker:
        return True
    try:
        answers = {
            Marker(item.requirement.marker).evaluate(dict(environment))
            for environment in expected.environments
        }
    except (UndefinedComparison, UndefinedEnvironmentName, ValueError) as error:
        raise UnprovableError(f"the marker {item.requirement.marker} has no value") from error
    if len(answers) > 1 and not expected.universal:
        raise AmbiguousError
    return True in answers
