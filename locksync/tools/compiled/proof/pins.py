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
    for check in (*CHECKS, *(ASKED_CHECKS if asking else ())):
        if fault := check(facts, pin, asking):
            yield facts.at(pin, f"{pin} {fault}")


def _marker_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    found = pin.requirement.marker
    if facts.expected.strips_markers and found and not pin.requirement.url:
        return f"has the marker {found}, and the command writes none"
    if not facts.expected.keeps_markers or pin.requirement.name in facts.doubtful:
        return None
    given = [
        item.requirement.marker for item in asking if item.requirement.marker and not item.package
    ]
    constraints = {item.requirement.marker for item in facts.constrained.wanting(pin)} - {""}
    # pip-compile writes the marker that it reads last.
    if found in ({*given[-1:], *constraints} or {""}):
        return None
    whom = "unlike the requirement" if asking else "which no input asks for"
    whom = whom if given or not constraints else "unlike the constraint"
    return f"has {found or 'no marker'}, {whom}"


def _stripped_extras_fault(facts: Facts, pin: Pin, _: Sequence[Input]) -> str | None:
    if not facts.expected.strip_extras or not pin.requirement.extras or pin.requirement.url:
        return None
    return f"has the extras {', '.join(sorted(pin.requirement.extras))}, which are stripped"


def _hashes_fault(facts: Facts, pin: Pin, _: Sequence[Input]) -> str | None:
    hashes, wanted = pin.requirement.hashes, facts.expected.hashes
    if wanted and not hashes and not pin.requirement.url:
        return "has no hashes"
    return "has hashes, and the command writes none" if hashes and wanted is False else None


def _annotations_fault(_: Facts, pin: Pin, __: Sequence[Input]) -> str | None:
    return "has the annotation of another pin, which is gone" if pin.annotations > 1 else None


def _dependency_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    if asking or not facts.expected.no_dependencies:
        return None
    return "is asked for by no input, and the command leaves out dependencies"


def _extras_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    if facts.expected.strip_extras or not all(map(file_source, pin.sources)):
        return None  # A package may ask for more extras.
    extras = frozenset(extra for item in asking for extra in item.requirement.extras)
    gone = ", ".join(sorted(pin.requirement.extras - extras))
    return f"has {gone}, which no requirement asks for" if gone else None


def _url_fault(facts: Facts, pin: Pin, asking: Sequence[Input]) -> str | None:
    others = (*facts.constrained.wanting(pin), *facts.overriding.wanting(pin))
    if not pin.requirement.url or any(item.requirement.url for item in (*asking, *others)):
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


Check = Callable[[Facts, Pin, Sequence[Input]], "str | None"]
CHECKS: Sequence[Check] = (
    _marker_fault,
    _stripped_extras_fault,
    _hashes_fault,
    _annotations_fault,
    _dependency_fault,
)
ASKED_CHECKS: Sequence[Check] = (
    _extras_fault,
    _url_fault,
    _verbatim_fault,
)
