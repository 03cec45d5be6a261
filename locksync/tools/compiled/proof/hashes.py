"""Whether the hashes of pins changed along with their versions."""

from __future__ import annotations

from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.proof.facts import Reason


def kept_hashes(compiled: CompiledFile, before: CompiledFile, output: str) -> list[Reason]:
    """The pins whose version has changed while the hashes have not."""
    old = {pin.requirement.name: pin.requirement for pin in before.pins}
    return [
        Reason(f"{pin} has the hashes of {found.name}=={found.version}", output, pin.line)
        for pin in compiled.pins
        if (found := old.get(pin.requirement.name))
        and pin.requirement.hashes
        and pin.requirement.hashes == found.hashes
        and pin.requirement.version != found.version
    ]
