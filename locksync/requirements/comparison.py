"""How two requirements files differ in meaning."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from packaging.version import Version

from locksync.model import ChangedPin, Difference, Pin
from locksync.requirements.markers import holds_alike
from locksync.requirements.parsing import Requirement, RequirementsFile, parse

MOST_PAIRS = 2**12
"""How many pairs of markers of one package are compared: others are alike if their text is."""
HASHES = re.compile(r": \d+ hashes more, \d+ fewer$")


def compare(current: str, expected: str, *, python: str = "") -> Difference:
    """The difference that makes `expected` of `current`; an empty one where both mean the same.

    The same requirements (name, extras, version or URL, marker, set of hashes) and the same
    option lines mean the same in any order and spelling, with any comments. Markers are the same
    if they hold in the same environments, of the versions of Python that the project allows:
    its `requires-python`, "" for all.
    """
    return compare_parsed(parse(current), parse(expected), python=python)


def compare_parsed(
    before: RequirementsFile, after: RequirementsFile, *, python: str = ""
) -> Difference:
    """The same, of files that have been read."""
    old, new = _by_name(before.requirements), _by_name(after.requirements)
    found = [
        _compare_requirements(old.get(name, []), new.get(name, []), python)
        for name in sorted({*old, *new})
    ]
    return Difference(
        added=tuple(pin for one in found for pin in one.added),
        removed=tuple(pin for one in found for pin in one.removed),
        changed=tuple(pin for one in found for pin in one.changed),
        details=(
            *_option_details(before.options, after.options),
            *(detail for one in found for detail in one.details),
        ),
    )


def is_ahead(difference: Difference) -> bool:
    """Whether the file pins newer versions than those expected, and none that is older.

    Whatever else differs: a file that somebody has moved forward is not to be moved back unseen.
    """
    steps = [_step(pin.before, pin.after) for pin in difference.changed]
    return "newer" in steps and "older" not in steps


def newer_pins(difference: Difference) -> list[str]:
    """The names that the file pins to newer versions than those expected."""
    return [pin.name for pin in difference.changed if _step(pin.before, pin.after) == "newer"]


def _step(version: str, other: str) -> str:
    try:
        return "newer" if Version(version) > Version(other) else "older"
    except ValueError:
        return "unknown"


def _by_name(requirements: Iterable[Requirement]) -> Mapping[str, list[Requirement]]:
    names: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        names.setdefault(requirement.name or requirement.url, []).append(requirement)
    return names


def _compare_requirements(
    before: list[Requirement], after: list[Requirement], python: str
) -> Difference:
    """The difference between the requirements of one name."""
    before, after = _without_common(before, after, python)
    pairs, before, after = _paired(before, after, lambda one: one.version)
    details = [told for pair in pairs for told in _requirement_details(*pair, python)]
    added, removed, changed = [], [], []
    for gone, come in zip_longest(before, after):
        if gone is None:
            added.append(_pin(come))
        elif come is None:
            removed.append(_pin(gone))
        else:
            changed.append(ChangedPin(_pin(come).name, gone.version, come.version))
    return Difference(tuple(added), tuple(removed), tuple(changed), tuple(details))


def _without_common(
    before: list[Requirement], after: list[Requirement], python: str
) -> tuple[list[Requirement], list[Requirement]]:
    _, before, after = _paired(before, after, lambda one: one)
    if len(before) * len(after) > MOST_PAIRS:
        return before, after
    after = list(after)
    left = []
    for old in before:
        if new := next((new for new in after if is_same(old, new, python)), None):
            after.remove(new)
        else:
            left.append(old)
    return left, after


def _paired(
    before: Iterable[Requirement],
    after: Sequence[Requirement],
    key: Callable[[Requirement], object],
) -> tuple[list[tuple[Requirement, Requirement]], list[Requirement], list[Requirement]]:
    """The pairs that have the same key, and what is left on either side."""
    places: dict[object, deque[int]] = {}
    for place, new in enumerate(after):
        places.setdefault(key(new), deque()).append(place)
    pairs, left, taken = [], [], set()
    for old in before:
        if alike := places.get(key(old)):
            taken.add(alike[0])
            pairs.append((old, after[alike.popleft()]))
        else:
            left.append(old)
    return pairs, left, [new for place, new in enumerate(after) if place not in taken]


def is_same(one: Requirement, other: Requirement, python: str) -> bool:
    """Whether two requirements ask for the same, in the environments of some versions of Python."""
    alike = one._replace(marker="") == other._replace(marker="")
    return alike and holds_alike(one.marker, other.marker, python) is True


def _requirement_details(old: Requirement, new: Requirement, python: str) -> Iterator[str]:
    subject = f"{_pin(new).name} {new.version}".strip()
    if old.hashes != new.hashes:
        come, gone = len(new.hashes - old.hashes), len(old.hashes - new.hashes)
        yield f"{subject}: {come} hashes more, {gone} fewer"
    if not holds_alike(old.marker, new.marker, python):
        yield f"{subject}: marker {old.marker or 'none'} -> {new.marker or 'none'}"
    if old.extras != new.extras:
        yield f"{subject}: extras {_listed(old.extras)} -> {_listed(new.extras)}"
    if old.options != new.options:
        yield f"{subject}: options {_listed(old.options)} -> {_listed(new.options)}"


def with_hashes_together(difference: Difference, current: str, expected: str) -> Difference:
    """The difference, with one detail for hashes that all pins lose or that all get."""
    both = [parse(text).requirements for text in (current, expected)]
    counts = [sum(bool(one.hashes) for one in side) for side in both]
    details = [told for told in difference.details if not HASHES.search(told)]
    if all(counts) or len(details) == len(difference.details):
        return difference
    first = next((one.name for side in both for one in side if one.hashes), "")
    whose = f"all {max(counts)} pins" if max(counts) > 1 else first
    verb = "lose their hashes" if counts[0] else "get hashes"
    if max(counts) == 1:
        verb = "loses its hashes" if counts[0] else "gets hashes"
    return difference._replace(details=(f"{whose} {verb}", *details))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _pin(requirement: Requirement) -> Pin:
    if not requirement.name:
        return Pin(requirement.url, "")
    return Pin(requirement.name, requirement.version)


def _option_details(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    old, new = Counter(before), Counter(after)
    for option in sorted(old | new):
        if old[option] < new[option]:
            yield f"+ {option}"
        elif old[option] > new[option]:
            yield f"- {option}"
