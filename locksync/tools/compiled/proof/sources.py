"""Whether what the annotations name still asks for the pins."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.tools.compiled.lock import Pin
from locksync.tools.compiled.proof.annotations import file_source, source_name
from locksync.tools.compiled.proof.facts import Facts, Reason


def check_sources(facts: Facts, pin: Pin) -> Iterator[Reason]:
    """Whether everything that a pin's annotation names still asks for it."""
    for source in pin.sources:
        if fault := _fault(facts, pin, source):
            yield facts.at(pin, f"{pin} {fault}")


def _fault(facts: Facts, pin: Pin, source: str) -> str | None:
    named = file_source(source)
    if named is None:
        is_known = facts.knows(source)
        return None if is_known else f"is there because of {source}, which is not pinned"
    if "::" in source or source.endswith("(workspace)"):
        return None  # A build backend asks for it, or the tool's settings do.
    option = named["option"] or "-r"
    meant = facts.annotations.file_meant(source, option)
    if meant is None:
        is_known = facts.knows(named["project"] or "")
        return None if is_known else f"was asked for by {source}, which is no input"
    items = facts.constrained if option == "-c" else facts.wanted
    if any(item.file == meant for item in items.wanting(pin)):
        return None
    return f"was asked for by {meant}, which no longer asks for it"


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
