"""What the annotations of a compiled file mean: packages, or input files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from locksync.repository import paths
from locksync.requirements.names import canonicalize_name
from locksync.tools.compiled.lock import CompiledFile, Pin
from locksync.tools.compiled.manifest import Inputs

MOST_SOURCES = 4096
"""How many sources are kept once they are read: many pins have the same."""
FILE_SOURCE = re.compile(
    r"(?P<option>-[rc]|--override) (?P<path>.+)"
    r"|(?P<project>[\w.-]+)(?:\[[\w,.-]*\])? \((?P<file>[^:()]+)(?:::?.*)?\)"
)


@lru_cache(MOST_SOURCES)
def file_source(source: str) -> re.Match[str] | None:
    """The parts of a source that names a file, None for one that names a package."""
    return FILE_SOURCE.fullmatch(source)


@lru_cache(MOST_SOURCES)
def source_name(source: str) -> str:
    """The normalised name of the package that a source names."""
    return canonicalize_name(re.split(r"[\[ ]", source, maxsplit=1)[0])


class Annotations:
    """The annotations of a compiled file, beside the input files that they may mean."""

    def __init__(self, compiled: CompiledFile, inputs: Inputs) -> None:
        self._files = {
            "-r": inputs.files,
            "-c": inputs.constraint_files,
            "--override": inputs.override_files,
        }
        self._meant: dict[tuple[str, str], str | None] = {}
        self.are_there = any(pin.sources for pin in compiled.pins)
        # pip-tools before 5 named no files, or only where packages need the pin too.
        self.name_files = any(file_source(name) for pin in compiled.pins for name in pin.sources)

    def file_meant(self, source: str, option: str) -> str | None:
        """The input file that a source names with `-r` or `-c`, None if it names none."""
        named = file_source(source)
        if named is None or (named["option"] or "-r") != option:
            return None
        key = (named["path"] or named["file"], option)
        if key not in self._meant:
            self._meant[key] = _nearest(key[0], self._files[option])
        return self._meant[key]

    def name(self, file: str, pins: Iterable[Pin], *options: str) -> bool:
        """Whether a pin's annotation names a file with one of the options, if any names files."""
        return not self.name_files or any(
            self.file_meant(source, option) == file
            for pin in pins
            for source in pin.sources
            for option in options
        )


def _nearest(path: str, files: Collection[str]) -> str | None:
    """The input file that shares the longest tail with a path.

    The command may have run in another directory, and directories may have moved since.
    """
    wanted = posixpath.normpath(path.replace("\\", "/")).split("/")
    wanted = [part for part in wanted if part != ".."]
    best: tuple[int, str] | None = None
    for file in files:
        parts = file.split("/")
        common = _common_tail(parts, wanted)
        is_only = sum(paths.name(other) == parts[-1] for other in files) == 1
        is_close = is_only or common >= min(2, len(parts), len(wanted))
        if common and is_close and (best is None or common > best[0]):
            best = (common, file)
    return best[1] if best else None


def _common_tail(ones: list[str], others: list[str]) -> int:
    """How many parts at the end are the same."""
    common = 0
    for one, other in zip(reversed(ones), reversed(others), strict=False):
        if one != other:
            break
        common += 1
    return common
