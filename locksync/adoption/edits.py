"""What all edits of people's files share: bytes in, bytes out, and no line of theirs changes."""

from __future__ import annotations

import re

from locksync.findings import Code, Finding, FindingError

UNEDITABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What a valid TOML or YAML file of an unusual shape raises when something is added to it."""


def by_hand(file: str, addition: str) -> FindingError:
    """The finding for a file that locksync cannot edit."""
    message = f"{file} cannot be edited by locksync: add {addition} to it by hand"
    return FindingError(Finding(Code.CONFIGURATION, message, file))


def with_line_ends_of(content: bytes, text: str) -> bytes:
    """A text as bytes, with the line ends of the content that it replaces."""
    if content.split(b"\n", 1)[0].endswith(b"\r"):
        text = re.sub(r"(?<!\r)\n", "\r\n", text)
    return text.encode()
