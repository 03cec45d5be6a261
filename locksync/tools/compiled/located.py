"""Where a compiled file was compiled, if nothing but its pins tells: here, or somewhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from locksync.tools.compiled.proof.facts import Reason
from locksync.tools.compiled.prove import Proof, Prover


class Located(NamedTuple):
    """A proof for the place where a file was compiled."""

    proof: Proof
    elsewhere: str = ""
    """What that place is called, if it is not here."""


def locate(prover: Prover, held_here: Callable[[], bool]) -> Located:
    """The proof for the place that the file itself speaks for.

    `held_here` tells whether it held here when the output was last committed. It does not move
    to another place by itself.
    """
    places = prover.expected.places
    here = prover.best(places.here)
    if not here.faults:
        return Located(here)
    python = prover.best(places.other_pythons(), here)
    platform = prover.best(places.other_platforms(), python)
    if platform is here:
        return Located(here)
    if held_here():
        return Located(_in_doubt(prover, python) if not python.faults else here)
    if platform.faults and not prover.speaks_for(platform.place, here.place):
        return Located(here)
    return Located(platform, platform.place.beside(here.place))


def _in_doubt(prover: Prover, python: Proof) -> Proof:
    """What is to be said of a file that another Python explains, but no longer this one."""
    version = python.place.lowest or python.place.environment["python_full_version"]
    message = f"it is right only if it was compiled for another Python, such as {version}"
    output = prover.expected.output
    return python._replace(reasons=(Reason(message, output, None, is_certain=False),))
