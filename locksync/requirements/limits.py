"""How much a requirements file may hold. More is refused: it would take too long to compare.

The limits are many times what the largest real files have. Up to them, all is done in time that
grows with the size of the file alone.
"""

from __future__ import annotations

from collections import Counter

from locksync.findings import Code, Finding, FindingError

MOST_LINES = 2**17
MOST_REQUIREMENTS = 2**14
MOST_MARKERS = 2**10
"""How many different markers it may have: each is compared with others."""
MOST_PAIRS = 2**14
"""How many pairs of requirements may be of the same package."""
KINDS = ("requirements", "comments")
CANNOT_EXCEED = 2 * MOST_REQUIREMENTS
"""So many bytes hold no more requirements than are allowed."""


def excess(content: bytes) -> str:
    """What a file has too many of, "" for nothing, as far as its lines tell."""
    if len(content) < CANNOT_EXCEED:
        return ""
    lines = content.decode("utf-8", "replace").splitlines()
    if len(lines) > MOST_LINES:
        return f"more than {MOST_LINES} lines"
    # Annotations and hashes are indented, and there are many of them.
    kinds = Counter(_kind(line) for line in lines)
    too_many = (kind for kind in KINDS if kinds[kind] > MOST_REQUIREMENTS)
    return next((f"more than {MOST_REQUIREMENTS} {kind}" for kind in too_many), "")


def _kind(line: str) -> str:
    text = line.lstrip()
    if not text or (line != text and text.startswith(("#", "--hash"))):
        return ""
    return KINDS[text[0] == "#"]


def refuse_excess(content: bytes, file: str) -> None:
    """Raise FindingError if an input file holds too much to be checked."""
    if too_many := excess(content):
        message = f"{file} has {too_many}, which are too many to be checked"
        raise FindingError(Finding(Code.UNSUPPORTED, message, file))


def excess_within(content: bytes) -> str:
    """What a file has too many of, as far as its requirements tell too."""
    from locksync.requirements.parsing import decode, parse

    if found := excess(content):
        return found
    requirements = parse(decode(content, "surrogateescape")).requirements
    if len({one.marker for one in requirements}) > MOST_MARKERS:
        return f"more than {MOST_MARKERS} different markers"
    counts = Counter(one.name or one.url for one in requirements)
    if sum(count * (count - 1) for count in counts.values()) > MOST_PAIRS:
        return "too many requirements of the same package"
    return ""
