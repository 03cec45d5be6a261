"""Decide whether an output is behind its inputs, or was edited and must not be reverted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from locksync.command_line import fix_command
from locksync.findings import Code, Finding
from locksync.model import Difference, Result
from locksync.repository.protocol import Tree
from locksync.requirements.authorship import OF_PACKAGE
from locksync.requirements.comparison import compare, is_ahead, newer_pins
from locksync.requirements.parsing import decode
from locksync.requirements.pylock import compare_contents
from locksync.tools.protocol import Tool
from locksync.verdict.authorship import Tell, authorship
from locksync.verdict.repairs import kept_by_hand, stale

BY_HAND = "Do not merge it by hand: its command writes it"


def explain(result: Result, tool: Tool, tree: Tree, tell: Tell | None) -> Result:
    """The result for an output that differs from what its command writes, with the finding."""
    result, own = _with_own(result, tool, tree, tell)
    export, difference = result.export, result.difference
    lock, output = tree.target(result.inputs[0]), export.output
    changed = _changed(tree, (output, lock))
    newer = newer_pins(difference)
    said = _edited(output, (lock,), own, tree)
    if not difference:
        said = f"{output} means what {export.quoted} writes, but its bytes differ"
        if changed != {output} and not own and tree.is_watched(output):
            return _found(result, Finding(Code.STALE, said, output, None, fix_command(output)))
        said = f"{said} since it was edited"
    elif changed not in ({lock}, {output}) and is_ahead(difference):
        said = f"{output} is ahead of {lock}"
    elif lock in changed and (raised := _raised_pins(result, tree).intersection(newer)):
        said = f"{output} is both behind and ahead of {lock}"
        newer = sorted(raised)
    if said:
        kept = difference if changed == {output} else _own_part(difference, newer, result.own)
        return _found(result, _edit(said, result, tool, tree, kept))
    reason = ""
    if lock in changed:
        reason = f"{lock} has changed since it was exported"
    elif export.where:
        reason = f"it is not what {export.quoted} writes ({export.where})"
    return _found(result, stale(export, reason))


def _own_part(difference: Difference, newer: Collection[str], own: Iterable[str]) -> Difference:
    """What of a difference somebody wrote: what else differs may be what the lock has moved."""
    names = {match["name"] for line in own if (match := OF_PACKAGE.match(line))}
    return Difference(
        removed=tuple(pin for pin in difference.removed if pin.name in names),
        changed=tuple(pin for pin in difference.changed if pin.name in {*newer, *names}),
    )


def _edit(said: str, result: Result, tool: Tool, tree: Tree, kept: Difference) -> Finding:
    """The finding for an edit, with two ways on: `kept` is what the one keeps of it."""
    export, output = result.export, result.export.output
    what = "one of them" if _is_in_conflict(result) else "it"
    keep = tool.keep(export, kept, tree) if kept else None
    inputs = tool.inputs(export)
    source = next((file for file in reversed(inputs) if tree.exists(file)), inputs[-1])
    advice = "" if keep else f"To keep {what}, ask for it in {source} and lock again"
    if tool.about.proves:
        advice = f"To keep {what}, have {result.inputs[0]} ask for it"
    drop = fix_command(output, drops=True)
    return Finding(Code.EDITED, said, output, None, drop, keep, advice)


def protect(result: Result, tool: Tool, tree: Tree, tell: Tell | None = None) -> Result:
    """The result for an output that is wrong in other ways, with a finding if it was edited too."""
    result, own = _with_own(result, tool, tree, tell)
    output, codes = result.export.output, {finding.code for finding in result.findings}
    said = _edited(output, result.inputs, own, tree)
    is_in_conflict = _is_in_conflict(result)
    # A merge changes an output, too.
    is_merged = is_in_conflict and not own and tree.is_watched(output)
    if is_merged or not said or Code.EDITED in codes:
        return result
    if is_in_conflict:
        said = f"{output} holds lines that its command does not write"
    finding = _edit(said, result, tool, tree, Difference())
    others = (
        one._replace(repair=None, advice=BY_HAND) if one.code is Code.CONFLICTED else one
        for one in result.findings
        if one.code is not Code.STALE
    )
    return result._replace(findings=(*others, finding))


def edited(finding: Finding, result: Result, tree: Tree) -> Finding:
    """The finding that an output is stale or, where git tells so, that it was edited."""
    output, inputs = result.export.output, result.inputs
    said = _edited(output, inputs, (), tree)
    if finding.code is not Code.STALE or not said:
        return finding
    reason = finding.message.removeprefix(f"{output} is stale: ")
    return finding._replace(
        code=Code.EDITED,
        message=f"{said}: {reason}",
        repair=fix_command(output, drops=True),
        advice=kept_by_hand(finding, result, tree),
    )


def _with_own(
    result: Result, tool: Tool, tree: Tree, tell: Tell | None
) -> tuple[Result, Sequence[str]]:
    """The result with all that is somebody's own in the output, and what of it is protected."""
    own = authorship(result, tool, tree, tell)
    return result._replace(own=(*own.lines, *own.others)), own.lines


def _is_in_conflict(result: Result) -> bool:
    return any(finding.code is Code.CONFLICTED for finding in result.findings)


def _found(result: Result, finding: Finding) -> Result:
    return result._replace(findings=(*result.findings, finding))


def _edited(output: str, inputs: Sequence[str], own: Sequence[str], tree: Tree) -> str:
    """How the output is known to be edited; "" where it is not."""
    if not tree.is_watched(output):
        return f"{output} is not what its command writes, and git cannot tell who changed it"
    changed = _changed(tree, (output, *inputs))
    if changed == {output}:
        return f"{output} was edited, but {inputs[0]} was not"
    if not own:
        return ""
    moved = next((path for path in inputs if path in changed), None)
    return f"{output} was edited, and {moved} has changed" if moved else f"{output} was edited"


def _changed(tree: Tree, paths: Sequence[str]) -> frozenset[str]:
    """The paths that differ from HEAD or, if none does, from the base of the branch."""
    return tree.changed(paths) or tree.changed_on_branch(paths)


def _raised_pins(result: Result, tree: Tree) -> frozenset[str]:
    """The packages whose pins are newer than in HEAD, or than at the base of the branch."""
    output = result.export.output
    before = tree.committed(output) if tree.changed((output,)) else tree.at_base(output)
    if before is None or result.current is None:
        return frozenset()
    if output.endswith(".toml"):
        return frozenset(newer_pins(compare_contents(result.current, before, output)))
    return frozenset(
        newer_pins(compare(decode(result.current), decode(before), python=result.python))
    )
