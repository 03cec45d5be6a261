"""How much a proof may compare. Beyond, only the tool tells."""

from __future__ import annotations

from collections import Counter

from locksync.requirements.limits import MOST_MARKERS
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.manifest import Inputs

MOST_ITEMS = 2**15
"""How many requirements and constraints all inputs may have together."""
MOST_SOURCES = 2**16
MOST_PAIRS = 2**18
"""How many pairs of a pin and what may ask for it."""


def too_much(compiled: CompiledFile, inputs: Inputs) -> str:
    """What there is too much of to be compared, "" for nothing."""
    if sum(len(pin.sources) for pin in compiled.pins) > MOST_SOURCES:
        return f"more than {MOST_SOURCES} annotations"
    items = (*inputs.requirements, *inputs.constraints, *inputs.overrides)
    if len(items) > MOST_ITEMS:
        return f"more than {MOST_ITEMS} requirements in its inputs"
    if len({item.requirement.marker for item in items}) > MOST_MARKERS:
        return f"more than {MOST_MARKERS} different markers in its inputs"
    asked = Counter(item.requirement.name for item in items)
    placed_items = sum(bool(item.requirement.url) for item in items)
    placed_pins = sum(bool(pin.requirement.url) for pin in compiled.pins)
    pairs = sum(asked[pin.requirement.name] for pin in compiled.pins if pin.requirement.name)
    pairs += placed_items * len(compiled.pins) + placed_pins * len(items)
    return "too many requirements of the same package" if pairs > MOST_PAIRS else ""
