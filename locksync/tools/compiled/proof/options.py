"""Whether the option lines are those that the command and its inputs call for."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from locksync.requirements.option_words import VARIABLE
from locksync.tools.compiled.proof.facts import Facts, Reason

INCLUDES = ("--requirement ", "--constraint ")
FORMAT_CONTROLS = ("--no-binary", "--only-binary")


def check_options(facts: Facts) -> Iterator[Reason]:
    """Whether an option line is missing, or has become superfluous."""
    output = facts.expected.output
    found = {_normal(option) for option in facts.compiled.options}
    expected = {_normal(option) for option in facts.expected.options}
    before = {_normal(option) for option in facts.expected.options_before}
    for option in sorted(expected - found):
        if f"{_name_of(option)} :all:" not in found and not _is_elsewhere(option, found):
            is_certain = not VARIABLE.search(option)
            if is_certain or not any(_could_be(option, other) for other in found):
                reason = Reason(f"it lacks the option {option}", output, None)
                yield reason._replace(is_certain=is_certain)
    for option in sorted(found - expected):
        is_hidden = facts.expected.is_told and _name_of(option) in facts.expected.hidden_options
        if option.startswith(INCLUDES):
            yield Reason(f"it has the line {option}, which no command writes", output, None)
        elif option.startswith(FORMAT_CONTROLS) or option in before or is_hidden:
            yield Reason(f"it has the option {option}, which no input calls for", output, None)


def _name_of(option: str) -> str:
    return option.partition(" ")[0]


def _is_elsewhere(option: str, found: Collection[str]) -> bool:
    """Whether a relative path is there as an absolute one, as pip-tools writes it."""
    name, _, place = option.partition(" ")
    if name != "--find-links" or "://" in place:
        return False
    tail = "/" + posixpath.normpath(place).lstrip("./")
    return any(
        other.startswith(name) and posixpath.normpath(other).endswith(tail) for other in found
    )


def _could_be(option: str, other: str) -> bool:
    """Whether an option may become another one, once its variables are expanded."""
    start, *parts, end = VARIABLE.split(option)
    if not (other.startswith(start) and other.endswith(end)):
        return False
    place, last = len(start), len(other) - len(end)
    for part in parts:
        found = other.find(part, place, last)
        if found < 0:
            return False
        place = found + len(part)
    return place <= last


def _normal(option: str) -> str:
    """An option line in the one spelling that can be compared."""
    name, _, value = option.partition(" ")
    return f"{name} {value.strip().rstrip('/')}"
