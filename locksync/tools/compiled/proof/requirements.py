"""Whether pins meet every requirement and constraint of the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.requirements.parsing import Requirement
from locksync.tools.compiled.lock import Pin
from locksync.tools.compiled.manifest import Input, UnprovableError
from locksync.tools.compiled.proof.facts import Facts, Reason
from locksync.tools.compiled.proof.places import are_same_place, are_same_reference


def check_requirement(facts: Facts, item: Input) -> Iterator[Reason]:
    """Whether a requirement is pinned, met, and named by an annotation."""
    wanted = item.requirement
    pins = facts.pins_for(wanted)
    if pins:
        yield from _check_met(facts, item, pins)
        if not facts.annotations.name(item.file, pins, "-r"):
            text = _text(wanted)
            yield _of(item, f"{text} is not among the requirements that it was compiled from")
    elif wanted.name not in facts.left_out:
        yield _of(item, f"{_text(wanted)} is not pinned")


def _check_met(facts: Facts, item: Input, pins: Sequence[Pin]) -> Iterator[Reason]:
    wanted, text = item.requirement, _text(item.requirement)
    allowed = [pin for pin in pins if _is_allowed(pin, wanted)]
    if not allowed:
        yield _of(item, f"{text} is not satisfied by the pin {pins[0]}")
    elif wanted.url:
        if not any(_is_same_reference(facts, pin, wanted) for pin in allowed):
            yield _of(item, f"{text} is not what {allowed[0]} was compiled from")
    elif not facts.expected.strip_extras:
        extras = frozenset(extra for pin in allowed for extra in pin.requirement.extras)
        if missing := ", ".join(sorted(wanted.extras - extras)):
            yield _of(item, f"{text} asks for {missing}, but the pin {allowed[0]} does not")


def _is_same_reference(facts: Facts, pin: Pin, wanted: Requirement) -> bool:
    return are_same_reference(pin.requirement, wanted, same_revision=facts.expected.keeps_markers)


def check_constraint(facts: Facts, item: Input) -> Iterator[Reason]:
    """Whether a constraint is kept, and named by an annotation."""
    constraint = item.requirement
    pins = facts.pins.get(constraint.name, [])
    if not pins:
        return
    is_annotated = facts.expected.annotates_bare_constraints or bool(str(constraint.specifier))
    if not any(_is_allowed(pin, constraint) for pin in pins):
        yield _of(item, f"the pin {pins[0]} breaks the constraint {_text(constraint)}")
    # Some versions annotate a file with -r if it is also included as requirements.
    elif is_annotated and not facts.annotations.name(item.file, pins, "-c", "-r"):
        yield _of(item, f"{pins[0]} was compiled without the constraint {_text(constraint)}")


def _is_allowed(pin: Pin, wanted: Requirement) -> bool:
    found = pin.requirement
    if wanted.url:
        return are_same_place(found, wanted)
    if found.url:
        return True  # A URL does not tell its version.
    try:
        return wanted.specifier.contains(found.version, prereleases=True)
    except ValueError as error:  # A number with more digits than Python reads.
        raise UnprovableError(f"{pin} has a version that cannot be compared") from error


def _of(item: Input, message: str) -> Reason:
    return Reason(message, item.file, item.line)


def _text(requirement: Requirement) -> str:
    if requirement.url:
        return requirement.url
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{requirement.specifier}{marker}"
