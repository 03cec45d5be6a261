"""Outputs that several different commands would write."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from locksync.findings import Code, Finding, FindingError
from locksync.model import Export
from locksync.repository.protocol import Tree


def split_ambiguous(exports: Iterable[Export], tree: Tree) -> tuple[list[Export], list[Finding]]:
    """The exports by output, without those that several different commands would write."""
    by_output: dict[str, list[Export]] = {}
    for export in dict.fromkeys(exports):
        output = export.output
        with suppress(FindingError):  # A link out of the repository: told where it is checked.
            output = tree.target(output)
        by_output.setdefault(output, []).append(export)
    kept, findings = [], []
    for output, rivals in sorted(by_output.items()):
        if len(rivals) == 1:
            kept.extend(rivals)
        else:
            commands = " and ".join(rival.quoted for rival in rivals)
            message = (
                f"{output} would be written by {commands}: "
                "put the one that is meant into exports of [tool.locksync]"
            )
            findings.append(Finding(Code.AMBIGUOUS, message, output))
    return kept, findings
