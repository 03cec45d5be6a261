"""Whether what the annotations name still asks for the pins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.tools.compiled.lock import Pin
from locksync.tools.compiled.proof.annotations import file_source, source_name
from locksync.tools.compiled.proof.facts import Facts, Reason

NO_INPUT = "which is no input"
PLACE = re.compile(r"-\[|file:|\.{1,2}/|/")
"""What pip-tools writes for local projects with extras that ask for themselves."""


def check_sources(facts: Facts, pin: Pin) -> Iterator[Reason]:
    """Whether everything that a pin's annotation names still asks for it."""
    for source in dict.fromkeys(pin.sources):
        if fault := _fault(facts, pin, source):
            # A command that is not known may name more files.
            is_certain = facts.expected.is_told or not fault.endswith(NO_INPUT)
            yield facts.at(pin, f"{pin} {fault}")._replace(is_certain=is_certain)


def _fault(facts: Facts, pin: Pin, source: str) -> str | None:
    named = file_source(source)
    if named is None:
        return None if PLACE.match(source) else _package_fault(facts, pin, source)
    if "::" in source and "::build-system.requires" not in source:
        return None  # A build backend asks for it.
    option = named["option"] or "-r"
    asking = facts.asking(option).wanting(pin)
    if named["path"] and any(item.source == named["path"] for item in asking):
        return None
    meant = facts.annotations.file_meant(source, option)
    if meant is None:
        is_known = facts.knows(named["project"] or "")
        return None if is_known else f"was asked for by {source}, {NO_INPUT}"
    if any(item.named == meant and not item.package for item in asking):
        return None
    return f"is there for {meant}, which does not ask for it"


def _package_fault(facts: Facts, pin: Pin, source: str) -> str | None:
    """Why the package that an annotation names does not ask for a pin, as far as that is known."""
    package = source_name(source)
    if not facts.knows(source):
        return f"is there because of {source}, which is not pinned"
    asking = facts.wanted.wanting(pin)
    if package not in facts.listed or any(item.package == package for item in asking):
        return None
    return f"is there for {package}, which does not ask for it"


def check_stray_annotation(facts: Facts) -> Iterator[Reason]:
    """Whether the annotation of a pin that is gone is left above all others."""
    if line := facts.compiled.stray_annotation:
        message = "the annotation at the top belongs to a pin that is gone"
        yield Reason(message, facts.expected.output, line)


def check_chains(facts: Facts) -> Iterator[Reason]:
    """Whether a chain of annotations leads from the inputs to every pin."""
    if not facts.annotations.are_there or facts.has_nameless_pins:
        return
    reached = _reached(facts)
    for pin in facts.compiled.pins:
        if pin.requirement.name not in reached:
            yield facts.at(pin, f"nothing that the inputs ask for needs {pin}")


def _reached(facts: Facts) -> set[str]:
    """The packages that the inputs, or packages that they ask for, need."""
    needs: dict[str, list[str]] = {}
    waiting: list[str] = [name for name in facts.left_out if name not in facts.pins]
    waiting.extend(item.requirement.name for item in facts.requirements)
    for pin in facts.compiled.pins:
        if not pin.sources or any(file_source(source) for source in pin.sources):
            waiting.append(pin.requirement.name)
        for source in pin.sources:
            if not file_source(source):
                needs.setdefault(source_name(source), []).append(pin.requirement.name)
    reached = set(waiting)
    for name in waiting:
        waiting.extend(found for found in needs.get(name, ()) if found not in reached)
        reached.update(needs.get(name, ()))
    return reached
