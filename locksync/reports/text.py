"""The report for people: what is wrong, why, and which command repairs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from locksync.documents import cut
from locksync.findings import Code, Finding, Verdict
from locksync.model import Difference, Result
from locksync.reports.pasted import TOP, Here, command_line, stage, ways
from locksync.reports.report import Report, page, page_of, printable, summary

HEADLINE_WIDTH = 83
MOST_PINS = 10
LONGEST_LINE = 200
INDENT = "  "
CODE = re.compile(r"LS\d{3}$")
COLORS = (
    (re.compile(r"(?P<painted>LS\d{3})$"), "1;31"),
    (re.compile(r"^(?P<painted>(?:  )?\+.*)"), "32"),
    (re.compile(r"^(?P<painted>(?:  )?-.*)"), "31"),
    (re.compile(r"^(?:  (?:run|keep it|drop it):  |.*[Ss]tage \w+:  )(?P<painted>.*)"), "1;36"),
)
"""Which part of a line is coloured, and how: bold red, green, red, bold cyan."""
NO_DIFFERENCE = Difference()


class Style(NamedTuple):
    """What a text report shows."""

    verbose: bool = False
    diff: bool = False
    color: bool = False
    links: bool = False
    """Whether codes lead to their page, on terminals that follow links (OSC 8)."""
    here: Here = TOP
    """Where the reader stands, to whom commands are told."""


PLAIN = Style()


def render(report: Report, style: Style = PLAIN) -> str:
    """The whole report; "" if there is nothing to report."""
    return "".join(f"{_shown(printable(line), style)}\n" for line in _lines(report, style))


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


def _shown(line: str, style: Style) -> str:
    """A line as the terminal is to show it."""
    code = CODE.search(line) if style.links else None
    line = _painted(line) if style.color else line
    if code is None:
        return line
    link = f"\x1b]8;;{page(code[0])}\x1b\\{code[0]}\x1b]8;;\x1b\\"
    return line.replace(code[0], link)


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
        shown = NO_DIFFERENCE if is_explained else difference
        yield from finding_lines(finding, style, shown, "that command")
    for result, new in report.told_once():
        yield from _result_lines(result, new, style)
    yield from (f"note: {notice.message}" for notice in report.notices)
    wrong = {result.export.output for result in report.results if result.findings}
    if wrong & report.worked_out:
        yield "Commands were worked out from what the files hold. `locksync init` writes them down."
    if told := summary(report):
        yield told
    yield from _stage_lines(report, style)
    if not style.links and (pages := page_of(report)):
        yield pages


def _stage_lines(report: Report, style: Style) -> Iterator[str]:
    """The one line that has git take all that is to be taken."""
    told = "regenerated. " if report.changed else ""
    files = report.to_stage
    stage_them = "Then stage" if report.waits_for_commands and not told else "Stage"
    if files:
        them = "it" if len(files) == 1 else "them"
        line = command_line(stage(files, force=report.has_ignored), style.here)
        yield f"{told}{stage_them} {them}:  {line}"
    elif told:
        yield told.rstrip()


def _result_lines(result: Result, findings: Iterable[Finding], style: Style) -> Iterator[str]:
    if result.verdict is Verdict.FRESH:
        if style.verbose:
            output, how = result.export.output, result.how.value
            command = f"{result.export.command} {result.export.edits}".rstrip()
            yield f"{output} is fresh: {command} would write the same ({how})"
        return
    findings = list(findings)
    is_edited = any(finding.code is Code.EDITED for finding in findings)
    for finding in findings:
        repaired = result.changed and finding.code.is_repaired_by_writing
        # How to do without a file is of use even where it was written again.
        advice = finding.advice if finding.code is Code.MISSING else ""
        shown = finding.without_repairs()._replace(advice=advice) if repaired else finding
        differs = finding.code in (Code.STALE, Code.EDITED, Code.CONFLICTED)
        difference = result.difference if differs else NO_DIFFERENCE
        tool = result.export.tool if finding.code is Code.EDITED else ""
        headline, *others = finding_lines(shown, style, difference, tool)
        yield headline
        if finding.code is Code.EDITED or (finding.code.is_repaired_by_writing and not is_edited):
            yield from _own_lines(result, style)
        yield from others
    if style.diff:
        yield from _diff_lines(result)


def _own_lines(result: Result, style: Style) -> Iterator[str]:
    """What is somebody's own in the output: all of it if it has just been written over."""
    if not result.own:
        return
    from locksync.requirements.authorship import OF_PACKAGE

    difference = result.difference
    differing = {one.name for part in difference[:3] for one in part}
    pins = {line: match["name"] for line in result.own if (match := OF_PACKAGE.match(line))}
    # Where all that differs is somebody's own, the difference says it.
    is_said = differing == set(pins.values()) and len(differing) <= MOST_PINS
    lines = [f"    yours: {line}" for line in result.own if not (is_said and line in pins)]
    yield from (
        cut(line, LONGEST_LINE) for line in (lines if result.changed else _capped(lines, style))
    )


def finding_lines(
    finding: Finding, style: Style, difference: Difference = NO_DIFFERENCE, tool: str = ""
) -> Iterator[str]:
    """The message, the difference and the command that repairs it.

    `tool` is what writes otherwise than somebody did; "" where nobody did.
    """
    message = finding.message
    if finding.line and message.startswith(finding.file):
        message = f"{finding.file}:{finding.line}{message.removeprefix(finding.file)}"
    yield f"{message:<{HEADLINE_WIDTH}} {finding.code}"
    yield from difference_lines(difference, style, tool)
    # What is to be staged is told in one line for all.
    told = finding._replace(repair=None) if finding.is_to_stage else finding
    yield from (f"{INDENT}{way}" for way in ways(told, style.here))


def difference_lines(difference: Difference, style: Style, tool: str = "") -> Iterator[str]:
    """The pins and other details that differ: the first few, or all if verbose."""
    names = [pin.name for pin in difference.changed]
    names += [pin.name for pin in (*difference.added, *difference.removed)]
    width = max(map(len, names), default=0)
    told = _edit_lines(difference, width, tool) if tool else _change_lines(difference, width)
    lines = list(told)
    yield from (cut(line.rstrip(), LONGEST_LINE) for line in _capped(lines, style))


def _change_lines(difference: Difference, width: int) -> Iterator[str]:
    """What is to change."""
    for pin in difference.changed:
        yield f"    {pin.name:<{width}}  {pin.before} -> {pin.after}"
    for sign, pins in (("+", difference.added), ("-", difference.removed)):
        yield from (f"  {sign} {one.name:<{width}}  {one.version}" for one in pins)
    yield from (f"    {detail}" for detail in difference.details)


def _edit_lines(difference: Difference, width: int, tool: str) -> Iterator[str]:
    """The pins that somebody wrote beside those that the tool writes."""
    for pin in difference.changed:
        yield f"    {pin.name:<{width}}  yours {pin.before}, {tool} writes {pin.after}"
    for one in difference.removed:
        yield f"    {one.name:<{width}}  yours {one.version}, {tool} writes none"
    for one in difference.added:
        yield f"    {one.name:<{width}}  not yours, {tool} writes {one.version}"
    yield from (f"    {detail}" for detail in difference.details)


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
