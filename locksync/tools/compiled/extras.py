"""Which extras of a project a compiled file was compiled with, where no command tells."""

from __future__ import annotations

from locksync.findings import FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.manifest import Metadata, UnprovableError, Wanted
from locksync.tools.compiled.projects import read_metadata
from locksync.tools.compiled.projects.selection import select
from locksync.tools.compiled.proof.annotations import file_source


def extras_called_for(file: str, compiled: CompiledFile, tree: Tree) -> list[str]:
    """The fewest extras that explain the pins that are annotated with a project file."""
    left = _annotated(paths.name(file), compiled)
    try:
        metadata = read_metadata(tree.read, file, Wanted())
        asked = _names(metadata, file)
        extras = {name: _names(metadata, file, name) - asked for name in metadata.extras}
    except (FindingError, UnprovableError):
        return []  # What is wrong with the file is told where it is read.
    left -= asked
    pinned = frozenset(left)
    chosen: list[str] = []
    while left:
        best = max(extras, key=lambda name: _fit(extras[name], left, pinned), default=None)
        if best is None or not extras[best] & left:
            break
        chosen.append(best)
        left -= extras[best]
    return sorted(chosen)


def _fit(names: frozenset[str], left: set[str], pinned: frozenset[str]) -> tuple[bool, int]:
    """How well an extra explains pins: with nothing that is not pinned, and as many as it can."""
    return names <= pinned, len(names & left)


def _names(metadata: Metadata, file: str, *extras: str) -> frozenset[str]:
    """The packages that a project asks for, with some of its extras."""
    wanted = Wanted(extras=frozenset(extras), expands_itself=True)
    return frozenset(item.requirement.name for item in select(metadata, wanted, file))


def _annotated(project_file: str, compiled: CompiledFile) -> set[str]:
    """The packages that are pinned because a project file asks for them."""
    return {
        pin.requirement.name
        for pin in compiled.pins
        for source in pin.sources
        if (match := file_source(source))
        and match["file"]
        and paths.name(match["file"].replace("\\", "/")) == project_file
    }
