"""Spoil a memory of fresh states, as a crash, a bug or another program might."""

from __future__ import annotations

import os
from pathlib import Path


def poison(directory: Path) -> None:
    """Cut, overwrite, empty and swap the files of a memory."""
    files = sorted(path for path in directory.iterdir() if path.is_file())
    contents = [path.read_bytes() for path in files]
    for number, path in enumerate(files):
        spoilt = (
            contents[number][: len(contents[number]) // 2],
            os.urandom(100),
            b"",
            contents[number - 1] if len(files) > 1 else b"[]",
        )
        path.write_bytes(spoilt[number % len(spoilt)])
