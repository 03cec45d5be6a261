"""The report for GitHub Actions: an annotation for each finding, beside the line it is about.

The form: "Workflow commands for GitHub Actions", setting an error message.
"""

from __future__ import annotations

from locksync.findings import Finding
from locksync.reports.report import Report, printable


def render(report: Report) -> str:
    """A workflow command for each finding, those that this run has repaired too: CI keeps none."""
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
