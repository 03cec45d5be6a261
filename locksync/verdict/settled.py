"""Remember what this machine has seen being written, or left as it is.

The tool is the judge: where it was run, what a proof says against its output counts no more. That
holds as long as the output, its inputs and the settings are what they were, whatever git says.
And what locksync itself wrote is nobody's edit, though no commit has it.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress

from locksync.findings import Code, FindingError
from locksync.model import Export, How, Result
from locksync.repository.protocol import Tree
from locksync.tools.registry import TOOLS
from locksync.verdict.check import check
from locksync.verdict.memory import OF_MANY_PATHS, Memory, record
from locksync.verdict.repairs import stale

ABOUT_CONTENT = ("read", "start", "exists", "target", "is_file", "is_directory")
"""The questions to a Tree whose answers the next commit does not change."""


def settle(result: Result, tree: Tree, memory: Memory) -> None:
    """Remember that the output is as its tool wrote it or left it, if the tool did."""
    if not (result.is_kept or result.changed) or result.how is not How.RAN:
        return
    asked, trace = record(tree)
    if check(result.export, asked).how is not How.PROVED:
        return  # Not all that decides was read.
    compared = {path for name, *paths in list(trace) if name in OF_MANY_PATHS for path in paths}
    for path in (result.export.output, *result.inputs, *compared):
        with suppress(FindingError):
            asked.read(path)
    kept = {question: digest for question, digest in trace.items() if question[0] in ABOUT_CONTENT}
    for export in {result.export, _as_written(result.export, tree)}:
        memory.remember(kept, (), *_subject(export))


def note(result: Result, memory: Memory) -> None:
    """Remember what was written, so that the next run does not take it for somebody's own."""
    if result.changed and result.expected is not None:
        memory.remember({}, (), *_written(result, result.expected))


def without_own_writing(result: Result, memory: Memory) -> Result:
    """The result without the claim that somebody edited what locksync itself wrote."""
    edits = [found for found in result.findings if found.code is Code.EDITED]
    if not edits or result.current is None:
        return result
    if memory.recall(*_written(result, result.current)) is None:
        return result
    left = (found for found in result.findings if found.code is not Code.EDITED)
    return result._replace(findings=(*left, stale(result.export)), own=())


def _written(result: Result, content: bytes) -> tuple[object, ...]:
    return "written", result.export.output, hashlib.sha256(content).hexdigest()


def as_settled(result: Result, memory: Memory) -> Result:
    """The result without what its tool was seen to settle."""
    if result.how is not How.PROVED or not result.is_for_the_tool or result.current is None:
        return result
    if memory.recall(*_subject(result.export)) is None:
        return result
    return result.settled()._replace(how=How.KNOWN)


def _as_written(export: Export, tree: Tree) -> Export:
    """The export that the header tells of now: a tool adds options of its settings to it."""
    tool = TOOLS[export.tool]
    return tool.from_header(export.output, tree.start(export.output), tree) or export


def _subject(export: Export) -> tuple[object, ...]:
    return "settled", *export._replace(strict=False)
