"""The report for machines. docs/configuration.md describes its format, which is stable."""

from __future__ import annotations

import json

from locksync.findings import Finding
from locksync.model import Result
from locksync.reports.pasted import command_line
from locksync.reports.report import Report

VERSION = 1


def render(report: Report) -> str:
    """One JSON object. Paths are relative to the repository."""
    content = {
        "version": VERSION,
        "verdict": report.verdict.value,
        "exports": [_export(result) for result in report.results],
        "findings": [_finding(finding) for finding in report.findings],
        "notices": [notice._asdict() for notice in report.notices],
    }
    return json.dumps(content, indent=2) + "\n"


def _export(result: Result) -> dict[str, object]:
    export, difference = result.export, result.difference
    return {
        "tool": export.tool,
        "directory": export.directory or ".",
        "command": export.command,
        "edits": export.edits._asdict(),
        "inputs": list(result.inputs),
        "output": export.output,
        "verdict": result.verdict.value,
        "how": result.how.value,
        "changed": result.changed,
        "findings": [_finding(finding) for finding in result.findings],
        "pins": {
            "added": [pin._asdict() for pin in difference.added],
            "removed": [pin._asdict() for pin in difference.removed],
            "changed": [
                {"name": pin.name, "from": pin.before, "to": pin.after}
                for pin in difference.changed
            ],
        },
        "details": list(difference.details),
    }


def _finding(finding: Finding) -> dict[str, object]:
    told: dict[str, object] = {
        "code": str(finding.code),
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "repair": command_line(finding.repair) if finding.repair else None,
    }
    # What a format once told stays as it was; what is new is told only where there is something.
    if finding.keep:
        told["keep"] = command_line(finding.keep)
    if finding.advice:
        told["advice"] = finding.advice
    return told
