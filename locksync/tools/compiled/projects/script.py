"""The requirements of a script that states them itself (PEP 723)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.documents import Table, parse_toml
from locksync.requirements.parsing import decode
from locksync.tools.compiled.projects.errors import unlisted

START, END = "# /// script", "# ///"


def read_script(content: bytes, file: str) -> Table:
    """The document in the comments of a script. Raises UnprovableError and FindingError."""
    blocks = list(_blocks(decode(content).split("\n")))
    if len(blocks) != 1:
        raise unlisted(file)
    text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in blocks[0])
    return parse_toml(text.encode(), file)


def _blocks(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """The comments between a start and the last end below it, as the pattern of PEP 723 finds them.

    That pattern takes long where there are many starts.
    """
    below = 0
    while below < len(lines):
        start = end = below
        below += 1
        if lines[start] != START:
            continue
        while below < len(lines) and (lines[below] == "#" or lines[below].startswith("# ")):
            end = below if lines[below] == END else end
            below += 1
        if end > start + 1:
            yield lines[start + 1 : end]
            below = end + 1
