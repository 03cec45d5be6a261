"""Reports: what was found, as a string for people or machines. Nothing here prints."""

from __future__ import annotations

from typing import NamedTuple

from locksync.documents import CONTROL_CHARACTER
from locksync.findings import Finding, Verdict, worst
from locksync.model import Result


class Report(NamedTuple):
    """All that a run has found and done."""

    results: tuple[Result, ...]
    findings: tuple[Finding, ...] = ()
    """What is wrong with no single export: the configuration."""

    @property
    def verdict(self) -> Verdict:
        """The worst that is left once what this run has written is taken as repaired."""
        return worst(finding.code.verdict for finding in self.remaining())

    def remaining(self) -> tuple[Finding, ...]:
        """The findings that this run has not repaired."""
        left = [
            finding
            for result in self.results
            for finding in result.findings
            if not (result.changed and finding.code.is_repaired_by_writing)
        ]
        return (*self.findings, *left)

    @property
    def changed(self) -> bool:
        """Whether this run has written any output."""
        return any(result.changed for result in self.results)


def printable(line: str) -> str:
    """A line that steers no terminal and no CI: names come from files that anybody may write."""
    line = CONTROL_CHARACTER.sub(lambda match: repr(match[0])[1:-1], line)
    # At the start of a line these would be commands to a runner of GitHub's.
    return f" {line}" if line.startswith(("::", "##[")) else line
