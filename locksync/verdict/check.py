"""Check one export: the cheapest checks first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.command_line import as_argument, fix_command, join_words
from locksync.documents import refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Difference, Edits, Export, How, Result
from locksync.repository.protocol import Tree
from locksync.requirements.credentials import find_credentials
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS

COMMENT_LINE = re.compile(rb"^[ \t]*#", re.MULTILINE)


def check(export: Export, tree: Tree, known: Answer | None = None) -> Result:
    """The verdict on one export."""
    tool = TOOLS[export.tool]
    result = Result(export, tool.inputs(export), How.NONE)
    try:
        # git does not look behind a link, and replacing the file would replace the link.
        export = export._replace(output=tree.target(export.output))
        result = result._replace(export=export, current=tree.read(export.output))
        result = result._replace(findings=tuple(_state(result, tree)))
        _refuse_missing_lock(result, tool, tree)
        answer = known or tool.answer(export, tree)
        result = _with(result, *answer.findings)
        result = result._replace(inputs=answer.inputs or result.inputs, python=answer.python)
    except FindingError as error:
        return _untold(_with(result, error.finding), tool, tree)
    if answer.how is How.PROVED:
        return _proved(result, answer, tree)
    if answer.text is None:
        return _untold(result, tool, tree)
    return conclude(result._replace(how=How.RENDERED), answer.text, tool, tree)


def _untold(result: Result, tool: Tool, tree: Tree) -> Result:
    """The result when the findings already say why the check cannot go on."""
    if result.current is None and result.is_for_the_tool:
        missing = _missing(result.export)._replace(repair=None)
        result = result._replace(findings=(missing, *result.findings))
    return _with_lock_repairs(result, tool, tree)


def _proved(result: Result, answer: Answer, tree: Tree) -> Result:
    """The result for an output that was compared with its inputs rather than with a text."""
    result = result._replace(how=How.PROVED, difference=Difference(details=answer.details))
    if result.current is None:
        return _with(result, _missing(result.export))
    fix = fix_command(result.export.output)
    if secret := find_credentials(result.current.decode("utf-8", "replace")):
        result = _with(result, _own_secret(result, secret))
    return result._replace(
        findings=tuple(
            _stale_or_edited(finding, result, tree)._replace(repair=fix)
            if finding.code.is_repaired_by_writing
            else finding
            for finding in result.findings
        )
    )


def _stale_or_edited(finding: Finding, result: Result, tree: Tree) -> Finding:
    from locksync.verdict.direction import DISCARD, was_edited_alone

    output, inputs = result.export.output, result.inputs
    if finding.code is not Code.STALE or not was_edited_alone(output, inputs, tree):
        return finding
    reason = finding.message.removeprefix(f"{output} is stale: ")
    message = f"{output} was edited, but {inputs[0]} was not: {reason}; {DISCARD}"
    return finding._replace(code=Code.EDITED, message=message)


def adopt(result: Result, text: str) -> Result:
    """The result of a proof, after the tool has written what the output should hold."""
    current = result.current
    result = result._replace(how=How.RAN)
    if secret := find_credentials(text):
        return _with(result, _secret(result, secret))
    if current is None:
        return result._replace(expected=text.encode())
    expected = _with_line_ends_of(current, text)
    if expected == current:
        # The tool leaves the file alone, and the tool is the judge.
        kept = tuple(found for found in result.findings if not found.code.is_repaired_by_writing)
        return result._replace(findings=kept, difference=Difference())
    difference = _difference(result, current, text)
    return result._replace(expected=expected, difference=difference)


def conclude(result: Result, text: str, tool: Tool, tree: Tree) -> Result:
    """The result, given the text that the command writes."""
    if secret := find_credentials(text):
        return _with(result, _secret(result, secret))
    if edits := result.export.edits or _own_comments(result, tool):
        result, text = _edited(result, text, edits, tree)
        if secret := find_credentials(text):
            return _with(result, _own_secret(result, secret))
    return _compare(result, text, tool, tree)


def _own_comments(result: Result, tool: Tool) -> Edits | None:
    """What keeps the comments that somebody put into a file whose tool writes none."""
    current = result.current or b""
    if tool.about.writes_header or result.export.strict or not COMMENT_LINE.search(current):
        return None
    return Edits(keep=("#*",))


def _edited(result: Result, text: str, edits: Edits, tree: Tree) -> tuple[Result, str]:
    """The text as its team edits it, and the result with what is to be said of the edits."""
    # Imported late: hardly an output is edited.
    from locksync.requirements.edited import edit
    from locksync.requirements.parsing import decode

    # What somebody put into a file that was deleted by mistake is still known to git.
    content = result.current if result.current is not None else tree.committed(result.export.output)
    current = None if content is None else decode(content, "surrogateescape")
    edited = edit(text, edits, current)
    result = result._replace(unmatched=edited.unmatched, overruled=edited.overruled)
    return result, edited.text


def _with(result: Result, *findings: Finding) -> Result:
    return result._replace(findings=(*result.findings, *findings))


def _state(result: Result, tree: Tree) -> Iterator[Finding]:
    """What git says of the output file and the lock file, whatever they contain."""
    output, lock = result.export.output, result.inputs[0]
    yield from _tracking(output, tree, is_there=result.current is not None)
    if tree.exists(lock) and not tree.is_deleted(lock):
        yield from _tracking(tree.target(lock), tree, is_there=True)


def _tracking(path: str, tree: Tree, *, is_there: bool) -> Iterator[Finding]:
    if tree.is_tracked(path):
        return
    if rule := tree.ignore_rule(path):
        file, line = rule
        message = f"{path} is ignored by git ({file}:{line}), so no commit will include it"
        force = join_words(("git", "add", "--force", as_argument(path)))
        yield Finding(Code.IGNORED, message, file, line, force)
    elif is_there:
        message = f"{path} is not tracked by git, so no commit will include it"
        stage = join_words(("git", "add", as_argument(path)))
        yield Finding(Code.UNTRACKED, message, path, None, stage)


def _with_lock_repairs(result: Result, tool: Tool, tree: Tree) -> Result:
    """The result with the commands that restore a lock file that its tool cannot read."""
    lock = result.inputs[0]
    broken = (Code.CONFLICTED, Code.MALFORMED, Code.HOSTILE)
    if not any(finding.code in broken and finding.file == lock for finding in result.findings):
        return result
    # The tool cannot repair a lock file that it cannot read. It needs the last readable one.
    back: tuple[str, ...] = ("rm", as_argument(lock))
    if tree.is_committed(lock) and tree.changed([lock]):
        back = ("git", "checkout", "HEAD", "--", lock)
    repair = f"{join_words(back)} && {tool.make_lock(result.export)}"
    return result._replace(
        findings=tuple(
            finding._replace(repair=repair)
            if finding.code in broken and finding.file == lock
            else finding
            for finding in result.findings
        )
    )


def _secret(result: Result, url: str) -> Finding:
    lock, output = result.inputs[0], result.export.output
    if result.how is How.RAN:
        source, file = f"`{result.export.command}` puts", output
    else:
        source, file = f"{lock} contains", lock
    message = f"{output} is not written: {source} credentials in the URL {url}..."
    return Finding(Code.SECRET, message, file)


def _own_secret(result: Result, url: str) -> Finding:
    output = result.export.output
    message = f"{output} contains credentials, in the URL {url}..."
    return Finding(Code.SECRET, message, output)


def _refuse_missing_lock(result: Result, tool: Tool, tree: Tree) -> None:
    lock, output = result.inputs[0], result.export.output
    if tree.exists(lock) and not tree.is_deleted(lock):
        return
    was_there = lock in tree.files() or tree.is_deleted(lock)
    if result.current is None or not was_there:
        message = f"{output} cannot be written: there is no {lock}"
        make_lock = tool.make_lock(result.export)
        raise FindingError(Finding(Code.REFUSED, message, lock, None, make_lock))
    message = f"{output} is orphaned: {lock}, which it was exported from, is gone"
    remove = join_words(("git", "rm", as_argument(output)))
    raise FindingError(Finding(Code.ORPHANED, message, output, None, remove))


def _compare(result: Result, text: str, tool: Tool, tree: Tree) -> Result:
    export, current = result.export, result.current
    fix = fix_command(export.output)
    if current is None:
        return _with(result, _missing(export))._replace(expected=_encoded(text))
    if current == (expected := _with_line_ends_of(current, text)):
        return result
    result = result._replace(expected=expected)
    try:
        refuse_conflict(current, export.output)
    except FindingError as error:
        return _with(result, error.finding._replace(repair=fix))
    difference = _difference(result, current, text)
    if not difference and not export.strict:
        return result._replace(expected=None)
    result = result._replace(difference=difference)
    # Imported late: only an output that differs needs it.
    from locksync.verdict.direction import explain

    return _with(result, explain(result, tool, tree))


def _missing(export: Export) -> Finding:
    message = f"{export.output} is missing: {export.quoted} would write it"
    return Finding(Code.MISSING, message, export.output, None, fix_command(export.output))


def _with_line_ends_of(current: bytes, text: str) -> bytes:
    content = _encoded(text)
    first_line = current.split(b"\n", 1)[0]
    return content.replace(b"\n", b"\r\n") if first_line.endswith(b"\r") else content


def _encoded(text: str) -> bytes:
    # Kept lines may hold bytes that are no UTF-8. What tools write is never so.
    return text.encode("utf-8", "surrogateescape")


def _difference(result: Result, current: bytes, text: str) -> Difference:
    if result.export.output.endswith(".toml"):
        return Difference(details=("some lines differ: --diff shows them",))
    # Imported late: only an output whose bytes differ needs them.
    from locksync.requirements.comparison import compare
    from locksync.requirements.parsing import decode

    return compare(decode(current, "surrogateescape"), text, python=result.python)
