"""An environment marker as comparisons that are joined by "and" and "or"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

TOKEN = re.compile(r"""(?P<symbol>[()])|(?P<word>"[^"]*"|'[^']*'|[^\s()"']+)""")
STRUCTURE = ("(", ")", "and", "or")

Formula = Callable[[Mapping[str, bool]], bool]


class Joined(NamedTuple):
    """Parts of a marker, all or any of which must hold."""

    word: str
    """Either "and" or "or"."""
    operands: tuple[Joined | str, ...]
    """Comparisons as texts, and what stands in parentheses."""


def comparisons(marker: str) -> Iterator[str]:
    """The comparisons in a marker that is spelt as `packaging` spells it."""
    return (token for token in _tokens(marker) if token not in STRUCTURE)


def formula(marker: str) -> Formula:
    """Whether such a marker holds, by the outcomes of its comparisons."""
    parsed = parse_formula(marker)
    return lambda outcomes: _holds(parsed, outcomes)


def _holds(part: Joined | str, outcomes: Mapping[str, bool]) -> bool:
    if isinstance(part, str):
        return outcomes[part]
    combine = all if part.word == "and" else any
    return combine(_holds(operand, outcomes) for operand in part.operands)


def parse_formula(marker: str) -> Joined | str:
    """What such a marker is made of. "" is joined by "and" from nothing: it holds."""
    tokens = list(reversed(list(_tokens(marker))))
    return _parse_or(tokens) if tokens else Joined("and", ())


def _parse_or(tokens: list[str]) -> Joined | str:
    return _parse_joined(tokens, "or", _parse_and)


def _parse_and(tokens: list[str]) -> Joined | str:
    return _parse_joined(tokens, "and", _parse_operand)


def _parse_joined(
    tokens: list[str], word: str, parse: Callable[[list[str]], Joined | str]
) -> Joined | str:
    operands = [parse(tokens)]
    while tokens and tokens[-1] == word:
        tokens.pop()
        operands.append(parse(tokens))
    return operands[0] if len(operands) == 1 else Joined(word, tuple(operands))


def _parse_operand(tokens: list[str]) -> Joined | str:
    token = tokens.pop()
    if token != "(":
        return token
    inner = _parse_or(tokens)
    tokens.pop()
    return inner


def _tokens(marker: str) -> Iterator[str]:
    """Parentheses, "and", "or" and whole comparisons."""
    words: list[str] = []
    for match in TOKEN.finditer(marker):
        token = match["symbol"] or match["word"]
        if token in STRUCTURE:
            if words:
                yield " ".join(words)
                words = []
            yield token
        else:
            words.append(token)
    if words:
        yield " ".join(words)
