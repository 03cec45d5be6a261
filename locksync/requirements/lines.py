"""The logical lines of a requirements file, each as it is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from locksync.requirements.option_words import EDITABLE
from locksync.requirements.parsing import COMMENT, Requirement, parse_requirement, read_options

COMMENT_IN_BETWEEN = re.compile(r"\\\n(?=[^\S\n]*#)")
"""What joins a comment to a line, which it ends."""
ANNOTATION = re.compile(r"[ \t]+# via\b")
MORE_OF_AN_ANNOTATION = re.compile(r"[ \t]+#   +\S")
PLACE = re.compile(r"^[-./]|://| @ ")
"""What tells a path or a URL, which may hold a `;` itself."""
MARKER = r""";(?:"[^"\n]*"|'[^'\n]*'|(?!\\\n)[^"'\s]|(?!\s*\\\n|\s+--|\s+\#)[^\S\n]+)*"""
MARKER_OF_A_PLACE = re.compile(rf"(?<!\s)\s+{MARKER}")
MARKER_OF_A_NAME = re.compile(rf"(?<!\s)\s*{MARKER}")


class Line(NamedTuple):
    """One line with those that continue it; a requirement with its annotations, too."""

    above: str
    """The empty lines above it."""
    raw: str
    """As it is written, without its last line end."""
    text: str
    """In one line with single spaces; without a comment, unless it is one."""

    @property
    def requirement(self) -> Requirement | None:
        """The requirement in it; None for an option or a comment."""
        return _requirement_in(self.text)

    @property
    def subject(self) -> str:
        """What a file has one line for: the package of a requirement, else the line itself."""
        requirement = self.requirement
        return (requirement and requirement.name) or self.text

    def without_marker(self) -> Line:
        """The line without the marker of its requirement."""
        requirement = self.requirement
        if not (requirement and ";" in self.text):
            return self
        marker = MARKER_OF_A_PLACE if PLACE.search(self.text) else MARKER_OF_A_NAME
        raw, text = (marker.sub("", written, count=1) for written in (self.raw, self.text))
        return self._replace(raw=raw, text=text)


class Lines(NamedTuple):
    """All lines of a file."""

    lines: tuple[Line, ...]
    below: str = ""
    """The empty lines at the end."""

    def where(self, is_wanted: Callable[[Line], bool]) -> Lines:
        """The lines that are wanted, and all empty ones."""
        wanted: list[Line] = []
        above = ""
        for line in self.lines:
            above += line.above
            if is_wanted(line):
                wanted.append(line._replace(above=above))
                above = ""
        return Lines(tuple(wanted), above + self.below)

    def __str__(self) -> str:
        return "".join(f"{line.above}{line.raw}\n" for line in self.lines) + self.below


def split_lines(text: str, stands_alone: Callable[[str], bool]) -> Lines:
    """The lines of a text. A comment that `stands_alone` is part of no requirement."""
    found: list[Line] = []
    raws: list[list[str]] = []
    above: list[str] = []
    in_annotation = False
    for raw in _joined(text):
        line = Line("", raw, _in_one_line(raw))
        if not line.text:
            above.append(f"{raw}\n")
            continue
        in_annotation = bool(
            (ANNOTATION.match(raw) or (in_annotation and MORE_OF_AN_ANNOTATION.match(raw)))
            and not (above or stands_alone(line.text))
            and found
            and found[-1].requirement
        )
        if in_annotation:
            raws[-1].append(raw)
        else:
            found.append(line._replace(above="".join(above)))
            raws.append([raw])
        above = []
    lines = (line._replace(raw="\n".join(all_of)) for line, all_of in zip(found, raws, strict=True))
    return Lines(tuple(lines), "".join(above))


def put_in(own: Lines, present: Lines, is_kept: Callable[[str], bool]) -> Lines:
    """Lines, with the kept ones of a file where they stand in that file.

    Each goes below the line that it stands below there, if that line is still there. None that
    stands above all requirements, or below all, comes to stand between two.
    """
    added: dict[int, list[Line]] = {}
    gaps: dict[int, str] = {}
    for place, line, gap in _places(own, present, is_kept):
        added.setdefault(place, []).append(line)
        if gap is not None:
            gaps[place] = gap
    lines: list[Line] = []
    for place, line in enumerate(own.lines):
        lines += added.get(place, [])
        lines.append(line._replace(above=gaps.get(place, line.above)))
    end = added.get(len(own.lines), [])
    is_last = bool(end) and end[-1] is present.lines[-1]
    return Lines((*lines, *end), present.below if is_last else own.below)


def _places(
    own: Lines, present: Lines, is_kept: Callable[[str], bool]
) -> Iterator[tuple[int, Line, str | None]]:
    """Each kept line with its place among one's own, and the empty lines below it, if any line."""
    requirements = [place for place, line in enumerate(own.lines) if line.requirement]
    first, last = (requirements[0], requirements[-1]) if requirements else (len(own.lines), -1)
    places = {key: place for place, key in enumerate(_numbered(own.lines))}
    others = [line for line in present.lines if not is_kept(line.text)]
    keys = iter(_numbered(others))
    total = left = sum(bool(line.requirement) for line in others)
    place = 0
    for line, below in zip_longest(present.lines, present.lines[1:]):
        if not is_kept(line.text):
            left -= bool(line.requirement)
            key = next(keys)
            place = places[key] + 1 if key in places else place
        elif left == total:
            yield min(place, first), line, below and below.above
        else:
            yield place if left else max(place, last + 1), line, below and below.above


def _numbered(lines: Iterable[Line]) -> Iterator[tuple[str, int]]:
    """The subject of each line, and how many before it have the same."""
    seen: Counter[str] = Counter()
    for line in lines:
        subject = line.subject
        yield subject, seen[subject]
        seen[subject] += 1


def _joined(text: str) -> Iterator[str]:
    """Each line together with those that continue it, as pip joins them."""
    lines = text.removesuffix("\n").split("\n") if text else []
    begun: list[str] = []
    for line in lines:
        begun.append(line)
        if not line.endswith("\\") or line.lstrip().startswith("#"):
            yield "\n".join(begun)
            begun = []
    if begun:  # Nothing that comes to stand below may continue it.
        yield "\n".join((*begun, ""))


@lru_cache(4096)  # Both the file and what the command writes have most lines.
def _requirement_in(text: str) -> Requirement | None:
    if text.startswith("#"):
        return None
    options = read_options(text)
    if not options:
        return parse_requirement(text)
    name, value = options[0]
    return parse_requirement(value, is_editable=True) if name == EDITABLE else None


def _in_one_line(raw: str) -> str:
    joined = COMMENT_IN_BETWEEN.sub(" ", raw).replace("\\\n", "")
    return " ".join((COMMENT.sub("", joined).strip() or joined).split())
