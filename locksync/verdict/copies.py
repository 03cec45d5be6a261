"""A copy of a repository in a temporary place, where a tool may build and write what it likes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import PurePath
from typing import Any, cast

from locksync.findings import FindingError
from locksync.model import Invocation
from locksync.repository.protocol import Tree


class _Copied:
    """The repository as it is, but for where it lies."""

    def __init__(self, tree: Tree, root: str) -> None:
        self._tree = tree
        self.root = root

    def absolute(self, path: str) -> str:
        return os.path.realpath(os.path.join(self.root, *path.split("/")))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tree, name)


def write(content: bytes, *place: str) -> None:
    """Write a file, and the directories that it lies in."""
    file = os.path.join(*place)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as written:
        written.write(content)


def write_above(invocation: Invocation, above: str) -> None:
    """Write the files that an invocation wants above the place where it runs."""
    for name, text in invocation.above.items():
        write(text.encode(), above, name)


def copy(repository: Tree, place: str, inputs: Iterable[str], left_out: str = "") -> Tree:
    """Copy what git tracks, and the inputs, to a directory: the repository, as if it lay there.

    What leads out of the repository and what cannot be read is not there, nor is `left_out`.
    """
    for path in sorted({*repository.files(), *inputs} - {left_out}):
        with suppress(FindingError):
            if (content := repository.read(path)) is not None:
                write(content, place, *path.split("/"))
    return cast("Tree", _Copied(repository, place))


def restored(place: str, root: str) -> tuple[tuple[str, str], ...]:
    """What names the copy, each with what names the repository."""
    return ((PurePath(place).as_uri(), PurePath(root).as_uri()), (place, root))
