"""The report of `locksync init`: the command behind each file, and what is configured."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.adoption.hook_edits import HOOK_FILE, hook_entry
from locksync.adoption.plan import Initialization
from locksync.command_line import as_argument, join_words
from locksync.discovery.explanation import Explanation, Origin
from locksync.model import Export
from locksync.reports.report import printable
from locksync.reports.text import Style, diff_lines, difference_lines
from locksync.tools.registry import TOOLS

COMMIT_LENGTH = 10


def render(done: Initialization, style: Style, *, dry_run: bool) -> str:
    """The whole report."""
    lines = [*_files(done, style), *_settings(done, style, dry_run=dry_run)]
    return "".join(f"{printable(line)}\n" for line in lines)


def _files(done: Initialization, style: Style) -> Iterator[str]:
    adoption = done.adoption
    outputs = [*(found.output for found in adoption.explanations), *adoption.missing]
    width = max(map(len, outputs), default=0)
    for found in adoption.explanations:
        excluded = ", so it is excluded" if found.output in adoption.excluded else ""
        yield f"{found.output:<{width}}  {_told(found)}{excluded}"
        if found.origin is Origin.UNEXPLAINED and found.export:
            yield from difference_lines(found.difference, style)
    for path in adoption.missing:
        yield f"{path:<{width}}  missing, so it is excluded"


def _told(found: Explanation) -> str:
    if found.origin in (Origin.UNEXPLAINED, Origin.FOREIGN) or not found.export:
        return f"{found.origin.value}: {found.reason}"
    directory = f" (in {found.export.directory})" if found.export.directory else ""
    if found.origin is Origin.HEADER:
        return f"{found.export.command}{directory}: {found.origin.value}{_for_fix(found.export)}"
    commit = f" as of {found.commit[:COMMIT_LENGTH]}" if found.commit else ""
    behind = ", now out of date" if found.is_behind else ""
    return f"{found.export.command}{directory}: {found.origin.value}{commit}{behind}"


def _for_fix(export: Export) -> str:
    """What to configure if the header names a command that is not the tool's own."""
    command = TOOLS[export.tool].about.command
    if export.command.startswith(join_words(command)):
        return ""
    words = join_words((*command, *export.arguments))
    return f"; for `locksync fix`, add `{words}` to exports"


def _settings(done: Initialization, style: Style, *, dry_run: bool) -> Iterator[str]:
    if dry_run:
        for edit in done.changes:
            yield from diff_lines(edit.before, edit.after, edit.file)
    elif done.written:
        them = "it" if len(done.written) == 1 else "them"
        stage = join_words(("git", "add", *map(as_argument, done.written)))
        yield f"configured. Stage {them}:  {style.prefix}{stage}"
    if not done.changes and not done.findings:
        yield "nothing to write"
    behind = [found.output for found in done.adoption.explanations if found.is_behind]
    if behind:
        fix = join_words(("locksync", "fix", *map(as_argument, behind)))
        yield f"out of date. Then run:  {style.prefix}{fix}"
    if not done.adoption.is_complete:
        yield "not explained: add the file's command to exports, or add the file to exclude"
    if done.lacks_hook:
        yield f"To check every commit, add this to {HOOK_FILE} (--hook does it for you):"
        yield from ("repos:", *hook_entry().splitlines())
