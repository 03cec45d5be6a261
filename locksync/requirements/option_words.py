"""The options in a line of a requirements file, as pip reads them.

pip splits them into words as a shell does, and has `optparse` read these. Written from
pip/_internal/req/req_file.py and pip/_internal/cli/cmdoptions.py as of 26.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

Option = tuple[str, str]
"""The name of an option in its long form, and its value; "" if it takes none."""

EDITABLE = "--editable"
INCLUDES = ("--requirement", "--constraint")
OLD = ("--global-option", "--install-option")
"""What older versions of pip take."""
OF_REQUIREMENTS = ("--hash", "--config-settings", *OLD)
"""Options of one requirement."""
VALUED = (
    *("--hash", "--config-settings"),
    *INCLUDES,
    EDITABLE,
    *("--index-url", "--pypi-url", "--extra-index-url", "--find-links", "--trusted-host"),
    *("--no-binary", "--only-binary", "--all-releases", "--only-final", "--use-feature"),
)
FORMAT_CONTROLS = ("--no-binary", "--only-binary")
ALLOWED: dict[str, Callable[[str], object]] = {
    "--hash": re.compile("sha(?:256|384|512):").match,
    "--config-settings": lambda value: "=" in value,
    **dict.fromkeys(FORMAT_CONTROLS, lambda value: not value.startswith("-")),
}
FLAGS = ("--no-index", "--prefer-binary", "--require-hashes", "--pre")
SHORT = {
    "-i": "--index-url",
    "-e": EDITABLE,
    "-r": "--requirement",
    "-c": "--constraint",
    "-f": "--find-links",
    "-C": "--config-settings",
}
OTHER_NAMES = {"--pypi-url": "--index-url"}
VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
"""A variable of the environment that pip expands: what it writes holds the value."""
SPACE = " \t\r\n"
"""What separates words for a shell."""
WORD = re.compile(f"[^{SPACE}]+")
QUOTED_WORD = re.compile(rf"""(?:[^{SPACE}"'\\]+|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""", re.DOTALL)
QUOTE = re.compile(r"""\\(?P<one>.)|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'""", re.DOTALL)
START = re.compile(r"(?:^|\s)-")
"""Where the options of a line start."""


def split_line(line: str) -> tuple[str, str]:
    """A logical line in two: the requirement, and the options behind it. Either may be ""."""
    start = START.search(line)
    if start is None:
        return line, ""
    return line[: start.start()].rstrip(), line[start.start() :].lstrip()


def split_words(text: str) -> list[str]:
    """The words of a text, as a shell splits it. Raises ValueError."""
    if not any(mark in text for mark in "\"'\\"):
        return WORD.findall(text)
    words, place = [], 0
    for found in QUOTED_WORD.finditer(text):
        if text[place : found.start()].strip(SPACE):
            break
        words.append(unquote(found[0]))
        place = found.end()
    if text[place:].strip(SPACE):
        raise ValueError("a quote is not closed")
    return words


def unquote(word: str) -> str:
    """A word as a shell reads it, without quotes."""
    return QUOTE.sub(_unquoted, word)


def _unquoted(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return re.sub(r'\\(["\\])', r"\1", found["double"])
    return str(found["one"] or found["single"])


def split_options(text: str) -> list[Option]:
    """All options of a text. Raises ValueError for what pip refuses."""
    return list(_options(iter(split_words(text))))


def heeded(options: Sequence[Option]) -> list[Option]:
    """Those options of a line without a requirement that pip heeds.

    An editable requirement or an included file stands alone, but for what says which files of
    packages to take; the last URL of an index counts, and the first place of links.
    """
    for name in (EDITABLE, *INCLUDES):
        if alone := [option for option in options if option[0] == name]:
            return [*alone[:1], *controls(options)]
    index = [option for option in options if option[0] == "--index-url"]
    links = [option for option in options if option[0] == "--find-links"]
    passed_over = {"--index-url", "--find-links", *OF_REQUIREMENTS}
    others = (option for option in options if option[0] not in passed_over)
    return [*index[-1:], *links[:1], *others]


def controls(options: Sequence[Option]) -> list[Option]:
    """The options that pip heeds on whatever line they stand."""
    return [option for option in options if option[0] in FORMAT_CONTROLS]


def check(options: Iterable[Option]) -> None:
    """Raise ValueError for a value that pip refuses."""
    for name, value in options:
        if name in ALLOWED and not ALLOWED[name](value):
            raise ValueError(f"{name} cannot be {value}")


def _options(words: Iterator[str]) -> Iterator[Option]:
    for word in words:
        if word == "--":
            return
        if word == "-" or not word.startswith("-"):
            continue  # pip passes over it.
        name, has_value, value = _split_word(word)
        if name in FLAGS:
            if has_value:
                raise ValueError(f"{name} takes no value")
        elif not has_value:
            following = next(words, None)
            if following is None:
                raise ValueError(f"{name} has no value")
            value = following
        yield name, value


def _split_word(word: str) -> tuple[str, bool, str]:
    """The option in a word, whether its value is there too, and the value."""
    if word.startswith("--hash="):  # Most words are.
        return "--hash", True, word[7:]
    if word.startswith("--"):
        written, separator, value = word.partition("=")
        return _long_name(written), bool(separator), value
    if word[:2] not in SHORT:
        raise ValueError(f"there is no option {word[:2]}")
    return SHORT[word[:2]], len(word) > 2, word[2:]


def _long_name(written: str) -> str:
    """The name of an option, which may be written as its beginning."""
    names = (*VALUED, *FLAGS)
    is_whole = written in names or written in OLD
    found = [written] if is_whole else [name for name in names if name.startswith(written)]
    if len(found) != 1:
        raise ValueError(f"there is no option {written}")
    return OTHER_NAMES.get(found[0], found[0])
