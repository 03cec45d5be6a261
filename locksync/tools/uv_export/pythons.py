"""`requires-python`, as uv compares it: by the lowest and the highest version it allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from locksync.documents import MalformedError
from locksync.tools.uv_export.errors import UndecidableError

Point = tuple[tuple[int, ...], int]
"""A place between versions: just before a release, or just after it (1)."""
Interval = tuple[Point, Point]

LOWEST: Point = ((-1,), 0)
HIGHEST: Point = ((10**9,), 0)
LONGEST = 2**12
"""How many characters it may have. Real ones have twenty."""


def parse_pythons(text: str) -> SpecifierSet:
    """The versions that a text allows. Raises MalformedError and UndecidableError."""
    if len(text) > LONGEST:
        raise UndecidableError("requires-python is too long")
    try:
        return SpecifierSet(text)
    except ValueError as error:
        raise MalformedError(f"{text!r} is not a set of Python versions") from error


def bounds(specifiers: SpecifierSet) -> Interval | None:
    """The lowest and the highest version allowed; None if none is. uv compares nothing else."""
    allowed: list[Interval] = [(LOWEST, HIGHEST)]
    for specifier in specifiers:
        parts = list(_intervals(specifier))
        allowed = [
            (max(one[0], other[0]), min(one[1], other[1]))
            for one in allowed
            for other in parts
            if max(one[0], other[0]) < min(one[1], other[1])
        ]
    return (min(low for low, _ in allowed), max(high for _, high in allowed)) if allowed else None


def _intervals(specifier: Specifier) -> Iterator[Interval]:
    """What a specifier allows."""
    version = Version(specifier.version.removesuffix(".*"))
    is_prefix = specifier.version.endswith(".*") or specifier.operator == "~="
    kept = version.release[:-1] if specifier.operator == "~=" else version.release
    start = _before(version.release)
    end = _before((*kept[:-1], kept[-1] + 1)) if is_prefix else (start[0], 1)
    match specifier.operator:
        case ">=":
            yield start, HIGHEST
        case ">":
            yield end, HIGHEST
        case "<":
            yield LOWEST, start
        case "<=":
            yield LOWEST, end
        case "!=":
            yield LOWEST, start
            yield end, HIGHEST
        case _:
            yield start, end


def _before(release: Sequence[int]) -> Point:
    numbers = list(release)
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), 0
