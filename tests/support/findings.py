"""Findings as they are told, with their repairs as command lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from locksync.findings import Code, Finding
from locksync.reports.pasted import command_line


class Told(NamedTuple):
    """A finding as it is told at the top of the repository."""

    code: Code
    message: str
    file: str
    line: int | None = None
    repair: str | None = None
    """The command to paste; of two, the one after which nothing is lost."""


def told(findings: Iterable[Finding]) -> tuple[Told, ...]:
    """The findings as they are told."""
    return tuple(
        Told(found.code, found.message, found.file, found.line, repair_of(found))
        for found in findings
    )


def repair_of(finding: Finding) -> str | None:
    """The command that a finding tells to paste."""
    repair = finding.keep or finding.repair
    return command_line(repair) if repair else None
