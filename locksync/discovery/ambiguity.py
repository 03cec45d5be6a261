"""Outputs that several different commands would write."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from locksync.findings import Code, Finding, FindingError
from locksync.model import Export
from locksync.repository.protocol import Tree


def target_of(path: str, tree: Tree) -> str:
    """The file that a path leads to within the repository; the path itself if it leads out."""
    with suppress(FindingError):  # That is told where it is checked.
        return tree.target(path)
    return path


def split_ambiguous(exports: Iterable[Export], tree: Tree) -> tuple[list[Export], list[Finding]]:
    """The exports by output, without those that several different commands would write."""
    by_output: dict[str, list[Export]] = {}
    # Entries that say the same are one.
    for export in {export._replace(where=""): export for export in exports}.values():
        by_output.setdefault(target_of(export.output, tree), []).append(export)
    kept, findings = [], []
    for output, rivals in sorted(by_output.items()):
        if len(rivals) == 1:
            kept.extend(rivals)
        else:
            commands = " and ".join(rival.quoted for rival in rivals)
            message = f"{output} would be written by {commands}"
            findings.append(Finding(Code.AMBIGUOUS, message, output, advice=_choice(rivals)))
    return kept, findings


def _choice(rivals: Iterable[Export]) -> str:
    places = " or ".join(sorted({rival.where for rival in rivals if rival.where}))
    if places:
        return f"Take out the one that is not meant, or give it another output ({places})"
    return "Put the one that is meant into exports of [tool.locksync] in pyproject.toml"
