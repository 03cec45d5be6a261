"""The report of `locksync init`: the command behind each file, and what is configured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.adoption.hook_edits import HOOK_FILE, hook_entry
from locksync.adoption.plan import Initialization
from locksync.adoption.settings_edits import toml_of
from locksync.command_line import join_words
from locksync.discovery.search import Explanation, Origin
from locksync.findings import Place, Repair
from locksync.model import Export
from locksync.reports.pasted import command_line, stage
from locksync.reports.report import printable
from locksync.reports.text import Style, diff_lines, difference_lines
from locksync.repository import paths
from locksync.tools.registry import TOOLS

COMMIT_LENGTH = 10


def render(done: Initialization, style: Style, *, dry_run: bool) -> str:
    """The whole report."""
    lines = [*_files(done, style), *_settings(done, style, dry_run=dry_run)]
    return "".join(f"{printable(line)}\n" for line in lines)


def _files(done: Initialization, style: Style) -> Iterator[str]:
    explanations = done.adoption.explanations
    width = max((len(found.output) for found in explanations), default=0)
    for found in explanations:
        yield f"{found.output:<{width}}  {_told(found)}"
        if found.origin is Origin.UNEXPLAINED and found.export:
            yield from difference_lines(found.difference, style)


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
    if done.written:
        yield _stage("configured", done.written, style)
    if done.untracked:
        yield _stage(
            "not read until git tracks it"
            if len(done.untracked) == 1
            else "not read until git tracks them",
            done.untracked,
            style,
        )
    if not done.changes and not done.findings:
        yield "nothing to write"
    behind = [found.output for found in done.adoption.explanations if found.is_behind]
    if behind:
        fix = Repair((("locksync", "fix", *map(Place, behind)),))
        yield f"out of date. Then run:  {command_line(fix, style.here)}"
    yield from _choices(done)
    yield from _hooks(done)


def _stage(told: str, files: Sequence[str], style: Style) -> str:
    them = "it" if len(files) == 1 else "them"
    return f"{told}. Stage {them}:  {command_line(stage(files), style.here)}"


def _choices(done: Initialization) -> Iterator[str]:
    """What the user has to decide, ready to be pasted."""
    for settings in done.adoption.settings:
        for choice in settings.choices:
            output = paths.join(paths.parent(settings.file), choice.output)
            yield f"{output} is not explained. In {settings.file}, have one of the two:"
            if choice.entry:
                yield f"  exports = [{toml_of(choice.entry)}]"
            yield f"  exclude = [{toml_of(choice.output)}]"


def _hooks(done: Initialization) -> Iterator[str]:
    for name, can_be_replaced in dict.fromkeys(
        (f"{hook.id} of {hook.repository}", hook.can_be_replaced) for hook in done.rivals
    ):
        way = "--hook replaces it" if can_be_replaced else "take it out by hand"
        yield f"{HOOK_FILE}: {name} rewrites the same files: {way}"
    if done.lacks_hook:
        yield f"To check every commit, add this to {HOOK_FILE} (--hook does it for you):"
        yield from ("repos:", *hook_entry().splitlines())
