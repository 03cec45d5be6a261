"""Whether every pin still is what its requirements ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from locksync.requirements.parsing import Requirement
from locksync.tools.compiled.lock import Pin
from locksync.tools.compiled.manifest import Input
from locksync.tools.compiled.proof.annotations import file_source, source_name
from locksync.tools.compiled.proof.facts import Facts, Reason
from locksync.tools.compiled.proof.sources import check_sources


def check_pin(facts: Facts, pin: Pin) -> Iterator[Reason]:
    """What a pin says of itself and of why it is there."""
    yield from check_sources(facts, pin)
    asking = facts.wanted.wanting(pin)
    if not asking and not pin.sources and facts.annotations.are_there:
        yield facts.at(pin, f"nothing asks for {pin}")
    for check in ASKED_CHECKS if asking else ():
        if fault := check(facts, pin, asking):
            yield facts.at(pin, f"{pin} {fault}")
    if facts.expected.hashes and not pin.requirement.hashes and not pin.requirement.url:
        yield facts.at(pin, f"{pin} has no hashes")


def _marker_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    if not facts.expected.keeps_markers or facts.expected.universal:
        return None
    constraints = {item.requirement.marker for item in facts.constrained.wanting(pin)}
    markers = {item.requirement.marker for item in asking} | (constraints - {""})
    if pin.requirement.marker in markers:
        return None
    return f"has {pin.requirement.marker or 'no marker'}, unlike the requirement"


def _extras_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    if not all(file_source(source) for source in pin.sources):
        return None  # A package may ask for more extras.
    extras = frozenset(extra for item in asking for extra in item.requirement.extras)
    gone = ", ".join(sorted(pin.requirement.extras - extras))
    return f"has {gone}, which no requirement asks for" if gone else None


def _url_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    if not pin.requirement.url or any(item.requirement.url for item in asking):
        return None
    packages = (facts.pins.get(source_name(source), []) for source in pin.sources)
    if any(found.requirement.url for pins in packages for found in pins):
        return None  # A package that is a URL itself may ask for a URL.
    return "is a URL, but the requirement is not"


def _verbatim_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    if not _is_verbatim(pin.requirement) or any(_is_verbatim(item.requirement) for item in asking):
        return None
    return "is pinned by ===, but the requirement is not"


def _is_verbatim(requirement: Requirement) -> bool:
    return str(requirement.specifier).startswith("===")


ASKED_CHECKS: Sequence[Callable[[Facts, Pin, Sequence[Input]], str | None]] = (
    _marker_fault,
    _extras_fault,
    _url_fault,
    _verbatim_fault,
)
