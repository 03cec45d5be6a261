"""The report for GitHub Actions: an annotation for each finding, at the line it concerns.

Format: "Workflow commands for GitHub Actions", section "Setting an error message".
"""

from __future__ import annotations

from locksync.findings import Finding
from locksync.reports.pasted import ways
from locksync.reports.report import Report, page, printable


def render(report: Report) -> str:
    """A workflow command per finding, repaired ones included: CI does not keep the repairs."""
    told = [finding for _, new in report.told_once() for finding in new]
    findings = dict.fromkeys((*report.findings, *told))
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    properties = {"file": finding.file, "line": finding.line, "title": f"locksync {finding.code}"}
    given = ",".join(
        f"{name}={_escaped_property(str(value))}" for name, value in properties.items() if value
    )
    lines = (finding.message, *ways(finding), page(str(finding.code)))
    return f"::error {given}::{'%0A'.join(map(_escaped, lines))}"


def _escaped(text: str) -> str:
    return printable(text.replace("%", "%25"))


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
