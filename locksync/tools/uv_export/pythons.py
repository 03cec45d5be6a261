"""`requires-python`, as uv compares it: by the lowest and the highest version it allows."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from locksync.documents import MalformedError
from locksync.tools.uv_export.errors import UndecidableError


def parse_pythons(text: str) -> SpecifierSet:
    """The versions that a text allows. Raises MalformedError."""
    try:
        return SpecifierSet(text)
    except ValueError as error:
        raise MalformedError(f"{text!r} is not a set of Python versions") from error


Bound = tuple[Version, bool] | None
"""A version, and whether it is included; None for no bound."""


def bounds(specifiers: SpecifierSet) -> tuple[Bound, Bound]:
    """The lowest and the highest version allowed: uv compares nothing else."""
    lower: Bound = None
    upper: Bound = None
    for specifier in specifiers:
        low, high = _bounds_of(specifier)
        if low and (lower is None or (low[0], not low[1]) > (lower[0], not lower[1])):
            lower = low
        if high and (upper is None or high < upper):
            upper = high
    for specifier in specifiers:
        if specifier.operator == "!=":
            if specifier.version.endswith(".*"):
                raise UndecidableError(f"requires-python leaves out {specifier.version}")
            left_out = Version(specifier.version)
            lower = (left_out, False) if lower == (left_out, True) else lower
            upper = (left_out, False) if upper == (left_out, True) else upper
    return lower, upper


def _bounds_of(specifier: Specifier) -> tuple[Bound, Bound]:
    version = Version(specifier.version.removesuffix(".*"))
    release = version.release
    if specifier.operator == "~=":
        release = release[:-1]
    elif specifier.operator == "==" and not specifier.version.endswith(".*"):
        return (version, True), (version, True)
    elif specifier.operator != "==":
        bound = (version, specifier.operator.endswith("="))
        return {">": (bound, None), "<": (None, bound)}.get(specifier.operator[0], (None, None))
    return (version, True), (_after(release), False)


def _after(release: Sequence[int]) -> Version:
    return Version(".".join(map(str, (*release[:-1], release[-1] + 1))))
