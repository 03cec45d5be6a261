"""A compiled file beside what its command and inputs ask for: the facts that checks look up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import Requirement
from locksync.tools.compiled.environments import Place, Places
from locksync.tools.compiled.lock import CompiledFile, Pin
from locksync.tools.compiled.manifest import Input, Inputs
from locksync.tools.compiled.proof.annotations import Annotations, source_name
from locksync.tools.compiled.proof.places import are_same_place, place_of


class Reason(NamedTuple):
    """One fact that no longer holds, or of which nobody can tell whether it does."""

    message: str
    file: str
    line: int | None
    is_certain: bool = True
    """Whether the command must change the output, or fail. If not, the reason is a doubt."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class Expected(NamedTuple):
    """What the command, as opposed to its inputs, asks of the output."""

    output: str
    """The path of the compiled file."""
    places: Places
    hashes: bool | None = False
    """Whether pins have hashes. None: some may."""
    strip_extras: bool = False
    keeps_markers: bool = True
    """Whether a pin has the marker of its requirement."""
    strips_markers: bool = False
    """Whether no pin has a marker."""
    no_dependencies: bool = False
    """Whether only what the inputs themselves ask for is pinned."""
    annotates_bare_constraints: bool = True
    """Whether annotations also name constraints that allow every version."""
    options: tuple[str, ...] = ()
    """Option lines that the command calls for."""
    options_before: tuple[str, ...] = ()
    """Option lines that the changed inputs had in HEAD."""
    hidden_options: frozenset[str] = frozenset()
    """Names of options that the output never has."""
    unpinned: frozenset[str] = frozenset()
    """Packages that the command leaves out."""
    is_told: bool = True
    """Whether the command is known, rather than inferred from the output."""
    other_command: str = ""
    """The command in the header, if what it pins is not what this command pins."""


class Facts:
    """A compiled file, the inputs that apply to it, and what the command asks."""

    def __init__(
        self, compiled: CompiledFile, inputs: Inputs, expected: Expected, place: Place
    ) -> None:
        self.compiled = compiled
        self.expected = expected
        self.place = place
        self.pins: dict[str, list[Pin]] = {}
        for pin in compiled.pins:
            self.pins.setdefault(pin.requirement.name or place_of(pin.requirement), []).append(pin)
        self.doubts: list[Reason] = []
        self.requirements, may_be_required = self._applying(inputs.requirements)
        self.constraints, may_be_constraints = self._applying(inputs.constraints)
        self.overrides, may_be_overrides = self._applying(inputs.overrides)
        self.listed = _listed(inputs)
        self.wanted = Items([*self.requirements, *may_be_required])
        self.overriding = Items([*self.overrides, *may_be_overrides])
        self.constrained = Items([*self.constraints, *may_be_constraints])
        doubtful = (*may_be_required, *may_be_constraints, *may_be_overrides)
        self.doubtful = {item.requirement.name for item in doubtful}
        self.annotations = Annotations(compiled, inputs)
        self.has_nameless_pins = any(not pin.requirement.name for pin in compiled.pins)
        self.left_out: set[str] = {
            canonicalize_name(name)
            for name in (*compiled.excluded, *expected.unpinned, *inputs.excluded)
        }
        self._placed = [pin for pin in compiled.pins if pin.requirement.url]

    def _applying(self, items: Iterable[Input]) -> tuple[list[Input], list[Input]]:
        """The items that must be met in the place, and others that annotations may name."""
        applying: list[Input] = []
        doubtful: list[Input] = []
        for given in items:
            item = as_read(given, self.place)
            holds = self.place.holds(item.requirement.marker)
            if holds is None:
                message = f"the marker {item.requirement.marker} has no value"
                self.doubts.append(Reason(message, item.file, item.line, is_certain=False))
                doubtful.append(item)
            elif holds:
                applying.append(item)
            elif self.place.lowest:
                doubtful.append(item)  # uv names it in annotations all the same.
        return applying, doubtful

    def pins_for(self, wanted: Requirement) -> list[Pin]:
        """The pins of a requirement's package."""
        if wanted.name in self.pins:
            return self.pins[wanted.name]
        return [pin for pin in self._placed if are_same_place(pin.requirement, wanted)]

    def asking(self, option: str) -> Items:
        """What asks for pins in files that annotations name with an option."""
        return {"-c": self.constrained, "--override": self.overriding}.get(option, self.wanted)

    def knows(self, source: str) -> bool:
        """Whether the package that an annotation names is pinned, or left out on purpose."""
        name = source_name(source)
        return name in self.pins or name in self.left_out or self.has_nameless_pins

    def at(self, pin: Pin, message: str) -> Reason:
        """A reason that a pin gives."""
        return Reason(message, self.expected.output, pin.line)


def _listed(inputs: Inputs) -> set[str]:
    """The local projects whose files list all that they ask for."""
    hidden = {path.rpartition("/")[0] for path in inputs.opaque}
    return {name for place, name in inputs.places.items() if place not in hidden}


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


def is_droppable(item: Input) -> bool:
    """Whether some commands drop the item's marker."""
    return item.is_of_extra and not item.package


def as_read(item: Input, place: Place) -> Input:
    """An item as the command reads it in a place."""
    if not (place.drops_markers and is_droppable(item) and item.requirement.marker):
        return item
    return item._replace(requirement=item.requirement._replace(marker=""))
