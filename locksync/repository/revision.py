"""A repository at an earlier commit."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from functools import cached_property

from locksync.repository import machine
from locksync.repository.git import Git
from locksync.repository.index import Listed
from locksync.repository.marking import marked
from locksync.repository.protocol import Tree
from locksync.repository.reading import START


class Revision:
    """A repository at a commit. It implements `locksync.repository.protocol.Tree`."""

    def __init__(self, git: Git, commit: str, now: Tree) -> None:
        self.commit = commit
        self._now = now
        self.root = git.directory
        self._git = git
        self._contents: dict[str, bytes | None] = {}

    def files(self) -> frozenset[str]:
        return self._files

    def read(self, path: str) -> bytes | None:
        # Many commands may be tried on one lock file.
        if path not in self._contents:
            self._contents[path] = self._git.content_of(self.commit, path)
        return self._contents[path]

    def start(self, path: str) -> bytes:
        return (self.read(path) or b"")[:START]

    def marked(self, globs: str, *signs: str) -> frozenset[str]:
        files = Listed.of(sorted(map(os.fsencode, self._files))).like(globs)
        return marked(files, signs, self.start)

    def environment(self) -> Mapping[str, str]:
        return machine.environment()

    def programs(self, name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
        return machine.programs(name, *environments)

    def exists(self, path: str) -> bool:
        return path in self._files

    def target(self, path: str) -> str:
        return path

    def absolute(self, path: str) -> str:
        return machine.absolute(self.root, path)

    def is_directory(self, path: str) -> bool:
        path = posixpath.normpath(path)
        return path == "." or any(file.startswith(f"{path}/") for file in self._files)

    def is_file(self, path: str) -> bool:
        return posixpath.normpath(path) in self._files

    def is_tracked(self, path: str) -> bool:
        return path in self._files

    def tracks_below(self, path: str) -> bool:
        # What is on disk, where programs are started, is that of now.
        return self._now.tracks_below(path)

    def is_watched(self, path: str) -> bool:
        return True

    def ignore_rule(self, path: str) -> tuple[str, int] | None:
        return None

    def is_committed(self, path: str) -> bool:
        return path in self._files

    def committed(self, path: str) -> bytes | None:
        return self.read(path)

    def deleted(self) -> frozenset[str]:
        return frozenset()

    def is_deleted(self, path: str) -> bool:
        return False

    def renamed(self, path: str) -> str | None:
        return None

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def changed_on_branch(self, paths: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def at_base(self, path: str) -> bytes | None:
        return None

    def changed_since_named_base(self, paths: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def at_named_base(self, path: str) -> bytes | None:
        return None

    def history(self, paths: Iterable[str]) -> tuple[str, ...]:
        return self._git.history(paths, self.commit)

    def merged(self) -> tuple[str, ...]:
        return ()

    def as_of(self, commit: str) -> Revision:
        return Revision(self._git, commit, self._now)

    @cached_property
    def _files(self) -> frozenset[str]:
        return self._git.files_of(self.commit)
