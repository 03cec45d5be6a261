"""Whether the option lines are those that the command and its inputs call for."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.tools.compiled.proof.facts import Facts, Reason

FORMAT_CONTROLS = ("--no-binary", "--only-binary")


def check_options(facts: Facts) -> Iterator[Reason]:
    """Whether an option line is missing, or has become superfluous."""
    output = facts.expected.output
    found = {_normal(option) for option in facts.compiled.options}
    expected = {_normal(option) for option in facts.expected.options}
    before = {_normal(option) for option in facts.expected.options_before}
    for option in sorted(expected - found):
        name = option.partition(" ")[0]
        if f"{name} :all:" not in found:
            yield Reason(f"it lacks the option {option}", output, None)
    for option in sorted(found - expected):
        if option.startswith(FORMAT_CONTROLS) or option in before:
            yield Reason(f"it has the option {option}, which no input calls for", output, None)


def _normal(option: str) -> str:
    """An option line in the one spelling that can be compared."""
    name, _, value = option.partition(" ")
    return f"{name} {value.strip().rstrip('/')}"
