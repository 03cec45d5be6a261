"""The content of every report. Its siblings turn it into strings; none of them prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from locksync.documents import CONTROL_CHARACTER
from locksync.findings import Finding, Notice, Verdict, worst
from locksync.model import Difference, Result


class Report(NamedTuple):
    """Everything that a run found and did."""

    results: tuple[Result, ...]
    findings: tuple[Finding, ...] = ()
    """Findings that concern no single export, such as those about the configuration."""
    notices: tuple[Notice, ...] = ()
    """What is worth a line, though nothing is wrong."""
    worked_out: frozenset[str] = frozenset()
    """The outputs whose commands were worked out from what they hold, the default ones aside."""
    differences: Mapping[str, Difference] = {}
    """How files that are not explained differ from what the nearest command writes."""

    @property
    def verdict(self) -> Verdict:
        """The worst verdict among the findings that remain."""
        return worst(finding.code.verdict for finding in self.remaining())

    def remaining(self) -> tuple[Finding, ...]:
        """The findings that this run did not repair."""
        left = [
            finding
            for result in self.results
            for finding in result.findings
            if not (result.changed and finding.code.is_repaired_by_writing)
        ]
        return (*self.findings, *left)

    @property
    def changed(self) -> bool:
        """Whether this run wrote an output file."""
        return any(result.changed for result in self.results)


def printable(line: str) -> str:
    """A line that cannot control a terminal or CI, even if a file's author meant it to."""
    line = CONTROL_CHARACTER.sub(lambda match: repr(match[0])[1:-1], line)
    # At the start of a line, a GitHub runner would take these for commands.
    return f" {line}" if line.startswith(("::", "##[")) else line
