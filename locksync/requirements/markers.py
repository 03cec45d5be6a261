"""Whether two environment markers mean the same, however they are spelt and ordered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product

TOKEN = re.compile(r"""\s*(?:(?P<symbol>[()])|(?P<word>"[^"]*"|'[^']*'|[^\s()"']+))""")
# Each further comparison doubles the work; real markers have fewer than ten different ones.
MOST_COMPARISONS = 12

VARIABLE = re.compile(
    r"\b(?:extras?|dependency_groups|(?:os|sys|platform|python|implementation)_\w+)\b"
)
PYTHONS = tuple(f"3.{minor}" for minor in range(6, 16))
PATCHES = (0, 1, 30)
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
IMPLEMENTATIONS = (("CPython", "cpython"), ("PyPy", "pypy"))

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


@cache
def holds_alike(first: str, second: str) -> bool:
    """Whether two markers hold in the same environments: those that are common today.

    Weaker than `is_equivalent`. Markers that look at anything else than the version of Python,
    its implementation and the platform are taken to differ.
    """
    if is_equivalent(first, second):
        return True
    if not {*VARIABLE.findall(first), *VARIABLE.findall(second)} <= _environments()[0].keys():
        return False
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison

    try:
        markers = [Marker(text or "python_version > '0'") for text in (first, second)]
        return all(
            markers[0].evaluate(environment) == markers[1].evaluate(environment)
            for environment in _environments()
        )
    except (InvalidMarker, UndefinedComparison):
        return False


@cache
def _environments() -> Sequence[dict[str, str]]:
    return [
        {
            **platform,
            "python_version": python,
            "python_full_version": f"{python}.{patch}",
            "platform_python_implementation": name,
            "implementation_name": implementation,
        }
        for python, patch, platform, (name, implementation) in product(
            PYTHONS, PATCHES, PLATFORMS, IMPLEMENTATIONS
        )
    ]


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
