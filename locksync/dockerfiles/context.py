"""What a builder sees in a build context: its files, without those that .dockerignore names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode


class Context:
    """A directory of the repository, taken as the build context of a Dockerfile."""

    def __init__(self, directory: str, file: str, tree: Tree) -> None:
        self.file = file
        self._directory = directory
        self.tree = tree
        self._expanded: dict[str, Sequence[str]] = {}
        self._held: dict[tuple[str, str], bool] = {}

    @cached_property
    def files(self) -> frozenset[str]:
        """The tracked files in the context, relative to it."""
        directory = self._directory
        prefix = f"{directory}/" if directory else ""
        inside = (path for path in self.tree.files() if paths.is_within(path, directory))
        return frozenset(path.removeprefix(prefix) for path in inside)

    @cached_property
    def _is_ignored(self) -> Callable[[str], bool]:
        from e2b_dockerfile_utils import PatternMatcher

        for path in (f"{self.file}.dockerignore", paths.join(self._directory, ".dockerignore")):
            if path in self.tree.files():
                lines = decode(self.tree.read(path) or b"").removeprefix("\ufeff").split("\n")
                try:
                    return PatternMatcher(lines).matches
                except ValueError:
                    break
        return lambda path: False

    def has(self, path: str) -> bool:
        """Whether the builder sees a file."""
        return path in self.files and not self._is_ignored(path)

    def has_directory(self, path: str) -> bool:
        """Whether a directory of the context has files."""
        return not path or any(paths.is_within(file, path) for file in self.files)

    def holds(self, directory: str, ending: str) -> bool:
        """Whether the builder sees a file with this ending below a directory."""
        key = directory, ending
        if key not in self._held:
            self._held[key] = any(
                file.endswith(ending) and paths.is_within(file, directory) and self.has(file)
                for file in self.files
            )
        return self._held[key]

    def expand(self, sources: Sequence[str]) -> Iterator[str]:
        """The paths that the sources of a COPY match."""
        for source in sources:
            if source not in self._expanded:
                self._expanded[source] = self._expand(source)
            yield from self._expanded[source]

    def _expand(self, source: str) -> Sequence[str]:
        if not re.search(r"[*?\[]", source) or len(source) > paths.LONGEST_GLOB:
            return [source]
        if source == "*":
            return [""]
        parts = source.count("/") + 1
        tops = {"/".join(file.split("/")[:parts]) for file in self.files}
        return sorted(top for top in tops if paths.matches(top, source))

    def in_repository(self, path: str) -> str:
        """A path of the context, relative to the repository."""
        return paths.join(self._directory, path)
