"""The content of every report. Its siblings turn it into strings; none of them prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from locksync.documents import CONTROL_CHARACTER
from locksync.findings import Code, Finding, Notice, Verdict, worst
from locksync.model import Difference, Result

PAGE = "https://github.com/locksync/locksync/blob/main/docs/findings.md"
"""Where every code is explained."""


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
    unstaged: frozenset[str] = frozenset()
    """The input files of what was regenerated that git has not taken yet as they are."""
    is_commit: bool = False
    """Whether a commit waits for it: then what the commands write is to be staged too."""
    writes: bool = False
    """Whether the run was one that writes."""

    @property
    def verdict(self) -> Verdict:
        """The worst verdict among the findings that remain."""
        return worst(finding.code.verdict for finding in self.remaining())

    def remaining(self) -> tuple[Finding, ...]:
        """The findings that this run did not repair."""
        left = [finding for result in self.results for finding in self.left_of(result)]
        return (*self.findings, *left)

    def left_of(self, result: Result) -> list[Finding]:
        """The findings of a result that this run did not repair."""
        return [
            finding
            for finding in result.findings
            if not (result.changed and _is_done(finding.code))
        ]

    @property
    def changed(self) -> bool:
        """Whether this run wrote an output file."""
        return any(result.changed for result in self.results)

    def told_once(self) -> Iterator[tuple[Result, tuple[Finding, ...]]]:
        """The results, each with those of its findings that no result before has told.

        Exports of one lock file share what is wrong with it.
        """
        told: set[Finding] = set()
        for result in self.results:
            yield result, tuple(found for found in result.findings if found not in told)
            told.update(result.findings)

    @property
    def has_ignored(self) -> bool:
        """Whether git ignores a file that is to be staged."""
        return any(finding.code is Code.IGNORED for finding in self.remaining())

    @property
    def waits_for_commands(self) -> bool:
        """Whether what is to be staged is written by commands that are yet to be pasted."""
        return any(finding.writes and not finding.is_to_stage for finding in self.remaining())

    @property
    def to_stage(self) -> tuple[str, ...]:
        """The files that git is to take, sorted."""
        files = {result.export.output for result in self.results if result.changed}
        files |= self.unstaged
        for finding in self.remaining():
            if finding.is_to_stage and finding.repair:
                files.update(finding.repair.writes)
            elif self.is_commit:
                files.update(finding.writes)
        return tuple(sorted(files))


def _is_done(code: Code) -> bool:
    """Whether nothing of it is left once the output is written, but to stage it."""
    return code.is_repaired_by_writing or code is Code.UNTRACKED


def summary(report: Report) -> str:
    """How many exports are in which state; "" if there is one alone, or nothing is wrong."""
    wrong = [result for result in report.results if result.findings]
    if len(report.results) < 2 or not wrong:
        return ""
    needy = [result for result in wrong if report.left_of(result)]
    counts = {"regenerated": sum(result.changed for result in wrong)}
    if report.writes:
        counts["needs you" if len(needy) == 1 else "need you"] = len(needy)
    else:
        counts["stale"] = sum(result.verdict is Verdict.STALE for result in wrong)
        counts["cannot be told"] = sum(result.verdict is Verdict.UNKNOWN for result in wrong)
    counts["fresh"] = len(report.results) - len(wrong)
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{len(report.results)} exports: {told}"


def page_of(report: Report) -> str:
    """The line that names the page on which the findings are explained."""
    found = (*report.findings, *(one for result in report.results for one in result.findings))
    codes = sorted({str(finding.code) for finding in found})
    if not codes:
        return ""
    return f"{', '.join(codes)}:  {page(codes[0]) if len(codes) == 1 else PAGE}"


def page(code: str) -> str:
    """The address at which a code is explained."""
    return f"{PAGE}#{code.lower()}"


def printable(line: str) -> str:
    """A line that cannot control a terminal or CI, even if a file's author meant it to."""
    line = CONTROL_CHARACTER.sub(lambda match: repr(match[0])[1:-1], line)
    # At the start of a line, a GitHub runner would take these for commands.
    return f" {line}" if line.startswith(("::", "##[")) else line
