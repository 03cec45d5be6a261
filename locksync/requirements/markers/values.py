"""The values of environment markers' variables: those that occur, and those near a literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Protocol

from packaging.version import InvalidVersion, Version

Release = tuple[int, int, int]

SEPARATOR = re.compile(r"[\s,;|]+")
MOST_COMBINED = 5
MOST_CONTAINED = 12
MOST_ROWS = 2**15
"""Beyond these, a marker tells too many environments apart. Real ones need a few dozen."""
MINORS = ((2, 6), (2, 7), (3, 0), *((3, minor) for minor in range(3, 21)), (4, 0))
FORGOTTEN = ((3, 1), (3, 2))
"""No tool runs on them, and all would take "3.10" for a list that holds 3.10 alone."""
LAST_PATCH = 99
MOST_NUMBERS = 20
"""How many numbers of a version are looked at."""
PATCHES = range(31)
"""Of each version of Python there have been fewer."""

PLATFORM = ("sys_platform", "platform_system", "os_name")
PLATFORMS = (
    ("linux", "Linux", "posix"),
    ("darwin", "Darwin", "posix"),
    ("win32", "Windows", "nt"),
    ("android", "Android", "posix"),
    ("ios", "iOS", "posix"),
    ("ios", "iPadOS", "posix"),
    ("aix", "AIX", "posix"),
    ("emscripten", "Emscripten", "posix"),
    ("wasi", "WASI", "posix"),
    ("cygwin", "CYGWIN_NT-10.0", "posix"),
    ("msys", "MSYS_NT-10.0", "posix"),
    ("freebsd14", "FreeBSD", "posix"),
    ("netbsd10", "NetBSD", "posix"),
    ("openbsd7", "OpenBSD", "posix"),
    ("sunos5", "SunOS", "posix"),
    ("java1.8.0_392", "Java", "java"),
)
LOOSE = ("FreeBSD", "NetBSD", "OpenBSD", "SunOS", "Java")
"""Systems whose `sys_platform` holds a version."""
IMPLEMENTATION = ("platform_python_implementation", "implementation_name")
IMPLEMENTATIONS = (
    ("CPython", "cpython"),
    ("PyPy", "pypy"),
    ("GraalVM", "graalpy"),
    ("GraalVM", "graalpython"),
    ("Jython", "jython"),
    ("IronPython", "ironpython"),
)
OTHER = "other"

KNOWN: Mapping[str, Sequence[str]] = {
    "platform_machine": (
        *("", "x86_64", "AMD64", "amd64", "x86", "i386", "i486", "i586", "i686", "arm64"),
        *("ARM64", "aarch64", "arm", "armv6l", "armv7l", "armv8l", "ppc", "ppc64", "ppc64le"),
        *("s390x", "riscv64", "loongarch64", "mips64", "sparc64", "wasm32", OTHER),
    ),
    "platform_release": (
        *("", "5.15.0-91-generic", "6.1.0-13-amd64", "4.4.0-19041-Microsoft", "6.1.0"),
        *("5.15.90.1-microsoft-standard-WSL2", "4.9.140-tegra", "22.6.0", "10", "11", "XP"),
        *("14.0-RELEASE", "2008ServerR2", OTHER),
    ),
    "platform_version": (
        *("", "#1 SMP Debian 6.1.55-1 (2023-09-29)", "#101-Ubuntu SMP", "10.0.19045"),
        *("Darwin Kernel Version 22.6.0: root:xnu-8796.141.3~6/RELEASE_X86_64", OTHER),
    ),
}


class Comparison(Protocol):
    """A comparison of a variable with a literal."""

    @property
    def operator(self) -> str:
        """As it is written."""

    @property
    def literal(self) -> str:
        """Without quotes."""

    @property
    def is_reversed(self) -> bool:
        """Whether the literal comes first."""


def platforms(
    sys_platforms: Iterable[str], systems: Iterable[str], os_names: Iterable[str]
) -> list[Mapping[str, str]]:
    """The platforms that occur, and unknown ones that have the values given."""
    unknown = [*_beyond(sys_platforms, PLATFORMS, 0), OTHER]
    others = [*_beyond(systems, PLATFORMS, 1), OTHER]
    names = ["posix", "java", *_beyond(os_names, PLATFORMS, 2), OTHER]
    if len(unknown) * (len(LOOSE) + len(others)) * len(names) > MOST_ROWS:
        raise ValueError("it tells too many platforms apart")
    rows = [
        *PLATFORMS,
        *product(unknown, (*LOOSE, *others), names),
        *product(("cygwin", "msys"), others, names),
    ]
    if "linux2" in unknown:  # Until Python 3.3.
        rows.append(("linux2", "Linux", "posix"))
    return [dict(zip(PLATFORM, row, strict=True)) for row in rows]


def implementations(full_names: Iterable[str], names: Iterable[str]) -> list[Mapping[str, str]]:
    """The implementations that occur, and unknown ones that have the names given."""
    rows = [
        *IMPLEMENTATIONS,
        *product(
            [*_beyond(full_names, IMPLEMENTATIONS, 0), OTHER],
            [*_beyond(names, IMPLEMENTATIONS, 1), OTHER],
        ),
    ]
    return [dict(zip(IMPLEMENTATION, row, strict=True)) for row in rows]


def _beyond(found: Iterable[str], rows: Iterable[Sequence[str]], place: int) -> list[str]:
    known = {row[place] for row in rows}
    return [value for value in found if value not in known]


def strings(comparisons: Iterable[Comparison]) -> list[str]:
    """Values that comparisons as strings can tell from others."""
    found: dict[str, None] = {}
    contained: list[str] = []
    for one in comparisons:
        if one.operator not in ("in", "not in"):
            found[one.literal] = None
        elif one.is_reversed:
            contained.append(one.literal)
        else:
            found.update(dict.fromkeys(filter(None, SEPARATOR.split(one.literal))))
    if len(contained) > MOST_CONTAINED:
        raise ValueError("it looks for too many texts")
    for size in range(1, min(len(contained), MOST_COMBINED) + 1):
        for parts in combinations(contained, size):
            joined = "-".join(parts)
            found.update(dict.fromkeys((joined, f"x{joined}x")))
    return list(found)


def pythons(near: Iterable[str], full: Sequence[Comparison]) -> list[str]:
    """Full versions of Python that comparisons can tell apart, given those of the full version.

    They lie on both sides of each literal, and in each minor version.
    """
    found = {(*minor, patch) for minor in MINORS for patch in (0, LAST_PATCH)}
    literals = list(_versions((*near, *(one.literal for one in full))))
    for version in literals:
        found.update(_around(version))
    named = {(version.major, version.minor) for version in literals}
    found = {one for one in found if one[:2] not in FORGOTTEN or one[:2] in named}
    if any("in" in one.operator for one in full):
        minors = {release[:2] for release in found}
        found.update((*minor, patch) for minor in minors for patch in PATCHES)
    finals = [".".join(map(str, release)) for release in sorted(found)]
    return list(dict.fromkeys((*finals, *_builds(full), *_prereleases(full))))


def _builds(full: Sequence[Comparison]) -> Iterator[str]:
    """What Python calls itself when it is built between two releases.

    With the literal first, `packaging` compares these as strings, and no tool minds: they turn
    such comparisons round.
    """
    if not any(one.is_reversed and "in" not in one.operator for one in full):
        yield from (f"{_final(version)}+" for version in _versions(one.literal for one in full))


def _around(version: Version) -> Iterator[Release]:
    major, minor, patch = version.major, version.minor, version.micro
    for place in {0, patch - 1, patch, patch + 1, LAST_PATCH, patch + LAST_PATCH} - {-1}:
        yield major, minor, place
    for beside in (minor - 1, minor + 1):
        if beside >= 0:
            yield from ((major, beside, 0), (major, beside, LAST_PATCH))
    yield major + 1, 0, 0
    if major > 4:
        yield major - 1, 0, 0


def _final(version: Version) -> str:
    return f"{version.major}.{version.minor}.{version.micro}"


def _prereleases(full: Sequence[Comparison]) -> Iterator[str]:
    """The pre-releases before each release of which a comparison names one."""
    for version in _versions(one.literal for one in full):
        if not version.is_prerelease:
            continue
        number = version.pre[1] if version.pre else 0
        numbers = {0, 1, number, number + 1, max(number - 1, 0), LAST_PATCH}
        for letter, place in product(("a", "b", "rc"), sorted(numbers)):
            yield f"{_final(version)}{letter}{place}"
            yield f"{_final(version)}{letter}{place}+"


def versions_near(literal: str) -> Iterator[str]:
    """Versions of any kind on both sides of a literal."""
    for version in _versions([literal]):
        release = list(version.release[:MOST_NUMBERS])
        text = ".".join(map(str, release))
        yield from (str(version), text, f"{text}.0", f"{text}.0.0.0.1", f"{text}.1", f"{text}.999")
        yield from (f"{text}{suffix}" for suffix in (".post1", "+x", "-x"))
        if version.is_prerelease:
            yield from (f"{text}{suffix}" for suffix in (".dev0", "a1", "b1", "rc1", "rc99"))
        for place, number in enumerate(release):
            kept = [*map(str, release[:place])]
            yield ".".join([*kept, str(number + 1)])
            if number:
                yield ".".join([*kept, str(number - 1), "999999"])


def _versions(texts: Iterable[str]) -> Iterator[Version]:
    """The versions that literals hold, alone or in a list."""
    for text in texts:
        for word in SEPARATOR.split(text):
            try:
                yield Version(word.removesuffix(".*"))
            except InvalidVersion:
                continue
