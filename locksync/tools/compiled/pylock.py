"""A pylock.toml (PEP 751) that was compiled, read like a compiled requirements file.

It says what is pinned, under which marker and with which hashes, but not why: it has no
annotations. As `uv pip compile` of uv 0.13 writes it.
"""

from __future__ import annotations

from locksync.requirements import pylock
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import CompiledFile, Pin, excluded_names, read_header


def parse_pylock(content: bytes, path: str) -> CompiledFile:
    """Read the content of a pylock.toml. Raises FindingError for one that is malformed."""
    text = decode(content)
    command, python = read_header(text)
    packages = pylock.parse_pylock(content, path).packages
    lines = [
        number for number, line in enumerate(text.split("\n"), 2) if line.startswith("[[packages]]")
    ]
    # Whoever writes the tables in another form loses no more than the numbers of lines.
    numbers = lines if len(lines) == len(packages) else [1] * len(packages)
    pins = (
        # A requirements file has no place for what else it says of a package.
        Pin(package._replace(options=package.options & {pylock.EDITABLE}), line, ())
        for package, line in zip(packages, numbers, strict=True)
    )
    return CompiledFile(command, python, (), tuple(pins), frozenset(excluded_names(text)))
