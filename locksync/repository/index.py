"""What git's index has, as `git ls-files -v --stage` tells it."""

from __future__ import annotations

import os
from functools import cached_property

TRACKED = ("ls-files", "-z", "-v", "--stage", "--full-name", ":/")
"""Each entry is a tag, a mode, a blob, a stage and, after a tab, the path."""
OVERLOOKED = tuple(f"{tag} " for tag in "hsmrckS")
"""`update-index --assume-unchanged` makes a tag lower case, `--skip-worktree` makes it S."""
SKIPPED = ("S ", "s ")
EMPTY_BLOBS = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""What the index has of a file that is only intended to be added: nothing (SHA-1, SHA-256)."""


class Listed(frozenset[str]):
    """Names, with a digest of the list from which they come: quicker than one of the names."""

    digest: str


class Index:
    """The entries of an index."""

    def __init__(self, printed: bytes) -> None:
        self._printed = printed
        self._entries = os.fsdecode(printed).split("\0")[:-1]
        # All blobs have names of one length.
        self._start = self._entries[0].index("\t") + 1 if self._entries else 0
        usual = printed.count(b"\0H ") + printed.startswith(b"H ")
        self._is_usual = usual == len(self._entries)

    def files(self, left_out: frozenset[str]) -> Listed:
        """All files but those that are left out."""
        from hashlib import sha256

        names = [entry[self._start :] for entry in self._entries]
        if left_out:
            names = [name for name in names if name not in left_out]
        files = Listed(names)
        files.digest = sha256(os.fsencode("\0".join(names))).hexdigest()
        return files

    @cached_property
    def skipped(self) -> frozenset[str]:
        """The files that are not to be on disk, or whose changes there are to be overlooked."""
        return self._tagged(SKIPPED)

    @cached_property
    def overlooked(self) -> frozenset[str]:
        """The files whose changes git was told to overlook."""
        return self._tagged(OVERLOOKED)

    @cached_property
    def empty(self) -> frozenset[str]:
        """The files of which the index has nothing."""
        parts = (part for blob in EMPTY_BLOBS for part in self._printed.split(blob + b" 0\t")[1:])
        return frozenset(os.fsdecode(part.partition(b"\0")[0]) for part in parts)

    def _tagged(self, tags: tuple[str, ...]) -> frozenset[str]:
        if self._is_usual:
            return frozenset()
        return frozenset(entry[self._start :] for entry in self._entries if entry.startswith(tags))
