"""What a command writes, with the lines that a team takes out and those that it has put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from locksync.documents import CONFLICT_MARKER
from locksync.model import Edits
from locksync.requirements.globs import matches, matches_any
from locksync.requirements.lines import Line, Lines, put_in, split_lines

SIDE = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?:[ \r\n]|$)")


class Edited(NamedTuple):
    """The text that a file is to hold."""

    text: str
    unmatched: tuple[str, ...] = ()
    """The globs that match no line of the file, nor of what the command writes."""
    overruled: tuple[str, ...] = ()
    """Pins that the command would write, had the file no kept one of the same name."""


def edit(text: str, edits: Edits, current: str | None) -> Edited:
    """The text of a command, edited; `current` is what its output file holds, if it is there.

    What matches `drop` is taken out of the text, and so is what the file has a kept line for: the
    same package, or the same line. The kept lines then go where they stand in the file.
    """

    def is_kept(line: str) -> bool:
        return matches_any(line, edits.keep)

    written, present = split_lines(text, is_kept), split_lines(current or "", is_kept)
    texts = [line.text for line in (*written.lines, *present.lines)]
    globs = (*edits.drop, *(edits.keep if current is not None else ()))
    if current and CONFLICT_MARKER.search(current.encode("utf-8", "surrogateescape")):
        present = Lines(tuple(_each_once(present.lines, is_kept)), present.below)
    kept = [line for line in present.lines if is_kept(line.text)]
    subjects = {line.subject for line in kept}
    wanted = written.where(lambda line: not matches_any(line.text, edits.drop))
    own = wanted.where(lambda line: line.subject not in subjects)
    if not edits.markers:
        own = Lines(tuple(line.without_marker() for line in own.lines), own.below)
    edited = str(put_in(own, present, is_kept) if kept else own)
    return Edited(
        edited if kept or text.endswith("\n") else edited.removesuffix("\n"),
        tuple(glob for glob in dict.fromkeys(globs) if not _is_matched(glob, texts)),
        tuple(_overruled(wanted.lines, kept)),
    )


def sides(text: str) -> tuple[str, ...]:
    """The texts between which the conflict markers in a text leave the choice."""
    parts: dict[str, list[str]] = {"<": [], ">": []}
    reading = "<>"
    for line in text.splitlines(keepends=True):
        mark = line[:7] if SIDE.match(line) else ""
        if not mark:
            for side in parts.keys() & {*reading}:
                parts[side].append(line)
        else:
            reading = {"<": "<", "|": "", "=": ">", ">": "<>"}[mark[0]]
    return tuple(dict.fromkeys("".join(lines) for lines in parts.values()))


def _is_matched(glob: str, texts: Iterable[str]) -> bool:
    return any(matches(text, glob) for text in texts)


def _each_once(lines: Iterable[Line], is_kept: Callable[[str], bool]) -> Iterator[Line]:
    """The lines, each kept one only once: both sides of a conflict may have it."""
    seen: set[str] = set()
    for line in lines:
        if line.text not in seen:
            yield line
        if is_kept(line.text):
            seen.add(line.text)


def _overruled(wanted: Iterable[Line], kept: Iterable[Line]) -> Iterator[str]:
    pins = {_pin(line) for line in kept}
    names = {name for name, _ in pins if name}
    for name, version in dict.fromkeys(map(_pin, wanted)):
        if name in names and (name, version) not in pins:
            yield f"{name} {version}".strip()


def _pin(line: Line) -> tuple[str, str]:
    requirement = line.requirement
    return (requirement.name, requirement.version) if requirement else ("", "")
