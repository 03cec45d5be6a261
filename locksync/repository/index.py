"""What git's index has, and how it differs from HEAD, as one question each tells of all files."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

TRACKED = ("ls-files", "-z", "-v", "--stage", "--full-name", ":/")
"""Each entry is a tag, a mode, a blob, a stage and, after a tab, the path."""
OVERLOOKED = tuple(f"{tag} ".encode() for tag in "hsmrckS")
"""`update-index --assume-unchanged` makes a tag lower case, `--skip-worktree` makes it S."""
SKIPPED = (b"S ", b"s ")
EMPTY_BLOBS = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""What the index has of a file that is only intended to be added: nothing (SHA-1, SHA-256)."""


class Listed(frozenset[str]):
    """Paths that come from one text, by which some things are told sooner than by each of them."""

    _text: bytes

    @classmethod
    def of(cls, paths: Sequence[bytes]) -> Listed:
        """Those paths."""
        text = b"\0".join(paths)
        listed = cls(os.fsdecode(text).split("\0") if paths else ())
        listed._text = text
        return listed

    @property
    def digest(self) -> str:
        """A digest of all, in their order."""
        from hashlib import sha256

        return sha256(self._text).hexdigest()

    def like(self, globs: str) -> Iterator[str]:
        """Those whose last part is like one of some globs: `*END` or `*PART*`, in lower case."""
        text = b"\0%b\0" % self._text
        lower = text.lower()
        for glob in globs.split():
            part = os.fsencode(glob.strip("*"))
            part += b"" if glob.endswith("*") else b"\0"
            at = lower.find(part)
            while at >= 0:
                end = lower.index(b"\0", at)
                slash = lower.rfind(b"/", at, end)
                if slash < 0:
                    yield os.fsdecode(text[text.rindex(b"\0", 0, at) + 1 : end])
                at = lower.find(part, end if slash < 0 else slash)


class Index:
    """The entries of an index."""

    def __init__(self, printed: bytes) -> None:
        self._printed = printed
        self._entries = printed.split(b"\0")[:-1]
        # All blobs have names of one length.
        self._start = self._entries[0].index(b"\t") + 1 if self._entries else 0
        self._names = [entry[self._start :] for entry in self._entries]
        usual = printed.count(b"\0H ") + printed.startswith(b"H ")
        self._is_usual = usual == len(self._entries)

    def files(self, left_out: frozenset[str]) -> Listed:
        """All files but those that are left out."""
        names = self._names
        if left_out:
            without = frozenset(map(os.fsencode, left_out))
            names = [name for name in names if name not in without]
        return Listed.of(names)

    def holds(self, path: str) -> bool:
        """Whether it has a file of that path, or files below it."""
        return bool(_within(path, self._names))

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

    def _tagged(self, tags: tuple[bytes, ...]) -> frozenset[str]:
        if self._is_usual:
            return frozenset()
        found = (entry[self._start :] for entry in self._entries if entry.startswith(tags))
        return frozenset(map(os.fsdecode, found))


class Staged:
    """What the next commit would change, as `git diff-index --name-status` tells it."""

    def __init__(self, printed: bytes) -> None:
        told = printed.split(b"\0")[:-1]
        changes = zip(told[::2], told[1::2], strict=True)
        self.removed = frozenset(os.fsdecode(name) for how, name in changes if how == b"D")
        self._names = sorted(told[1::2])

    def within(self, path: str) -> list[str]:
        """The path if it is changed, and what is changed below it."""
        return list(map(os.fsdecode, _within(path, self._names)))


def _within(path: str, names: Sequence[bytes]) -> Sequence[bytes]:
    """The path and what lies below it, of names in the order of their bytes."""
    if not path:
        return names
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:  # No file can have such a name.
        return ()
    own = names[bisect_left(names, name) : bisect_right(names, name)]
    # In this order, "0" comes next after "/".
    below = names[bisect_left(names, name + b"/") : bisect_left(names, name + b"0")]
    return (*own, *below)
