"""Whether pins meet every requirement and constraint of the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.requirements.option_words import EDITABLE
from locksync.requirements.parsing import Requirement
from locksync.tools.compiled.lock import Pin
from locksync.tools.compiled.manifest import Input
from locksync.tools.compiled.proof.annotations import source_name
from locksync.tools.compiled.proof.facts import Facts, Reason
from locksync.tools.compiled.proof.places import are_same_place, are_same_reference


def check_requirement(facts: Facts, item: Input) -> Iterator[Reason]:
    """Whether a requirement is pinned, met, and named by an annotation."""
    wanted = item.requirement
    pins = facts.pins_for(wanted)
    if pins:
        yield from _check_met(facts, item, pins)
        if not _is_named(facts, item, pins):
            text = _text(wanted)
            yield _of(item, f"{text} is not among the requirements that it was compiled from")
    elif wanted.name not in facts.left_out:
        yield _of(item, f"{_text(wanted)} is not pinned")


def _is_named(facts: Facts, item: Input, pins: Sequence[Pin]) -> bool:
    """Whether an annotation says that the item's file, or local project, asks for the pin."""
    if item.package:
        named = (source_name(source) for pin in pins for source in pin.sources)
        return not facts.annotations.are_there or item.package in named
    if item.requirement.name in facts.listed and item.requirement.url:
        return True  # pip-tools names neither a local project with extras nor its second file.
    same = facts.wanted.wanting(pins[0]) if item.requirement.url else [item]
    return any(facts.annotations.name(one.named, pins, "-r") for one in same)


def _check_met(facts: Facts, item: Input, pins: Sequence[Pin]) -> Iterator[Reason]:
    wanted, text = item.requirement, _text(item.requirement)
    allowed = [pin for pin in pins if _is_allowed(facts, pin, wanted)]
    broken = [pin for pin in pins if pin not in allowed and _meets(facts, pin, wanted, pins)]
    if broken or not allowed:
        yield _of(item, f"{text} is not satisfied by the pin {(broken or pins)[0]}")
    elif item.package:
        return  # Others may ask for it in another form.
    elif wanted.url and not any(_is_same_reference(facts, pin, wanted) for pin in allowed):
        yield _of(item, f"{text} is not what {allowed[0]} was compiled from")
    elif missing := ", ".join(sorted(_missing_extras(facts, item, allowed))):
        yield _of(item, f"{text} asks for {missing}, but the pin {allowed[0]} does not")


def _missing_extras(facts: Facts, item: Input, pins: Sequence[Pin]) -> frozenset[str]:
    """The extras of a requirement that its pins should have, and do not."""
    wanted = item.requirement
    if facts.expected.strip_extras or facts.overriding.wanting(pins[0]):
        return frozenset()
    shown = frozenset(extra for pin in pins for extra in pin.requirement.extras)
    if wanted.url:
        others = {one.text for one in facts.wanted.wanting(pins[0])} - {item.text}
        # Not every version writes extras of places. Of editable ones, the first alone is written.
        if not shown or (EDITABLE in wanted.options and others):
            return frozenset()
    return wanted.extras - shown


def _meets(facts: Facts, pin: Pin, wanted: Requirement, pins: Sequence[Pin]) -> bool:
    """Whether some of the environments of a pin are those of a requirement."""
    if not facts.place.lowest or len(pins) == 1:
        return True
    from locksync.requirements.markers import can_hold

    markers = [marker for marker in (pin.requirement.marker, wanted.marker) if marker]
    both = " and ".join(f"({marker})" for marker in markers)
    return not both or can_hold(both, facts.place.pythons) is not False


def _is_same_reference(facts: Facts, pin: Pin, wanted: Requirement) -> bool:
    asking = facts.wanted.wanting(pin)
    if len({EDITABLE in item.requirement.options for item in asking}) > 1:
        wanted = wanted._replace(options=pin.requirement.options)  # One of them is enough for uv.
    return are_same_reference(pin.requirement, wanted, same_revision=facts.expected.keeps_markers)


def check_constraint(facts: Facts, item: Input, option: str = "-c") -> Iterator[Reason]:
    """Whether a constraint or an override is kept, and named by an annotation."""
    constraint = item.requirement
    pins = facts.pins.get(constraint.name, [])
    if not pins:
        return
    allows_all = option == "-c" and not str(constraint.specifier)
    is_annotated = facts.expected.annotates_bare_constraints or not allows_all
    allowed = [pin for pin in pins if _is_allowed(facts, pin, constraint)]
    broken = [pin for pin in pins if pin not in allowed and _meets(facts, pin, constraint, pins)]
    if broken:
        word = "constraint" if option == "-c" else "override"
        yield _of(item, f"the pin {broken[0]} breaks the {word} {_text(constraint)}")
    # Some versions annotate a file with -r if it is also included as requirements.
    elif is_annotated and not _names_limit(facts, item, pins, option):
        word = "constraint" if option == "-c" else "override"
        yield _of(item, f"{pins[0]} was compiled without the {word} {_text(constraint)}")


def _names_limit(facts: Facts, item: Input, pins: Sequence[Pin], option: str) -> bool:
    if not item.source:
        return facts.annotations.name(item.file, pins, option, "-r")
    annotated = any(f"{option} {item.source}" in pin.sources for pin in pins)
    return annotated or not facts.annotations.name_files


def _is_allowed(facts: Facts, pin: Pin, wanted: Requirement) -> bool:
    found = pin.requirement
    if wanted.url:
        return are_same_place(found, wanted)
    if found.url:
        return True  # A URL does not tell its version.
    try:
        return wanted.specifier.contains(found.version, prereleases=True)
    except ValueError:  # A number with more digits than Python reads.
        message = f"{pin} has a version that cannot be compared"
        facts.doubts.append(facts.at(pin, message)._replace(is_certain=False))
        return True


def _of(item: Input, message: str) -> Reason:
    return Reason(message, item.file, item.line)


def _text(requirement: Requirement) -> str:
    if requirement.url:
        return requirement.url
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{requirement.specifier}{marker}"
