"""Whether the pins of one name, and their markers, fit together and fit what asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from locksync.tools.compiled.lock import Pin
from locksync.tools.compiled.proof.annotations import file_source, source_name
from locksync.tools.compiled.proof.facts import Facts, Reason


def check_forks(facts: Facts) -> Iterator[Reason]:
    """Whether a name is pinned twice, and what an output for every environment says of where."""
    for name, pins in facts.pins.items():
        doubled = next((pin for pin in pins[1:] if _is_double(facts, pin, pins)), None)
        if doubled:
            yield facts.at(doubled, f"{name} is pinned twice")
        elif facts.place.lowest:
            yield from _check_markers(facts, name, pins)


def _is_double(facts: Facts, pin: Pin, pins: Sequence[Pin]) -> bool:
    """Whether another pin of the name holds in some of the environments of a pin."""
    if not facts.place.lowest:
        return not _is_with_extras(facts, pins)
    from locksync.requirements.markers import can_hold

    # uv pins a package once more for extras that are wanted in fewer environments.
    others = (
        other.requirement.marker
        for other in pins[: pins.index(pin)]
        if other.requirement.extras == pin.requirement.extras
    )
    both = (_joined("and", (pin.requirement.marker, other)) for other in others)
    return any(not marker or can_hold(marker, facts.place.pythons) for marker in both)


def _is_with_extras(facts: Facts, pins: Sequence[Pin]) -> bool:
    """Whether it is one pin that uv writes once more for its extras, if it shows them."""
    if facts.expected.strip_extras or facts.expected.keeps_markers:
        return False
    is_one = len({pin.requirement.version for pin in pins}) == 1
    return is_one and len({pin.requirement.extras for pin in pins}) == len(pins)


def _check_markers(facts: Facts, name: str, pins: Sequence[Pin]) -> Iterator[Reason]:
    """Whether pins apply wherever the inputs ask for them, and nowhere else."""
    markers = [pin.requirement.marker for pin in pins]
    if any(facts.overriding.wanting(pin) for pin in pins):
        return
    asking = [
        item for item in facts.requirements if item.requirement.name == name and not item.package
    ]
    from locksync.requirements.markers import covers

    pythons = facts.place.pythons
    found = _joined("or", markers)
    for item in asking:
        if covers(found, item.requirement.marker, pythons) is False:
            message = f"{pins[0]} is not pinned wherever {item.text} asks for it"
            yield facts.at(pins[0], message)
    wanted = _wanted(facts, pins)
    if wanted is not None and covers(wanted, found, pythons) is False:
        yield facts.at(pins[0], f"{pins[0]} is pinned where nothing asks for it")


def _wanted(facts: Facts, pins: Sequence[Pin]) -> str | None:
    """Where what the annotations name asks for pins at most; None if they do not tell."""
    markers: list[str] = []
    for source in {source for pin in pins for source in pin.sources}:
        if file_source(source):
            option = "-c" if source.startswith("-c ") else "-r"
            meant = facts.annotations.file_meant(source, option)
            if option == "-c":
                continue
            items = (item for pin in pins for item in facts.wanted.wanting(pin))
            found = [item.requirement.marker for item in items if item.named == meant]
        else:
            parents = facts.pins.get(source_name(source), ())
            found = [parent.requirement.marker for parent in parents]
        if not found:
            return None
        markers.extend(found)
    return _joined("or", markers) if markers else None


def _joined(word: str, markers: Iterable[str]) -> str:
    """Markers that hold together, or of which any holds. "" holds everywhere."""
    parts = list(dict.fromkeys(markers))
    if word == "or" and "" in parts:
        return ""
    return f" {word} ".join(f"({part})" for part in parts if part)
