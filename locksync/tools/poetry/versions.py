"""Ranges of versions in poetry's spelling. poetry-core is loaded for unusual ones only."""

from __future__ import annotations

import re
from functools import cache

from locksync.tools.poetry.conjunctions import Bound, NotPlainError, drawn_together

# Only ASCII digits, and no leading zeros, which poetry-core drops.
NUMBER = "(?:0|[1-9][0-9]*)"
RANGE = re.compile(
    rf" *(?P<operator>>=|<|[~^](?=[1-9][0-9]*\.)) *(?P<version>{NUMBER}(?:\.{NUMBER}){{0,2}}) *"
)
HOLE = re.compile(rf" *!= *({NUMBER})\.({NUMBER})\.(?:\*|{NUMBER}) *")
# One condition on versions of Python that is the same in a specifier, or easily said in one.
CONDITION = re.compile(
    r"(?P<operator>[<>]=?|!=|==|~=(?= *\d+\.)|[~^]|) *(?P<version>\d+(?:\.\d+)*)(?P<any>\.\*)?"
)
RELEASE = re.compile(rf"{NUMBER}(?:\.{NUMBER}){{0,2}}")


def is_below(version: str, limit: str) -> bool:
    """Whether a text is a version, and a lower one than a limit like "2.3"."""
    try:
        return plainly_allows(f"<{limit}", version)
    except NotPlainError:
        from poetry.core.constraints.version import Version

        try:
            return Version.parse(version) < Version.parse(limit)
        except ValueError:
            return False


def allows(constraint: str, version: str) -> bool:
    """Whether a constraint in poetry's spelling allows a version."""
    try:
        return constraint == "*" or plainly_allows(constraint, version)
    except NotPlainError:
        from poetry.core.constraints.version import Version, parse_constraint

        return parse_constraint(constraint).allows(Version.parse(version))


def as_specifier(versions: str) -> str:
    """Versions in poetry's spelling as a specifier of PEP 440; "" for any, or if it has none."""
    if versions.strip() == "*":
        return ""
    parts = [_condition(part.strip()) for part in versions.split(",")]
    return ",".join(parts) if all(parts) else ""


def _condition(part: str) -> str:
    match = CONDITION.fullmatch(part)
    if not match:
        return ""
    operator, version, release = match["operator"], match["version"], match["version"].split(".")
    if match["any"]:
        return f"{operator or '=='}{version}.*" if operator in ("", "==", "!=") else ""
    if operator == "^":
        return f">={version},<{int(release[0]) + 1}" if release[0] != "0" else ""
    if operator == "~":
        alike = ".".join(release[:2])
        return f"=={alike}.*" if len(release) < 3 else f">={version},=={alike}.*"
    # What is no range is left aside: poetry and a specifier mean other versions by it.
    return f"{operator}{version}" if operator not in ("", "==") else ""


def is_plain_range(versions: str) -> bool:
    """Whether Python versions in poetry's spelling are one range, which is not empty."""
    try:
        return bool(drawn_together(read_bounds(versions)))
    except NotPlainError:
        return False


def plainly_allows(versions: str, version: str) -> bool:
    """Whether versions in poetry's spelling include one like "2.5.1". Raises NotPlainError."""
    if not RELEASE.fullmatch(version):
        raise NotPlainError
    wanted = Bound("==", version).version
    return all(
        bound.version <= wanted if bound.operator == ">=" else wanted < bound.version
        for bound in read_bounds(versions)
    )


@cache
def read_bounds(versions: str) -> tuple[Bound, ...]:
    """The bounds of Python versions in poetry's spelling. Raises NotPlainError."""
    lower, upper = [], []
    for part in versions.split(","):
        match = RANGE.fullmatch(part)
        if not match:
            raise NotPlainError
        operator, bound = match["operator"], Bound(">=", match["version"])
        major, minor, _ = bound.version
        if operator == "<":
            upper.append(bound._replace(operator="<"))
            continue
        lower.append(bound)
        zero = ".0" if bound.is_full else ""
        if operator == "^":
            upper.append(Bound("<", f"{major + 1}.0{zero}"))
        elif operator == "~":
            upper.append(Bound("<", f"{major}.{minor + 1}{zero}"))
    if len(lower) > 1 or len(upper) > 1:
        raise NotPlainError
    return (*lower, *upper)


@cache
def bounds_within(versions: str, project: str) -> tuple[Bound, ...]:
    """The bounds of a package's Python versions, without holes outside the project's versions.

    Raises NotPlainError.
    """
    if versions == "*":
        return ()
    parts = versions.split(",")
    holes = [hole for part in parts if (hole := HOLE.fullmatch(part))]
    bounds = read_bounds(",".join(part for part in parts if not HOLE.fullmatch(part)))
    around = read_bounds(project)
    lowest = max((bound.version for bound in around if bound.operator == ">="), default=(0, 0, 0))
    if any((int(hole[1]), int(hole[2])) >= lowest[:2] for hole in holes):
        raise NotPlainError
    if holes and any(bound.is_full and bound.version[2] == 0 for bound in (*around, *bounds)):
        raise NotPlainError  # Around holes, poetry-core writes a minor version.
    return bounds
