"""The report for people: what is wrong, why, and which command repairs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from locksync.command_line import as_argument, join_words
from locksync.findings import Code, Finding, Verdict
from locksync.model import Difference, Result
from locksync.reports.report import Report, printable

HEADLINE_WIDTH = 83
MOST_PINS = 10
LONGEST_LINE = 200
INDENT = "  "
COLORS = (
    (re.compile(r"(?P<painted>LS\d{3})$"), "1;31"),
    (re.compile(r"^(?P<painted>(?:  )?\+.*)"), "32"),
    (re.compile(r"^(?P<painted>(?:  )?-.*)"), "31"),
    (re.compile(r"^(?:  run:  |regenerated\. Stage \w+:  )(?P<painted>.*)"), "1;36"),
)
"""Which part of a line is coloured, and how: bold red, green, red, bold cyan."""
NO_DIFFERENCE = Difference()


class Style(NamedTuple):
    """What a text report shows."""

    verbose: bool = False
    diff: bool = False
    color: bool = False
    prefix: str = ""
    """A `cd` from the working directory to the top of the repository, if they differ."""


PLAIN = Style()


def render(report: Report, style: Style = PLAIN) -> str:
    """The whole report; "" if there is nothing to report."""
    lines = (printable(line) for line in _lines(report, style))
    return "".join(f"{_painted(line) if style.color else line}\n" for line in lines)


def render_list(results: Iterable[Result], style: Style = PLAIN) -> str:
    """Every export with its verdict, in columns. If verbose, with its input files."""
    rows = [
        (result.verdict.value, result.export.output, _command(result), result) for result in results
    ]
    width = max((len(output) for _, output, _, _ in rows), default=0)
    lines = []
    for verdict, output, command, result in rows:
        lines.append(f"{verdict:<8} {output:<{width}}  {command}")
        if style.verbose:
            lines.append(f"{'':<8} {'':<{width}}  from {', '.join(result.inputs)}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _painted(line: str) -> str:
    """A line of the report with colour codes for terminals (ECMA-48)."""
    for pattern, color in COLORS:
        if match := pattern.search(line):
            start, end = match.span("painted")
            return f"{line[:start]}\x1b[{color}m{line[start:end]}\x1b[0m{line[end:]}"
    return line


def _command(result: Result) -> str:
    export = result.export
    command = f"{export.command}   ({export.edits})" if export.edits else export.command
    return f"{command}   (in {export.directory})" if export.directory else command


def _lines(report: Report, style: Style) -> Iterator[str]:
    for finding in report.findings:
        is_explained = finding.code is not Code.UNEXPLAINED
        difference = report.differences.get(finding.file, NO_DIFFERENCE)
        yield from finding_lines(finding, style, NO_DIFFERENCE if is_explained else difference)
    told: set[Finding] = set()
    for result in report.results:
        # Exports of one lock file share what is wrong with it.
        new = tuple(
            finding
            for finding in result.findings
            if finding not in told or finding.file not in result.inputs
        )
        yield from _result_lines(result, new, style)
        told.update(new)
    written = [result.export.output for result in report.results if _can_be_staged(result)]
    if written:
        them = "it" if len(written) == 1 else "them"
        stage = join_words(("git", "add", *map(as_argument, written)))
        yield f"regenerated. Stage {them}:  {style.prefix}{stage}"
    elif report.changed:
        yield "regenerated."
    yield from (f"note: {notice.message}" for notice in report.notices)
    wrong = {result.export.output for result in report.results if result.findings}
    if wrong & report.worked_out:
        yield "Commands were worked out from what the files hold. `locksync init` writes them down."


def _can_be_staged(result: Result) -> bool:
    return result.changed and all(finding.code != Code.IGNORED for finding in result.findings)


def _result_lines(result: Result, findings: Iterable[Finding], style: Style) -> Iterator[str]:
    if result.verdict is Verdict.FRESH:
        if style.verbose:
            output, how = result.export.output, result.how.value
            command = f"{result.export.command} {result.export.edits}".rstrip()
            yield f"{output} is fresh: {command} would write the same ({how})"
        return
    for finding in findings:
        repaired = result.changed and finding.code.is_repaired_by_writing
        shown = finding._replace(repair=None) if repaired else finding
        differs = finding.code in (Code.STALE, Code.EDITED)
        difference = result.difference if differs else NO_DIFFERENCE
        yield from finding_lines(shown, style, difference)
    if style.diff:
        yield from _diff_lines(result)


def finding_lines(
    finding: Finding, style: Style, difference: Difference = NO_DIFFERENCE
) -> Iterator[str]:
    """The message, the difference and the command that repairs it."""
    message = finding.message
    if finding.line and message.startswith(finding.file):
        message = f"{finding.file}:{finding.line}{message.removeprefix(finding.file)}"
    yield f"{message:<{HEADLINE_WIDTH}} {finding.code}"
    yield from difference_lines(difference, style)
    if finding.repair:
        yield f"{INDENT}run:  {style.prefix}{finding.repair}"


def difference_lines(difference: Difference, style: Style) -> Iterator[str]:
    """The pins and other details that differ: the first few, or all if verbose."""
    names = [pin.name for pin in difference.changed]
    names += [pin.name for pin in (*difference.added, *difference.removed)]
    width = max(map(len, names), default=0)
    lines = [
        *(f"    {pin.name:<{width}}  {pin.before} -> {pin.after}" for pin in difference.changed),
        *(f"  + {pin.name:<{width}}  {pin.version}" for pin in difference.added),
        *(f"  - {pin.name:<{width}}  {pin.version}" for pin in difference.removed),
        *(f"    {detail}" for detail in difference.details),
    ]
    yield from (line.rstrip()[:LONGEST_LINE] for line in _capped(lines, style))


def _capped(lines: Sequence[str], style: Style) -> Iterator[str]:
    if style.verbose or len(lines) <= MOST_PINS + 1:
        yield from lines
        return
    yield from lines[:MOST_PINS]
    yield f"    and {len(lines) - MOST_PINS} more (-v shows all)"


def _diff_lines(result: Result) -> Iterator[str]:
    if result.expected is not None:
        yield from diff_lines(result.current or b"", result.expected, result.export.output)


def diff_lines(current: bytes, expected: bytes, file: str) -> Iterator[str]:
    """A unified diff between a file's current and expected content."""
    import difflib

    before = current.decode("utf-8", "replace").splitlines()
    after = expected.decode("utf-8", "replace").splitlines()
    yield from difflib.unified_diff(before, after, f"a/{file}", f"b/{file}", lineterm="")
