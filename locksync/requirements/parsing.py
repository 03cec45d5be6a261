"""A requirements file read into its requirements and options, as pip reads it.

The format: pip's "Requirements File Format", with PEP 508 for each requirement.
"""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from packaging.markers import Marker
from packaging.requirements import Requirement as PEP508Requirement
from packaging.specifiers import SpecifierSet

from locksync.requirements.names import canonicalize_name

COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)
OPTION_LINE = re.compile(r"(--[\w-]+|-\w)(?:\s*=\s*|\s*)(.*)", re.DOTALL)
OPTION = re.compile(r"\s(--?[A-Za-z][\w-]*)(?:[=\s]+(\S+))?")
PATH_EXTRAS = re.compile(r"(?<=[/\w.])\[([\w ,.-]+)\](?=$|#)")
"""The extras of a path, as in ./here[x]."""
THIS_DIRECTORY = re.compile(r"\.{1,2}(?:\[[\w ,.-]+\])?")
TOO_LONG_A_NUMBER = re.compile(r"(?<![0-9])[0-9]{501}")
"""Python refuses to read numbers of some thousand digits, and no version has so long a one."""
MOST_LINES = 4096
"""How many lines are kept once they are read: most are in both a file and what it should hold."""
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LONG_OPTIONS = {
    "-i": "--index-url",
    "--pypi-url": "--index-url",
    "-e": "--editable",
    "-r": "--requirement",
    "-c": "--constraint",
    "-f": "--find-links",
}


class Requirement(NamedTuple):
    """One requirement of the file."""

    name: str
    """Normalised; "" for a path or URL that does not tell it."""
    extras: frozenset[str]
    specifier: SpecifierSet
    url: str
    """A direct reference, a path or an unreadable line as a whole; "" for none."""
    marker: str
    """With the spacing and quotes of `packaging`; "" for none."""
    hashes: frozenset[str]
    options: frozenset[str]
    """Options of this requirement alone, other than hashes."""

    @property
    def version(self) -> str:
        """What it is pinned to: a version, a URL, or the specifier of one that is not pinned."""
        if self.url:
            return self.url
        text = str(self.specifier)
        return text if "," in text else text.removeprefix("===").removeprefix("==")


class RequirementsFile(NamedTuple):
    """The content of a requirements file, without comments."""

    requirements: tuple[Requirement, ...]
    options: tuple[str, ...]
    """Option lines such as `--index-url URL`, in their long form."""


def decode(content: bytes, errors: str = "replace") -> str:
    """The text of a file, with line ends as "\\n"; bytes that are not UTF-8 are replaced.

    With the error handler "surrogateescape", they can be encoded again.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(encoding, "replace")
            break
    else:
        text = content.decode("utf-8", errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=32)
def parse(text: str) -> RequirementsFile:
    """The requirements and options of a file's text. No text is refused."""
    requirements = []
    options = []
    for _, line in logical_lines(text):
        option = read_option(line)
        if option is None:
            requirements.append(parse_requirement(line))
        elif option[0] == "--editable":
            requirements.append(parse_requirement(option[1], {option[0]}))
        else:
            options.append(" ".join(option).strip())
    return RequirementsFile(tuple(requirements), tuple(options))


def first_unreadable(text: str) -> str | None:
    """The first line that is neither an option nor a requirement, a path or a URL."""
    for _, line in logical_lines(text):
        if OPTION_LINE.fullmatch(line):
            continue
        requirement = parse_requirement(line)
        place, _, marker = requirement.url.partition(" ")
        is_place = "/" in place or "\\" in place or THIS_DIRECTORY.fullmatch(place)
        if requirement.url and not requirement.name and not (is_place and marker[:1] in ("", ";")):
            return line
    return None


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines joined where they end in a backslash, without comments and empty ones.

    Whatever ends a line for pip ends one here: not only "\\n". Each comes with the number of its
    first line, counted from 1.
    """
    joined, first = "", None
    for number, line in enumerate(text.splitlines(), 1):
        first = first or number
        if line.endswith("\\") and not COMMENT.match(line):
            joined += line.removesuffix("\\")
            continue
        if stripped := COMMENT.sub("", joined + line).strip():
            yield first, stripped
        joined, first = "", None
    if stripped := COMMENT.sub("", joined).strip():
        yield first or 1, stripped


def read_option(line: str) -> tuple[str, str] | None:
    """The option that a line gives, in its long form, and its value; None: it gives none."""
    match = OPTION_LINE.fullmatch(line)
    return (LONG_OPTIONS.get(match[1], match[1]), match[2].strip()) if match else None


def read_options(line: str) -> list[tuple[str, str]]:
    """All options that a line gives, as pip reads it: in words as a shell splits them."""
    first = read_option(line)
    if first is None:
        return []
    try:
        words = shlex.split(line)
    except ValueError:
        return [first]
    if first[0] == "--editable":  # uv takes the whole line, with a marker.
        is_quoted = first[1][:1] in ("'", '"')
        return [(first[0], words[-1].removeprefix("--editable=")) if is_quoted else first]
    found: list[tuple[str, str]] = []
    for word in words:
        option = read_option(word)
        if option:
            found.append(option)
        elif not found[-1][1]:
            found[-1] = (found[-1][0], word)
    return found


def parse_requirement(line: str, options: Iterable[str] = ()) -> Requirement:
    """One requirement, with its hashes and options. No text is refused."""
    found = _read_line(line)
    return found._replace(options=found.options | {*options}) if options else found


@lru_cache(MOST_LINES)
def _read_line(line: str) -> Requirement:
    hashes = set()
    others = set()
    body = line
    if first := OPTION.search(line):
        body = line[: first.start()]
        for option, value in OPTION.findall(line[first.start() :]):
            if option == "--hash":
                hashes.add(value)
            else:
                others.add(f"{option} {value}".strip())
    return _parse_body(body.strip())._replace(hashes=frozenset(hashes), options=frozenset(others))


def _parse_body(body: str) -> Requirement:
    try:
        parsed = _parsed(_checked(body))
        marker = str(parsed.marker or "")
    except (ValueError, RecursionError):  # Too many parentheses are refused by Python.
        return _parse_place(body)
    return Requirement(
        name=canonicalize_name(parsed.name),
        extras=frozenset(map(canonicalize_name, parsed.extras)),
        specifier=parsed.specifier,
        url=parsed.url or "",
        marker=marker,
        hashes=frozenset(),
        options=frozenset(),
    )


def _parsed(body: str) -> PEP508Requirement:
    """A requirement in the notation of PEP 508. pip wants no space before its marker."""
    place, separator, marker = body.partition(";")
    if separator and "@" in place:
        try:
            return PEP508Requirement(f"{place} ;{marker}")
        except ValueError:
            pass  # The semicolon is part of the URL.
    return PEP508Requirement(body)


def _parse_place(body: str) -> Requirement:
    """A path or a URL without a name, or a line that cannot be read."""
    place, marker = _without_marker(body)
    name = re.search(r"#egg=([\w.-]+)", place)
    extras = PATH_EXTRAS.search(place)
    asked = (extra.strip() for extra in extras[1].split(",")) if extras else ()
    return Requirement(
        canonicalize_name(name[1]) if name else "",
        frozenset(map(canonicalize_name, asked)),
        SpecifierSet(),
        place[: extras.start()] + place[extras.end() :] if extras else place,
        marker,
        frozenset(),
        frozenset(),
    )


def _without_marker(body: str) -> tuple[str, str]:
    """A place and its marker, "" for none."""
    place, separator, marker = body.partition(";")
    try:
        return (place.strip(), str(Marker(_checked(marker)))) if separator else (body, "")
    except (ValueError, RecursionError):
        return body, ""


def _checked(body: str) -> str:
    """A requirement whose versions can be compared, later on too. Raises ValueError."""
    if TOO_LONG_A_NUMBER.search(body):
        raise ValueError("a number in it is too long")
    return body
