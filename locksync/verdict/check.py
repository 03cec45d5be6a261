"""Check one export: the cheapest checks first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from locksync.command_line import fix_command
from locksync.documents import CONFLICT_MARKER, refuse_conflict
from locksync.findings import Code, Finding, FindingError, Place, Repair
from locksync.model import Answer, Difference, Edits, Export, How, Result
from locksync.repository.protocol import Tree
from locksync.requirements.credentials import find_credentials
from locksync.requirements.limits import excess, excess_within
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS
from locksync.tools.shared.arguments import unsupported
from locksync.verdict.repairs import (
    by_the_tool_alone,
    missing,
    refuse_missing_lock,
    stale,
    with_repairs,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from locksync.verdict.authorship import Tell

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
        refuse_missing_lock(result, tool, tree)
        _refuse_excess(result, excess)
        answer = known or tool.answer(export, tree)
        result = _with(result, *answer.findings, *_untracked(answer.inputs, result, tree))
        result = result._replace(
            inputs=answer.inputs or result.inputs,
            python=answer.python,
            elsewhere=answer.elsewhere,
            notes=answer.notes,
        )
    except FindingError as error:
        return _untold(_with(result, error.finding), tool, tree)
    if answer.how is How.PROVED:
        return by_the_tool_alone(_proved(result, answer, tool, tree), tool, tree)
    if answer.text is None:
        return _untold(result, tool, tree)
    return conclude(result._replace(how=How.RENDERED), answer.text, tool, tree)


def _untold(result: Result, tool: Tool, tree: Tree) -> Result:
    """The result when the findings already say why the check cannot go on."""
    if result.current is None and result.is_for_the_tool:
        gone = missing(result.export, tree)._replace(repair=None)
        result = result._replace(findings=(gone, *result.findings))
    return with_repairs(result, tool, tree)


def _proved(result: Result, answer: Answer, tool: Tool, tree: Tree) -> Result:
    """The result for an output that was compared with its inputs rather than with a text."""
    details = (*answer.difference.details, *answer.details)
    result = result._replace(how=How.PROVED, difference=answer.difference._replace(details=details))
    if result.current is None:
        return _with(result, missing(result.export, tree))
    if secret := find_credentials(result.current.decode("utf-8", "replace")):
        result = _with(result, _own_secret(result, secret))
    if answer.difference:
        from locksync.verdict.direction import explain

        return explain(result, tool, tree, None)
    told = tuple(_with_repair(finding, result, tree) for finding in result.findings)
    result = result._replace(findings=told)
    if not any(finding.code is Code.EDITED for finding in told):
        return result
    from locksync.verdict.direction import protect

    # Whether anything else is somebody's own, only what the tool writes can tell.
    return protect(result, tool, tree)


def _with_repair(finding: Finding, result: Result, tree: Tree) -> Finding:
    """What a proof has found, with the command that repairs it where there is one."""
    if not finding.code.is_settled_by_the_tool:
        return finding
    if result.elsewhere:
        advice = f"It was compiled for {result.elsewhere}: compile it there again"
        return finding._replace(repair=None, advice=advice)
    from locksync.verdict.direction import edited

    return edited(finding._replace(repair=fix_command(result.export.output)), result, tree)


def adopt(result: Result, text: str, tool: Tool, tree: Tree) -> Result:
    """The result once a tool whose outputs are proved has told what its output should hold."""
    current = result.current
    result = result._replace(how=How.RAN)
    if secret := find_credentials(text):
        message = f"{result.export.output} is not written: `{result.export.command}` puts"
        message = f"{message} credentials in the URL {secret}..."
        return _with(result, Finding(Code.SECRET, message, result.export.output))
    if current is None:
        return _certain(result, tree)._replace(expected=text.encode())
    expected = _with_line_ends_of(current, text)
    if expected == current:
        # The tool leaves the file alone, and the tool is the judge.
        return result.settled()._replace(is_kept=True)
    from locksync.verdict.direction import protect

    if any(finding.code is Code.CONFLICTED for finding in result.findings):
        # What the merge changes is of use, what the markers change is not.
        current = tree.committed(result.export.output) or current
    difference = _difference(result, current, text)
    result = _certain(result, tree)._replace(expected=expected, difference=difference)
    return protect(result, tool, tree)


def _certain(result: Result, tree: Tree) -> Result:
    """The result when a doubt about the output has turned out to be right."""
    left = tuple(found for found in result.findings if found.code is not Code.UNSUPPORTED)
    result = result._replace(findings=left)
    if any(found.code.is_repaired_by_writing for found in left):
        return result
    return _with(result, _with_repair(stale(result.export), result, tree))


def conclude(result: Result, text: str, tool: Tool, tree: Tree, tell: Tell | None = None) -> Result:
    """The result, given the text that the command writes.

    `tell` asks the tool what the command wrote before, where only the tool can tell.
    """
    if secret := find_credentials(text):
        return _with(result, _secret(result, secret, tree))
    current = result.current
    if current is not None and current != _with_line_ends_of(current, text):
        try:
            _refuse_excess(result, excess_within)
        except FindingError as error:
            return _untold(_with(result, error.finding), tool, tree)
    if edits := result.export.edits or _own_comments(result, tool):
        result, text = _edited(result, text, edits, tree)
        if secret := find_credentials(text):
            return _with(result, _own_secret(result, secret))
    return _compare(result, text, tool, tree, tell)


def _refuse_excess(result: Result, excess_of: Callable[[bytes], str]) -> None:
    """Raise FindingError if the output holds too much to be compared with anything."""
    output = result.export.output
    if result.current is None or output.endswith(".toml"):
        return
    if too_many := excess_of(result.current):
        raise unsupported(result.export, f"it has {too_many}")


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


def _untracked(inputs: Iterable[str], result: Result, tree: Tree) -> Iterator[Finding]:
    """What git says of the other files that decide: no clone has those that it does not track."""
    for file in inputs:
        if file != result.inputs[0] and not tree.is_tracked(file) and not tree.is_deleted(file):
            yield from _tracking(tree.target(file), tree, is_there=True)


def _tracking(path: str, tree: Tree, *, is_there: bool) -> Iterator[Finding]:
    if tree.is_tracked(path):
        return
    if rule := tree.ignore_rule(path):
        file, line = rule
        message = f"{path} is ignored by git ({file}:{line}), so no commit will include it"
        force = Repair((("git", "add", "--force", Place(path)),), writes=(path,))
        advice = (
            f'To leave it out, put exclude = ["{path}"] under [tool.locksync] in pyproject.toml'
        )
        yield Finding(Code.IGNORED, message, file, line, force, advice=advice)
    elif is_there:
        message = f"{path} is not tracked by git, so no commit will include it"
        stage = Repair((("git", "add", Place(path)),), writes=(path,))
        yield Finding(Code.UNTRACKED, message, path, None, stage)


def _secret(result: Result, url: str, tree: Tree) -> Finding:
    output = result.export.output
    holding = (
        path
        for path in result.inputs
        if find_credentials((tree.read(path) or b"").decode("utf-8", "replace"))
    )
    lock = next(holding, result.inputs[0])
    if result.how is How.RAN:
        source, file = f"`{result.export.command}` puts", output
    else:
        source, file = f"{lock} contains", lock
    message = f"{output} is not written: {source} credentials in the URL {url}..."
    advice = (
        "Take the password out of the URL where it is written, and lock again. Revoke it: whoever "
        "has the repository can read it"
    )
    return Finding(Code.SECRET, message, file, advice=advice)


def _own_secret(result: Result, url: str) -> Finding:
    output = result.export.output
    message = f"{output} contains credentials, in the URL {url}..."
    advice = "Take them out, and revoke them: everyone with the repository can read them"
    return Finding(Code.SECRET, message, output, advice=advice)


def _compare(result: Result, text: str, tool: Tool, tree: Tree, tell: Tell | None) -> Result:
    export, current = result.export, result.current
    fix = fix_command(export.output)
    if current is None:
        return _with(result, missing(export, tree))._replace(expected=_encoded(text))
    if current == (expected := _with_line_ends_of(current, text)):
        return result
    result = result._replace(expected=expected)
    try:
        refuse_conflict(current, export.output)
    except FindingError as error:
        from locksync.verdict.direction import protect

        return protect(_with(result, error.finding._replace(repair=fix)), tool, tree, tell)
    difference = _difference(result, current, text)
    if not difference and not export.strict:
        return result._replace(expected=None)
    # Imported late: only an output that differs needs it.
    from locksync.verdict.direction import explain

    return explain(result._replace(difference=difference), tool, tree, tell)


def _with_line_ends_of(current: bytes, text: str) -> bytes:
    content = _encoded(text)
    lines = current.split(b"\n", 2)
    first_line = lines[1] if CONFLICT_MARKER.match(lines[0]) and lines[1:] else lines[0]
    return content.replace(b"\n", b"\r\n") if first_line.endswith(b"\r") else content


def _encoded(text: str) -> bytes:
    # Kept lines may hold bytes that are no UTF-8. What tools write is never so.
    return text.encode("utf-8", "surrogateescape")


def _difference(result: Result, current: bytes, text: str) -> Difference:
    # Imported late: only an output whose bytes differ needs them.
    if result.export.output.endswith(".toml"):
        from locksync.requirements.pylock import compare_contents

        told = compare_contents(current, _encoded(text), result.export.output, result.python)
        return told or Difference(details=("some lines differ: --diff shows them",))
    from locksync.requirements.comparison import compare, with_hashes_together
    from locksync.requirements.parsing import decode

    before = decode(current, "surrogateescape")
    return with_hashes_together(compare(before, text, python=result.python), before, text)
