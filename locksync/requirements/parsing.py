"""A requirements file read into its requirements and options, as pip reads it.

The format: pip's "Requirements File Format", with PEP 508 for each requirement.
"""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from packaging.markers import Marker
from packaging.requirements import Requirement as PEP508Requirement
from packaging.specifiers import SpecifierSet

from locksync.requirements.names import canonicalize_name
from locksync.requirements.option_words import (
    EDITABLE,
    FLAGS,
    OF_REQUIREMENTS,
    QUOTED_WORD,
    VALUED,
    Option,
    heeded,
    split_line,
    split_options,
    unquote,
)

COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)
OPTION_LINE = re.compile(r"(--[\w-]+|-\w)(?:\s*=\s*|\s*)(.*)", re.DOTALL)
OPTION = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]*)(?:[=\s]+(\S+))?")
URL = re.compile(r"(?:https?|file|ftp|(?:git|hg|bzr|svn)\+[a-z-]+):", re.IGNORECASE)
ARCHIVE = re.compile(
    r"\.(?:zip|whl|tar\.bz2|tbz|tar\.gz|tgz|tar|tar\.xz|txz|tlz|tar\.lz|tar\.lzma)$",
    re.IGNORECASE,
)
"""What pip takes for the name of a file."""
EGG = re.compile(r"[#&]egg=([\w.-]+)")
WHEEL = re.compile(r"(?:^|[/\\:])([^/\\:-]+)-[^/\\:]+\.whl$")
BEFORE_MARKER = re.compile(";")
BEFORE_MARKER_OF_URL = re.compile(r"; | ;")
EDITABLE_LINE = re.compile(r"(?:-e|--editable)(?:=|[ \t]*)")
FOREIGN_OPTIONS = {*FLAGS, *VALUED} - {*OF_REQUIREMENTS} | {"--hash"}
"""What is no option of a requirement, and has no effect beside one."""
PATH_EXTRAS = re.compile(r"(?<=\S)\s*\[([\w ,.-]+)\](?=$|#)")
"""The extras of a path, as in ./here[x]."""
URL_EXTRAS = re.compile(r"(?:(?<=[#&])egg=[\w.-]+|^file:.*)\[([\w ,.-]+)\](?=$|[#&])")
"""The extras of a URL: those of the name in a fragment, or of a path."""
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
ENCODING = re.compile(rb"coding[:=]\s*([-\w.]+)")
"""What PEP 263 has a comment say of the encoding of its file."""
ONE_BYTE_EACH = re.compile(r"(?i)latin[_-]?1|iso[_-]?8859[_-]\d+|(?:cp|windows-)125\d|koi8[_-][ru]")
"""The encodings that are read. Some others take far longer."""


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
        named = _named_encoding(content) if errors == "replace" else "utf-8"
        text = content.decode(named, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named_encoding(content: bytes) -> str:
    """The encoding that a comment in the first two lines names, if it may be read."""
    for line in content.split(b"\n", 2)[:2]:
        named = ENCODING.search(line) if line.startswith(b"#") else None
        if named:
            name = named[1].decode()
            return name if ONE_BYTE_EACH.fullmatch(name) and _is_known(name) else "utf-8"
    return "utf-8"


def _is_known(encoding: str) -> bool:
    try:
        return bool(codecs.lookup(encoding))
    except LookupError:
        return False


@lru_cache(maxsize=32)
def parse(text: str) -> RequirementsFile:
    """The requirements and options of a file's text. No text is refused."""
    requirements = []
    options = []
    for _, line in logical_lines(text):
        for name, value in read_options(line) or [("", line)]:
            if name in ("", EDITABLE):
                requirements.append(parse_requirement(value, is_editable=bool(name)))
            else:
                options.append(f"{name} {value}".strip())
    return RequirementsFile(tuple(requirements), tuple(options))


def first_unreadable(text: str) -> str | None:
    """The first line that is neither an option nor a requirement, a path or a URL."""
    for _, line in logical_lines(text):
        if OPTION_LINE.fullmatch(line):
            continue
        requirement = parse_requirement(line)
        rest = requirement.url.partition(" ")[2]
        if not is_readable(requirement) or (rest and not requirement.name and rest[0] != ";"):
            return line
    return None


def is_readable(requirement: Requirement) -> bool:
    """Whether a requirement is more than a line that means nothing."""
    place = requirement.url.partition(" ")[0]
    return (
        bool(requirement.name or "/" in place or "\\" in place or THIS_DIRECTORY.fullmatch(place))
        or URL.match(place) is not None
        or ARCHIVE.search(requirement.url) is not None
    )


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines joined where they end in a backslash, without comments and empty ones.

    Whatever ends a line for pip ends one here: not only "\\n". Each comes with the number of its
    first line, counted from 1.
    """
    begun: list[str] = []
    first = 0
    for number, line in enumerate((*text.splitlines(), ""), 1):
        first = first if begun else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            begun.append(line.strip("\\"))
            continue
        # A comment stays one, whatever it continues.
        begun.append(f" {line}" if is_comment else line)
        if stripped := COMMENT.sub("", "".join(begun)).strip():
            yield first, stripped
        begun = []


def read_options(line: str) -> list[Option]:
    """The options of a line without a requirement; none for a line with one.

    What pip refuses is one option, with all that follows for its value, and an editable requirement
    is all that follows its option, as uv reads it.
    """
    body, text = split_line(line)
    if body:
        return []
    if editable := EDITABLE_LINE.match(text):
        return [(EDITABLE, _unquoted(text[editable.end() :]))]
    return with_own_options(heeded(options := _split_leniently(text)), options)


def with_own_options(found: list[Option], options: list[Option]) -> list[Option]:
    """What is heeded, with an editable requirement's own options behind it."""
    if not found or found[0][0] != EDITABLE:
        return found
    own = (f" {name}={shlex.quote(value)}" for name, value in options if name in OF_REQUIREMENTS)
    return [(EDITABLE, "".join((found[0][1], *own))), *found[1:]]


def _split_leniently(text: str) -> list[Option]:
    try:
        return split_options(text)
    except ValueError:
        match = OPTION_LINE.fullmatch(text)
        return [(match[1], match[2].strip())] if match else []


def _unquoted(text: str) -> str:
    """A text whose first word may stand in quotes, without these."""
    first = QUOTED_WORD.match(text) if text.startswith(("'", '"')) else None
    return unquote(first[0]) + text[first.end() :] if first else text


def parse_requirement(line: str, *, is_editable: bool = False) -> Requirement:
    """One requirement, with its hashes and options. No text is refused."""
    found = _read_line(line)
    if not is_editable:
        return found
    # The path of a directory looks like a name.
    place = found if found.url else _parse_place(f"./{split_line(line)[0]}")
    return place._replace(options=found.options | {EDITABLE})


@lru_cache(MOST_LINES)
def _read_line(line: str) -> Requirement:
    body, text = split_line(line)
    found = _parse_body(body)
    if not text:
        return found
    try:
        options = split_options(text)
    except ValueError:
        options = [(option, value) for option, value in OPTION.findall(text)]
    hashes = (value for name, value in options if name == "--hash")
    others = (f"{name} {value}".strip() for name, value in options if name not in FOREIGN_OPTIONS)
    return found._replace(hashes=frozenset(hashes), options=frozenset(others))


def _parse_body(body: str) -> Requirement:
    if body.endswith(";") and body.count(";") == 1 and not URL.match(body):
        body = body[:-1].rstrip()  # There is no marker.
    if _is_archive(body):
        return _parse_place(body)
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


def _is_archive(body: str) -> bool:
    """Whether pip takes a text for the path of an archive, though it may be read as a name."""
    place = PATH_EXTRAS.sub("", body.partition(";")[0].rstrip())
    return bool(ARCHIVE.search(place)) and "@" not in place


def _parse_place(body: str) -> Requirement:
    """A path or a URL without a name, or a line that cannot be read."""
    place, marker = _without_marker(body)
    is_url = "://" in place or URL.match(place)
    extras = (URL_EXTRAS if is_url else PATH_EXTRAS).search(place)
    asked = (extra.strip() for extra in extras[1].split(",")) if extras else ()
    if extras:
        place = place[: extras.start(1) - 1].rstrip() + place[extras.end(1) + 1 :]
    return Requirement(
        name=_name_in(place),
        extras=frozenset(map(canonicalize_name, asked)),
        specifier=SpecifierSet(),
        url=place,
        marker=marker,
        hashes=frozenset(),
        options=frozenset(),
    )


def _name_in(place: str) -> str:
    """The name that a wheel or a fragment tells; "" for none."""
    wheel = WHEEL.search(place.partition("#")[0])
    egg = EGG.search(place)
    named = wheel or egg
    return canonicalize_name(named[1]) if named else ""


def _without_marker(body: str) -> tuple[str, str]:
    """A place and its marker, "" for none. A URL may hold a semicolon."""
    separator = BEFORE_MARKER_OF_URL if URL.match(body) else BEFORE_MARKER
    found = separator.search(body)
    if found is None:
        return body, ""
    place, marker = body[: found.start()], body[found.end() :]
    try:
        return place.strip(), str(Marker(_checked(marker)))
    except (ValueError, RecursionError):
        return body, ""


def _checked(body: str) -> str:
    """A requirement whose versions can be compared, later on too. Raises ValueError."""
    if TOO_LONG_A_NUMBER.search(body):
        raise ValueError("a number in it is too long")
    return body
