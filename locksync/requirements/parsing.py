"""A requirements file read into its requirements and options, as pip reads it.

The format: pip's "Requirements File Format", with PEP 508 for each requirement.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from packaging.requirements import Requirement as PEP508Requirement
from packaging.specifiers import SpecifierSet

from locksync.requirements.names import canonicalize_name

COMMENT = re.compile(r"(?:^|\s)#.*$")
OPTION_LINE = re.compile(r"(--[\w-]+|-\w)(?:\s*=\s*|\s*)(.*)", re.DOTALL)
OPTION = re.compile(r"\s(--?[A-Za-z][\w-]*)(?:[=\s]+(\S+))?")
PATH_EXTRAS = re.compile(r"(?<=[/\w])\[([\w ,.-]+)\]$")
"""The extras of a path, as in ./here[x]."""
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
        is_place = "/" in place or "\\" in place
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


def parse_requirement(line: str, options: Iterable[str] = ()) -> Requirement:
    """One requirement, with its hashes and options. No text is refused."""
    hashes = set()
    others = set(options)
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
    nothing: frozenset[str] = frozenset()
    try:
        parsed = PEP508Requirement(body)
        marker = str(parsed.marker or "")
    except (ValueError, RecursionError):  # Numbers and parentheses too many are refused by Python.
        name = re.search(r"#egg=([\w.-]+)", body)
        extras = PATH_EXTRAS.search(body)
        asked = re.split(r"\s*,\s*", extras[1]) if extras else ()
        return Requirement(
            canonicalize_name(name[1]) if name else "",
            frozenset(map(canonicalize_name, asked)),
            SpecifierSet(),
            body[: extras.start()] if extras else body,
            "",
            nothing,
            nothing,
        )
    return Requirement(
        name=canonicalize_name(parsed.name),
        extras=frozenset(map(canonicalize_name, parsed.extras)),
        specifier=parsed.specifier,
        url=parsed.url or "",
        marker=marker,
        hashes=nothing,
        options=nothing,
    )
