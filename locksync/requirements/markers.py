"""Whether two environment markers mean the same, however they are spelt and ordered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import product

TOKEN = re.compile(r"""\s*(?:(?P<symbol>[()])|(?P<word>"[^"]*"|'[^']*'|[^\s()"']+))""")
# Each further comparison doubles the work; real markers have fewer than ten different ones.
MOST_COMPARISONS = 12

Formula = Callable[[Mapping[str, bool]], bool]


@cache
def is_equivalent(first: str, second: str) -> bool:
    """Whether two markers hold for the same outcomes of the comparisons in them.

    The markers are valid and written with the spacing and quotes of `packaging`; "" always
    holds. Markers that are equal for a deeper reason, such as `python_version` against
    `python_full_version`, are taken to differ.
    """
    if first == second:
        return True
    found = sorted({*comparisons(first), *comparisons(second)})
    if len(found) > MOST_COMPARISONS:
        return False
    outcomes = product((False, True), repeat=len(found))
    tables = (dict(zip(found, outcome, strict=True)) for outcome in outcomes)
    left, right = formula(first), formula(second)
    return all(left(table) == right(table) for table in tables)


def comparisons(marker: str) -> Iterator[str]:
    """The comparisons in a marker that is spelt as `packaging` spells it."""
    return (token for token in _tokens(marker) if token not in ("(", ")", "and", "or"))


def _tokens(marker: str) -> Iterator[str]:
    """Parentheses, "and", "or" and whole comparisons."""
    words: list[str] = []
    for match in TOKEN.finditer(marker):
        token = match["symbol"] or match["word"]
        if token in ("(", ")", "and", "or"):
            if words:
                yield " ".join(words)
                words = []
            yield token
        else:
            words.append(token)
    if words:
        yield " ".join(words)


def formula(marker: str) -> Formula:
    """Whether such a marker holds, by the outcomes of its comparisons."""
    tokens = list(_tokens(marker))
    return _parse_or(tokens) if tokens else lambda outcome: True


def _parse_or(tokens: list[str]) -> Formula:
    return _parse_joined(tokens, "or", any, _parse_and)


def _parse_and(tokens: list[str]) -> Formula:
    return _parse_joined(tokens, "and", all, _parse_operand)


def _parse_joined(
    tokens: list[str],
    word: str,
    combine: Callable[[Iterable[bool]], bool],
    parse: Callable[[list[str]], Formula],
) -> Formula:
    operands = [parse(tokens)]
    while tokens and tokens[0] == word:
        tokens.pop(0)
        operands.append(parse(tokens))
    return lambda outcome: combine(operand(outcome) for operand in operands)


def _parse_operand(tokens: list[str]) -> Formula:
    token = tokens.pop(0)
    if token != "(":
        return lambda outcome: outcome[token]
    inner = _parse_or(tokens)
    tokens.pop(0)
    return inner
