"""A repository in memory, for tests of the core."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch

from locksync.repository.paths import is_within

ENVIRONMENT = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6",
    "platform_system": "Linux",
    "platform_version": "1",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
}


class MemoryTree:
    """A `locksync.repository.protocol.Tree` made of given files and given answers of git."""

    def __init__(
        self,
        files: Mapping[str, bytes | str],
        *,
        changed: Iterable[str] = (),
        deleted: Iterable[str] = (),
        renamed: Mapping[str, str] | None = None,
        committed: Iterable[str] = (),
        head: Mapping[str, str] | None = None,
        base: Mapping[str, str] | None = None,
        named_base: Mapping[str, str] | None = None,
        untracked: Iterable[str] = (),
        ignored: Mapping[str, tuple[str, int]] | None = None,
        directories: Iterable[str] = (),
        root: str = "/repository",
        environment: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        before: Iterable[MemoryTree] = (),
        commit: str = "",
    ) -> None:
        self.root = root
        self.commit = commit
        self._before = tuple(before)
        self._environment = environment or ENVIRONMENT
        self._contents = {
            path: content.encode() if isinstance(content, str) else content
            for path, content in files.items()
        }
        self._links = links or {}
        self._changed = frozenset(changed)
        self._deleted = frozenset(deleted)
        self._renamed = renamed or {}
        self._committed = frozenset(committed)
        self._head = head or {}
        self._base = base or {}
        self._named_base = named_base or {}
        self._ignored = dict(ignored or {})
        self._untracked = frozenset((*untracked, *self._ignored))
        self._directories = frozenset(directories)
        self.reads: list[str] = []

    def files(self) -> frozenset[str]:
        return frozenset((*self._contents, *self._links)) - self._untracked

    def read(self, path: str) -> bytes | None:
        self.reads.append(path)
        return self._contents.get(self.target(path))

    def start(self, path: str) -> bytes:
        return self._contents.get(self.target(path), b"")[:4096]

    def marked(self, globs: str, *signs: str) -> frozenset[str]:
        return frozenset(
            path
            for path in self.files()
            if any(fnmatch(posixpath.basename(path).lower(), glob) for glob in globs.split())
            and any(re.search(sign.encode(), self.start(path)) for sign in signs)
        )

    def environment(self) -> Mapping[str, str]:
        return self._environment

    def programs(self, name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
        return ()

    def exists(self, path: str) -> bool:
        return self.target(path) in self._contents

    def target(self, path: str) -> str:
        return self._links.get(path, path)

    def absolute(self, path: str) -> str:
        return posixpath.normpath(f"{self.root}/{path}")

    def is_directory(self, path: str) -> bool:
        return posixpath.normpath(path) in self._directories

    def is_file(self, path: str) -> bool:
        return posixpath.normpath(path) in self._contents

    def is_tracked(self, path: str) -> bool:
        return path in self.files()

    def tracks_below(self, path: str) -> bool:
        return any(is_within(file, path) for file in self.files())

    def is_watched(self, path: str) -> bool:
        return self.is_tracked(path)

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        return self._ignored.get(path)

    def history(self, paths: Iterable[str]) -> tuple[str, ...]:
        paths = tuple(paths)
        older: list[MemoryTree | None] = [*self._before[1:], None]
        return tuple(
            tree.commit
            for tree, before in zip(self._before, older, strict=False)
            if before is None or any(tree.read(path) != before.read(path) for path in paths)
        )

    def merged(self) -> tuple[str, ...]:
        return ()

    def as_of(self, commit: str) -> MemoryTree:
        return next(tree for tree in self._before if tree.commit == commit)

    def is_committed(self, path: str) -> bool:
        return path in self._committed

    def committed(self, path: str) -> bytes | None:
        return self._head[path].encode() if path in self._head else None

    def deleted(self) -> frozenset[str]:
        return self._deleted

    def is_deleted(self, path: str) -> bool:
        return path in self._deleted

    def renamed(self, path: str) -> str | None:
        return self._renamed.get(path)

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        return (self._changed | self._differing(self._head)).intersection(paths)

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        return self._differing(self._base).intersection(paths)

    def at_base(self, path: str) -> bytes | None:
        return self._base[path].encode() if path in self._base else None

    def changed_since_named_base(self, paths: Iterable[str]) -> frozenset[str]:
        return self._differing(self._named_base).intersection(paths)

    def at_named_base(self, path: str) -> bytes | None:
        return self._named_base[path].encode() if path in self._named_base else None

    def _differing(self, before: Mapping[str, str]) -> frozenset[str]:
        return frozenset(
            path for path, text in before.items() if self._contents.get(path) != text.encode()
        )
