"""Whether the hashes of pins changed along with their versions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from locksync.repository.protocol import Tree
from locksync.requirements.limits import excess
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import CompiledFile, parse_compiled
from locksync.tools.compiled.proof.facts import Reason


def kept_hashes(compiled: CompiledFile, output: str, tree: Tree) -> list[Reason]:
    """The pins whose version has changed while the hashes have not.

    These are doubts: the tools may keep the hashes that they find.
    """
    for before in _before(output, tree):
        old = {pin.requirement.name: pin.requirement for pin in before.pins}
        reasons = [
            Reason(
                f"{pin} has the hashes of {found.name}=={found.version}",
                output,
                pin.line,
                is_certain=False,
            )
            for pin in compiled.pins
            if (found := old.get(pin.requirement.name))
            and pin.requirement.hashes
            and pin.requirement.hashes == found.hashes
            and pin.requirement.version != found.version
        ]
        if reasons:
            return reasons
    return []


def _before(output: str, tree: Tree) -> Iterator[CompiledFile]:
    """The output in HEAD, before it was last committed, and at the base that CI names."""
    now = tree.read(output)
    named = (tree.committed(output), tree.at_named_base(output))
    earlier = (tree.as_of(commit).read(output) for commit in tree.history([output])[1:2])
    for content in chain((content for content in named if content != now), earlier):
        if content and not excess(content):
            yield parse_compiled(decode(content))
