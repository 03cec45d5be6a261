"""Whether a compiled file is still what its inputs ask for, judged from the file itself.

A resolver that prefers the pins of the file has no reason to change it if every fact holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.manifest import Inputs, UnprovableError
from locksync.tools.compiled.proof.facts import AmbiguousError, Expected, Facts, Reason
from locksync.tools.compiled.proof.options import check_options
from locksync.tools.compiled.proof.pins import check_pin
from locksync.tools.compiled.proof.requirements import check_constraint, check_requirement
from locksync.tools.compiled.proof.sources import check_chains


def prove(compiled: CompiledFile, inputs: Inputs, expected: Expected) -> list[Reason]:
    """The reasons to compile the file again; none if it is as it should be.

    If the environment decides which requirements apply, it is enough that everything holds in one
    of the environments. Raises UnprovableError.
    """
    try:
        return _prove(compiled, inputs, expected)
    except AmbiguousError:
        proofs = (
            _prove(compiled, inputs, expected._replace(environments=[environment]))
            for environment in expected.environments
        )
        return min(proofs, key=len)


def _prove(compiled: CompiledFile, inputs: Inputs, expected: Expected) -> list[Reason]:
    facts = Facts(compiled, inputs, expected)
    reasons = list(dict.fromkeys(_check(facts)))
    names = {item.requirement.name for item in facts.requirements}
    if not reasons and not facts.annotations.are_there and set(facts.pins) - names:
        raise UnprovableError("its pins have no annotations, so nothing tells what needs them")
    return reasons


def _check(facts: Facts) -> Iterator[Reason]:
    for item in facts.requirements:
        yield from check_requirement(facts, item)
    for item in facts.constraints:
        yield from check_constraint(facts, item)
    for pin in facts.compiled.pins:
        yield from check_pin(facts, pin)
    yield from check_chains(facts)
    yield from check_options(facts)
