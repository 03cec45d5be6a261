"""Inputs on which a regular expression would take long, if it can take long at all."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or not hasattr(re, "_parser"):
    import sre_parse as parser  # Python 3.10
else:
    parser = re._parser

MOST_SECONDS = 120
MOST_KINDS = 8
"""How many kinds of characters of one pattern are combined."""
MOST_STARTS = 24
"""How many beginnings of a match are tried."""
OTHERS = ("!", "\n", "é")
"""What ends a run: few patterns know all of them."""
CANDIDATES = (*string.ascii_letters, *string.digits, *string.punctuation, *" \t\n\r\x85é")


def limit_processor_time() -> None:
    """End this process when it has worked for so long, where the system can: it hangs."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def worst_inputs(
    pattern: re.Pattern[Any], size: int, wanted: frozenset[int] | None = None
) -> Iterator[Any]:
    """Texts (or bytes) of about a size: runs, alternations and near misses of a pattern's parts.

    `wanted` are the numbers of those that are made; all are where it is None.
    """
    for number, (unit, count, start, end) in enumerate(_recipes(pattern, size)):
        if wanted is None or number in wanted:
            text = start + unit * count + end
            yield text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text


def _recipes(pattern: re.Pattern[Any], size: int) -> Iterator[tuple[str, int, str, str]]:
    """What is repeated, how often, what stands before it and what after it."""
    source = pattern.pattern
    source = source.decode("latin-1") if isinstance(source, bytes) else source
    flags = pattern.flags & ~re.UNICODE
    parsed = parser.parse(source, flags)
    kinds = tuple(dict.fromkeys(_kinds(parsed)))[:MOST_KINDS]
    starts = tuple(dict.fromkeys(_starts(parsed)))[:MOST_STARTS]
    units = [*kinds, *("".join(pair) for pair in product(kinds, repeat=2) if pair[0] != pair[1])]
    units += [start + more for start in starts if start for more in ("", *kinds)]
    for unit, end in product(units, ("", *OTHERS)):
        yield unit, size // len(unit), "", end
    for start, kind, end in product(starts, kinds, OTHERS):
        yield kind, size - len(start), start, end
    for one, other in product(kinds, repeat=2):
        yield one, size // 2, "", other * (size // 2) + OTHERS[0]


def _kinds(parsed: Any) -> Iterator[str]:
    """A character of each literal and each class of a pattern."""
    for operator, argument in parsed:
        name = str(operator)
        if name == "LITERAL":
            yield chr(argument)
        elif name in ("IN", "ANY", "NOT_LITERAL", "CATEGORY"):
            yield from _samples(operator, argument)
        else:
            for inner in _inside(name, argument):
                yield from _kinds(inner)


def _samples(operator: Any, argument: Any) -> Iterator[str]:
    """The first and the last of the common characters that a class holds."""
    one = parser.SubPattern(parser.State(), [(operator, argument)])
    compiled = re._compiler.compile(one) if hasattr(re, "_compiler") else _compile_old(one)
    held = [character for character in CANDIDATES if compiled.fullmatch(character)]
    yield from dict.fromkeys((*held[:1], *held[-1:]))


def _compile_old(one: Any) -> re.Pattern[str]:
    import sre_compile

    return sre_compile.compile(one)


def _inside(name: str, argument: Any) -> Sequence[Any]:
    """The patterns within a part of a pattern."""
    if name == "BRANCH":
        return list(argument[1])
    if name == "SUBPATTERN":
        return [argument[3]]
    if "REPEAT" in name:
        return [argument[2]]
    if name.startswith("ASSERT"):
        return [argument[1]]
    if name == "ATOMIC_GROUP":
        return [argument]
    return []


def _starts(parsed: Any) -> Iterator[str]:
    """Beginnings of a match: one after each part, the alternatives of a branch each."""
    yield from _grown(list(parsed), [""])


def _grown(parts: list[Any], before: list[str]) -> Iterator[str]:
    yield from before
    for operator, argument in parts:
        name = str(operator)
        before = [one + more for one in before for more in _whole(name, operator, argument)]
        before = before[:MOST_STARTS]
        yield from before


def _whole(name: str, operator: Any, argument: Any) -> list[str]:
    """Short texts that one part of a pattern matches."""
    if name == "LITERAL":
        return [chr(argument)]
    if name in ("IN", "ANY", "NOT_LITERAL", "CATEGORY"):
        return list(_samples(operator, argument))[:1] or [""]
    if name in ("AT", "ASSERT", "ASSERT_NOT", "GROUPREF"):
        return [""]
    if "REPEAT" in name:
        least, _, inner = argument
        once = [text * max(least, 1) for text in _matched(inner)][:2]
        return once if least else ["", *once]
    return [text for inner in _inside(name, argument) for text in _matched(inner)]


def _matched(parsed: Any) -> list[str]:
    texts = [""]
    for operator, argument in parsed:
        found = _whole(str(operator), operator, argument)
        texts = [one + more for one in texts for more in found][:4]
    return texts
