"""Whether two sets of specifiers mean the same to uv.

As of uv 0.13.9: crates/uv-configuration/src/normalized_requirements.rs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_version
from packaging.version import Version

from locksync.tools.uv_export.errors import UndecidableError

FIRST, LAST = 0, 99_999


@cache
def parse_specifiers(text: str) -> SpecifierSet:
    """The specifiers that a text holds. Raises UndecidableError."""
    try:
        return SpecifierSet(text)
    except ValueError as error:
        raise UndecidableError(f"the specifier {text} cannot be read") from error


def is_pin(specifiers: SpecifierSet) -> bool:
    """Whether it names one version and says nothing else: that may be a yanked one."""
    return len(set(specifiers)) == 1 and all(map(_names_one, specifiers))


def spelt(specifiers: SpecifierSet) -> tuple[str, ...]:
    """The specifiers, spelt in one way."""
    return tuple(sorted(set(map(_spelt, specifiers))))


def are_alike(one: SpecifierSet, other: SpecifierSet) -> bool:
    """Whether both allow the same versions, with and without asking for prereleases."""
    if spelt(one) == spelt(other):
        return True
    if (is_pin(one), _wants_prereleases(one)) != (is_pin(other), _wants_prereleases(other)):
        return False
    if any(specifier.operator == "===" for specifier in (*one, *other)):
        raise UndecidableError("its specifiers compare versions as texts")
    return all(
        one.contains(version, prereleases=True) == other.contains(version, prereleases=True)
        for version in set(_around((*one, *other)))
    )


def _names_one(specifier: Specifier) -> bool:
    is_equal = specifier.operator in ("==", "===")
    return is_equal and not specifier.version.endswith(".*")


def _spelt(specifier: Specifier) -> str:
    operator, version = specifier.operator, specifier.version
    if operator == "===" or version.endswith(".*"):
        return f"{operator}{version}"
    if operator == "~=":
        return f"{operator}{Version(version)}"  # A trailing zero has a meaning here.
    return f"{operator}{canonicalize_version(version)}"


def _wants_prereleases(specifiers: SpecifierSet) -> bool:
    return any(
        specifier.operator not in ("!=", "===")
        and Version(specifier.version.removesuffix(".*")).is_prerelease
        for specifier in specifiers
    )


def _around(specifiers: Iterable[Specifier]) -> Iterator[Version]:
    """Versions on both sides of everything that the specifiers tell apart."""
    for specifier in specifiers:
        version = Version(specifier.version.removesuffix(".*"))
        yield version
        epoch = f"{version.epoch}!" if version.epoch else ""
        for place in range(len(version.release)):
            *before, number = version.release[: place + 1]
            for changed in (number - 1, number, number + 1):
                if changed >= 0:
                    for after in (FIRST, LAST):
                        yield from _forms(epoch, (*before, changed, after))
                    yield from _forms(epoch, (*before, changed))
        public = version.public
        yield Version(f"{public}+local")
        yield from () if version.is_devrelease else (Version(f"{public}.dev0"),)
        yield from () if "post" in public else (Version(f"{version.base_version}.post1"),)


def _forms(epoch: str, release: tuple[int, ...]) -> Iterator[Version]:
    text = epoch + ".".join(map(str, release))
    for suffix in ("", ".dev0", "a0", "rc9", ".post0", ".post9"):
        yield Version(f"{text}{suffix}")
