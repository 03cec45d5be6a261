"""What to do about files that are gone, unreadable or in conflict, in the order to do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.command_line import fix_command, split_command
from locksync.documents import refuse_conflict
from locksync.findings import Code, Finding, FindingError, Place, Repair
from locksync.model import Export, Result
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.tools.protocol import Tool

LATER = "Leave it until {} is resolved, then run `locksync` again"


def with_repairs(result: Result, tool: Tool, tree: Tree) -> Result:
    """The result with what to do about files that its tool cannot read, and about commands."""
    codes = {finding.code for finding in result.findings}
    if Code.CONFLICTED in codes:
        left = [found for found in result.findings if found.code is not Code.CONFLICTED]
        return result._replace(findings=(*left, *_conflicts(result, tool, tree)))
    is_asked = result.is_for_the_tool and not tool.about.is_inert
    if is_asked and (refusal := _refusal(result.export, tool, tree)):
        # Then no `fix` does anything either.
        result = result._replace(
            findings=tuple(
                found._replace(repair=None, advice=found.advice or refusal)
                if found.code in (Code.UNSUPPORTED, Code.MISSING)
                else found
                for found in result.findings
            )
        )
    return result._replace(
        findings=tuple(_with_advice(found, result, tool, tree) for found in result.findings)
    )


def _with_advice(finding: Finding, result: Result, tool: Tool, tree: Tree) -> Finding:
    if finding.code in (Code.MALFORMED, Code.HOSTILE):
        if finding.file == result.inputs[0] and (again := _locked_anew(result.export, tool, tree)):
            return finding._replace(repair=again, advice="")
        return finding
    if finding.code is Code.OUTSIDE:
        return finding._replace(
            advice="Put a file in its place: locksync reads and writes nothing outside"
        )
    if finding.code is Code.REFUSED and not (finding.repair or finding.advice):
        where = result.export.where
        wrong = f"the command ({where})" if where else "the command"
        return finding._replace(advice=f"Correct {finding.file} or {wrong}")
    return finding


def _refusal(export: Export, tool: Tool, tree: Tree) -> str:
    """Why the tool is not started for an export; "" if it is."""
    refused = _refused(export, tool, tree)
    if refused is None:
        return ""
    reason = refused.message.removeprefix(f"{export.output} is not regenerated: ")
    return f"locksync does not run it: {reason}. {refused.advice}".rstrip(". ")


def _refused(export: Export, tool: Tool, tree: Tree) -> Finding | None:
    """The finding with which an export's tool is not started, if there is one."""
    try:
        tool.invoke(export, tree, tree.absolute(export.output))
    except FindingError as error:
        return error.finding
    return None


def by_the_tool_alone(result: Result, tool: Tool, tree: Tree) -> Result:
    """The result with the command itself as the repair, where only its tool can write the output
    and `fix` does not start it."""
    if not result.is_for_the_tool or tool.about.proves or tool.about.is_inert:
        return result
    export = result.export
    refused = _refused(export, tool, tree)
    if refused is None:
        return result
    run = None
    if refused.code is not Code.HOSTILE:
        words = split_command(export.command).words
        run = Repair((words,), export.directory, writes=(export.output,))
    refusal = _refusal(export, tool, tree)
    found = (
        one._replace(repair=run, advice=one.advice or refusal)
        if one.repair and one.code.is_repaired_by_writing
        else one
        for one in result.findings
    )
    return result._replace(findings=tuple(found))


def kept_by_hand(finding: Finding, result: Result, tree: Tree) -> str:
    """What to write into the inputs of a compiled file so that it is right as it was edited."""
    from locksync.requirements.parsing import decode, parse

    output, source = result.export.output, result.inputs[0]
    if not finding.line:
        return ""
    lines = decode(tree.read(finding.file) or b"").splitlines()
    line = lines[finding.line - 1] if finding.line <= len(lines) else ""
    wanted = parse(line.rstrip("\\ ")).requirements
    if not wanted:
        return ""
    name, version = wanted[0].name, wanted[0].version
    if finding.file == output:
        return f"To keep it, have {source} ask for {name}=={version}"
    found = [one for one in parse(decode(result.current or b"")).requirements if one.name == name]
    if not found:
        return f"To keep it, take {name} out of {finding.file} (line {finding.line})"
    return f"To keep it, write {name}=={found[0].version} in {finding.file} (line {finding.line})"


def _locked_anew(export: Export, tool: Tool, tree: Tree) -> Repair | None:
    """The command for a lock file that its tool cannot read: it needs the last readable one."""
    relock = tool.make_lock(export)
    if relock is None:
        return None
    lock = tool.inputs(export)[0]
    back: tuple[str, ...] = ("rm", Place(lock))
    if tree.is_committed(lock) and tree.changed([lock]):
        back = ("git", "checkout", "HEAD", "--", Place(lock))
    return Repair((back,), writes=(lock,)).then(relock)


def _conflicts(result: Result, tool: Tool, tree: Tree) -> Iterator[Finding]:
    """A finding for each file in conflict, in the order in which they are to be resolved."""
    export = result.export
    lock, *others = tool.inputs(export)
    relock = tool.make_lock(export)
    written = dict.fromkeys((*([] if relock else [lock]), *others, *result.inputs))
    by_hand = [
        found for file in written if not (relock and file == lock) for found in _marked(file, tree)
    ]
    told = "Resolve it by hand, then run `locksync` again"
    yield from (found._replace(advice=told) for found in by_hand)
    before = by_hand[-1].file if by_hand else ""
    for found in _marked(lock, tree) if relock else ():
        if before:
            yield found._replace(advice=LATER.format(before))
        else:
            yield found._replace(repair=_locked_anew(export, tool, tree))
        before = lock
    for found in _marked(export.output, tree):
        if before:
            yield found._replace(advice=LATER.format(before))
        else:
            yield found._replace(repair=fix_command(export.output))


def _marked(file: str, tree: Tree) -> Iterator[Finding]:
    """The finding for a file with conflict markers."""
    try:
        refuse_conflict(tree.read(file) or b"", file)
    except FindingError as error:
        if error.finding.code is Code.CONFLICTED:
            yield error.finding


def refuse_missing_lock(result: Result, tool: Tool, tree: Tree) -> None:
    """Raise FindingError unless the lock file, or the main source, is there."""
    lock, export = tool.inputs(result.export)[0], result.export
    if tree.exists(lock) and not tree.is_deleted(lock):
        return
    was_there = is_known(lock, tree)
    if result.current is None or not was_there:
        raise FindingError(_without_lock(export, tool, tree, was_there=was_there))
    if new := tree.renamed(lock):
        raise FindingError(_moved(export, lock, new, tool))
    message = f"{export.output} is orphaned: {lock}, which it was exported from, is gone"
    kept = None
    if tree.is_committed(lock):
        kept = Repair((("git", "checkout", "HEAD", "--", Place(lock)),), writes=(lock,))
    advice = f"If it is to go, take its command out too ({export.where})" if export.where else ""
    drop = _removal(export.output, tree)
    raise FindingError(Finding(Code.ORPHANED, message, export.output, None, drop, kept, advice))


def _without_lock(export: Export, tool: Tool, tree: Tree, *, was_there: bool) -> Finding:
    lock, *others = tool.inputs(export)
    message = f"{export.output} cannot be written: there is no {lock}"
    relock = None if was_there else tool.make_lock(export)
    if was_there and tree.is_committed(lock):
        relock = Repair((("git", "checkout", "HEAD", "--", Place(lock)),), writes=(lock,))
    elif others and not tree.exists(others[0]):
        relock = None  # The tool would find nothing to lock.
    advice = f"Or take its command out of exports ({export.where})" if export.where else ""
    if not relock:
        advice = advice.replace("Or take", "Take")
    return Finding(Code.REFUSED, message, lock, None, relock, advice=advice)


def _moved(export: Export, lock: str, new: str, tool: Tool) -> Finding:
    """The finding for an output whose source has another name now."""
    message = f"{export.output} was made from {lock}, which was renamed to {new}"
    if export.where:
        advice = f"Write the new name into its command ({export.where})"
        return Finding(Code.ORPHANED, message, export.output, None, advice=advice)
    target = paths.join(paths.parent(new), paths.name(export.output))
    repair = tool.follow(export, lock, new)
    if repair is None and paths.name(lock) == paths.name(new) and target != export.output:
        words = ("git", "mv", Place(export.output), Place(target))
        repair = Repair((words,), writes=(target,))
    return Finding(Code.ORPHANED, message, export.output, None, repair)


def _removal(output: str, tree: Tree) -> Repair:
    """The command that takes an output out of the repository."""
    words: Sequence[str] = ("git", "rm")
    if not tree.is_tracked(output):
        words = ("rm",)
    elif tree.changed((output,)):
        words = ("git", "rm", "--force")
    return Repair(((*words, Place(output)),), drops=True)


def stale(export: Export, reason: str = "") -> Finding:
    """The finding that an output is not what its command writes, with the reason if it is known."""
    message = f"{export.output} is stale: {reason or f'it is not what {export.quoted} writes'}"
    return Finding(Code.STALE, message, export.output, None, fix_command(export.output))


def made(output: str, tree: Tree) -> Repair:
    """The command that writes an output, with the directory that it needs."""
    directory = paths.parent(output)
    fix = fix_command(output)
    if not directory or tree.is_directory(directory):
        return fix
    return Repair((("mkdir", "-p", Place(directory)),)).then(fix)


def missing(export: Export, tree: Tree) -> Finding:
    """The finding for an output that is not there."""
    fix = made(export.output, tree)
    if new := tree.renamed(export.output):
        message = f"{export.output} is missing: it was renamed to {new}"
        back = Repair((("git", "mv", Place(new), Place(export.output)),), writes=(export.output,))
        place = f" ({export.where})" if export.where else ""
        advice = f"Or have the command{place} write {paths.name(new)}"
        return Finding(Code.MISSING, message, export.output, None, back, advice=advice)
    message = f"{export.output} is missing: {export.quoted} would write it"
    return Finding(Code.MISSING, message, export.output, None, fix, advice=_without(export, tree))


def _without(export: Export, tree: Tree) -> str:
    """How to do without an output that somebody has deleted."""
    if not tree.is_deleted(export.output):
        return ""
    if export.where:
        return f"If it is not to be there, delete it and take its command out ({export.where})"
    exclude = f'put exclude = ["{export.output}"] under [tool.locksync] in pyproject.toml'
    return f"If it is not to be there, delete it and {exclude}"
