"""Whether the packages that are left out are those that the command leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.requirements.names import canonicalize_name
from locksync.tools.compiled.proof.facts import Facts, Reason


def check_left_out(facts: Facts) -> Iterator[Reason]:
    """Whether a pin should be left out, and whether something left out should be pinned."""
    if not facts.expected.is_told:
        return
    unpinned = {canonicalize_name(name) for name in facts.expected.unpinned}
    for pin in facts.compiled.pins:
        if pin.requirement.name in unpinned:
            yield facts.at(pin, f"{pin} is pinned, and the command leaves it out")
    for name in sorted(facts.compiled.excluded):
        if canonicalize_name(name) not in unpinned:
            message = f"{name} is left out, and the command leaves out no such package"
            yield Reason(message, facts.expected.output, None)
