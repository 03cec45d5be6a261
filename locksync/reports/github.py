"""The report for GitHub Actions: an annotation for each finding, at the line it concerns.

Format: "Workflow commands for GitHub Actions", section "Setting an error message".
"""

from __future__ import annotations

from locksync.findings import Finding
from locksync.reports.report import Report, printable


def render(report: Report) -> str:
    """A workflow command per finding, repaired ones included: CI does not keep the repairs."""
    findings = [finding for result in report.results for finding in result.findings]
    return "".join(f"{_command(finding)}\n" for finding in (*report.findings, *findings))


def _command(finding: Finding) -> str:
    properties = {"file": finding.file, "line": finding.line, "title": f"locksync {finding.code}"}
    given = ",".join(
        f"{name}={_escaped_property(str(value))}" for name, value in properties.items() if value
    )
    repair = f"%0Arun:  {_escaped(finding.repair)}" if finding.repair else ""
    return f"::error {given}::{_escaped(finding.message)}{repair}"


def _escaped(text: str) -> str:
    return printable(text.replace("%", "%25"))


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
