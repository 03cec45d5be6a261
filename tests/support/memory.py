"""A repository in memory, for tests of the core."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping


class MemoryTree:
    """A `locksync.tree.Tree` made of its tracked files and what git would say of them."""

    def __init__(
        self,
        files: Mapping[str, bytes | str],
        *,
        changed: Iterable[str] = (),
        deleted: Iterable[str] = (),
        committed: Iterable[str] = (),
        untracked: Iterable[str] = (),
        ignored: Mapping[str, tuple[str, int]] | None = None,
        directories: Iterable[str] = (),
        root: str = "/repository",
    ) -> None:
        self.root = root
        self._contents = {
            path: content.encode() if isinstance(content, str) else content
            for path, content in files.items()
        }
        self._changed = frozenset(changed)
        self._deleted = frozenset(deleted)
        self._committed = frozenset(committed)
        self._ignored = dict(ignored or {})
        self._untracked = frozenset((*untracked, *self._ignored))
        self._directories = frozenset(directories)
        self.reads: list[str] = []

    def files(self) -> frozenset[str]:
        return frozenset(self._contents) - self._untracked

    def read(self, path: str) -> bytes | None:
        self.reads.append(path)
        return self._contents.get(path)

    def exists(self, path: str) -> bool:
        return path in self._contents

    def target(self, path: str) -> str:
        return path

    def absolute(self, path: str) -> str:
        return posixpath.normpath(f"{self.root}/{path}")

    def is_directory(self, path: str) -> bool:
        return posixpath.normpath(path) in self._directories

    def is_tracked(self, path: str) -> bool:
        return path in self.files()

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        return self._ignored.get(path)

    def is_committed(self, path: str) -> bool:
        return path in self._committed

    def deleted(self) -> frozenset[str]:
        return self._deleted

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        return self._changed.intersection(paths)
