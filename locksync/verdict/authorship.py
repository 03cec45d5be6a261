"""Find out what somebody wrote into an output: in the commits since it was what its command wrote.

Only a file that is about to be written over is looked into so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from locksync.documents import CONFLICT_MARKER
from locksync.findings import FindingError
from locksync.model import Answer, Difference, Export, How, Result
from locksync.repository.protocol import Tree
from locksync.requirements.authorship import (
    foreign_lines,
    own_comments,
    own_layout,
    own_lines,
)
from locksync.requirements.comparison import compare
from locksync.requirements.edited import edit, sides
from locksync.requirements.parsing import decode
from locksync.tools.protocol import Tool

NOTHING = Difference()
Tell = Callable[[Export, Tree], Answer]
"""Asks a tool what its command writes. Raises FindingError."""


class Authorship(NamedTuple):
    """What of an output is somebody's own."""

    lines: tuple[str, ...] = ()
    """What is lost for good, or was put in or taken out for good, if it is written over."""
    others: tuple[str, ...] = ()
    """What else goes: comments that a commit has, and the look of the file."""


class _Past(NamedTuple):
    """What the command wrote, and what the output held, as of some commits."""

    exports: tuple[str, ...]
    outputs: tuple[str, ...]
    differences: tuple[Difference, ...]
    """Those of the commits at which both are known, the newest first."""
    has_moved: bool = True
    """Whether any input is another now than when both agreed."""

    @property
    def agreed(self) -> bool:
        """Whether the output was what the command writes, at one of them."""
        return NOTHING in self.differences

    @property
    def agreed_in_pins(self) -> bool:
        """Whether it was so but for markers, hashes and options."""
        return any(not any(one._replace(details=())) for one in self.differences)


def authorship(result: Result, tool: Tool, tree: Tree, tell: Tell | None) -> Authorship:
    """What somebody wrote into an output that differs from what its command writes."""
    if result.current is None:
        return Authorship()
    current = _text(result.current)
    heads = (tree, *map(tree.as_of, tree.merged()))
    past = _joined([_past(result, tool, head, tree, tell) for head in heads])
    if result.expected is None and past.has_moved:
        return Authorship()  # Only the tool can tell what it would write.
    new = past.exports[0] if result.expected is None else _text(result.expected)
    written = (new, *past.exports)
    texts = sides(current) if CONFLICT_MARKER.search(result.current) else (current,)
    if result.export.output.endswith(".toml"):
        return Authorship(tuple(_new_lines(texts, (*written, *past.outputs))))
    lines = [line for text in texts for line in _lines(text, written, past, result)]
    if not (past.agreed or past.agreed_in_pins or result.export.edits):
        lines += foreign_lines("\n".join(texts), written)
    others: list[str] = []
    for text in texts:
        unknown = set(own_comments(text, past.outputs)) if past.outputs else ()
        for comment in own_comments(text, [new]):
            (lines if comment in unknown else others).append(comment)
        others += own_layout(text, new)
    return Authorship(tuple(dict.fromkeys(lines)), tuple(dict.fromkeys(others)))


def _new_lines(texts: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """The lines of some texts that are in none of those known."""
    lines = dict.fromkeys(line.strip() for text in texts for line in text.split("\n"))
    seen = {"", *(line.strip() for text in known for line in text.split("\n"))}
    return (line for line in lines if line not in seen)


def _text(content: bytes) -> str:
    return decode(content, "surrogateescape")


def _lines(text: str, written: Sequence[str], past: _Past, result: Result) -> Iterator[str]:
    if past.agreed:
        yield from own_lines(text, written, result.python)
        return
    # What a commit has may be there for reasons that nothing tells of, such as other options.
    if past.outputs:
        yield from own_lines(text, (*written, *past.outputs), result.python)
    if past.agreed_in_pins:
        yield from own_lines(text, written, result.python, pins_only=True)


def _joined(pasts: Sequence[_Past]) -> _Past:
    return _Past(
        tuple(dict.fromkeys(text for past in pasts for text in past.exports)),
        tuple(dict.fromkeys(text for past in pasts for text in past.outputs)),
        tuple(one for past in pasts for one in past.differences),
        any(past.has_moved for past in pasts),
    )


def _past(result: Result, tool: Tool, head: Tree, now: Tree, tell: Tell | None) -> _Past:
    """The commits up to the newest at which the output was what its command wrote."""
    exports: list[str] = []
    outputs: list[str] = []
    differences: list[Difference] = []
    has_moved = True
    for then in _states(result, head):
        content = then.read(result.export.output)
        output = None if content is None else _text(content)
        export = _export(result, tool, then, tell)
        outputs += [] if output is None else [output]
        exports += [] if export is None else [export]
        if output is not None and export is not None:
            differences.append(compare(output, export, python=result.python))
            if not differences[-1]:
                has_moved = any(then.read(path) != now.read(path) for path in result.inputs)
                break
    return _Past(tuple(exports), tuple(outputs), tuple(differences), has_moved)


def _states(result: Result, head: Tree) -> Iterator[Tree]:
    """The repository at the last commits that changed the files, the newest first."""
    output = result.export.output
    both = head.history((output, *result.inputs))
    yield from map(head.as_of, both)
    # The inputs may have changed many times since.
    yield from (head.as_of(commit) for commit in head.history((output,)) if commit not in both)


def _export(result: Result, tool: Tool, then: Tree, tell: Tell | None) -> str | None:
    """What the command wrote as of a commit, None where that cannot be told."""
    export = result.export
    content = then.read(export.output)
    output = None if content is None else _text(content)
    try:
        if then.read(result.inputs[0]) is None:
            return None
        answer = tool.answer(export, then)
        if answer.how is How.PROVED:
            return None if answer.findings or answer.difference else output
        text = tell(export, then).text if answer.text is None and tell else answer.text
    except FindingError:
        return None
    return text and edit(text, export.edits, output).text
