"""The requirements of a script that states them itself (PEP 723)."""

from __future__ import annotations

import re

from locksync.documents import Table, parse_toml
from locksync.requirements.parsing import decode
from locksync.tools.compiled.projects.errors import unlisted

BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""As in PEP 723, for the one type of block that there is."""


def read_script(content: bytes, file: str) -> Table:
    """The document in the comments of a script. Raises UnprovableError and FindingError."""
    blocks = list(BLOCK.finditer(decode(content)))
    if len(blocks) != 1:
        raise unlisted(file)
    lines = blocks[0]["content"].splitlines()
    text = "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines)
    return parse_toml(text.encode(), file)
