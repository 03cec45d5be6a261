"""Decide whether an output is behind its inputs, or was edited and must not be reverted."""

from __future__ import annotations

from collections.abc import Sequence

from locksync.command_line import fix_command
from locksync.findings import Code, Finding
from locksync.model import Result
from locksync.repository.protocol import Tree
from locksync.requirements.comparison import compare, is_ahead, newer_pins
from locksync.requirements.parsing import decode
from locksync.tools.protocol import Tool

DISCARD = "`locksync fix` would discard that"


def explain(result: Result, tool: Tool, tree: Tree) -> Finding:
    """The finding for an output that differs from what its command writes."""
    export, difference = result.export, result.difference
    lock, output = tree.target(result.inputs[0]), export.output
    changed = _changed(tree, (output, lock))
    if not difference:
        code = Code.STALE
        message = f"{output} means what {export.quoted} writes, but its bytes differ"
        if changed == {output}:
            code, message = Code.EDITED, f"{message} since it was edited: {DISCARD}"
        return Finding(code, message, output, None, fix_command(output))
    newer = newer_pins(difference)
    if changed == {output}:
        message = f"{output} was edited, but {lock} was not: {DISCARD}"
    elif changed != {lock} and is_ahead(difference):
        message = f"{output} is ahead of {lock}: {DISCARD}"
    elif lock in changed and (raised := _raised_pins(result, tree).intersection(newer)):
        message = f"{output} is both behind and ahead of {lock}: {DISCARD}"
        newer = sorted(raised)
    else:
        said = f"it is not what {export.quoted} writes"
        if lock in changed:
            said = f"{lock} has changed since it was exported"
        message = f"{output} is stale: {said}"
        return Finding(Code.STALE, message, output, None, fix_command(output))
    repair = tool.move_lock(export, newer) if newer else fix_command(output)
    return Finding(Code.EDITED, message, output, None, repair)


def was_edited_alone(output: str, inputs: Sequence[str], tree: Tree) -> bool:
    """Whether, according to git, the output has changed and none of its inputs has."""
    return _changed(tree, (output, *inputs)) == {output}


def _changed(tree: Tree, paths: Sequence[str]) -> frozenset[str]:
    """The paths that differ from HEAD or, if none does, from the base of the branch."""
    return tree.changed(paths) or tree.changed_on_branch(paths)


def _raised_pins(result: Result, tree: Tree) -> frozenset[str]:
    """The packages whose pins are newer than in HEAD, or than at the base of the branch."""
    output = result.export.output
    before = tree.committed(output) if tree.changed((output,)) else tree.at_base(output)
    if before is None or result.current is None:
        return frozenset()
    return frozenset(
        newer_pins(compare(decode(result.current), decode(before), python=result.python))
    )
