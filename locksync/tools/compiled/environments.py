"""The places that a compiled file may be for: environments, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

NEWEST_PYTHON = (3, 14)
OLDEST_PYTHON = (3, 7)
MOST_KEPT = 2**14
"""How many answers about markers are kept."""
LAST_PATCH = 30
"""Higher than the patch number of any Python release."""
SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
MACHINES = {
    "linux": ("x86_64", "aarch64"),
    "macos": ("arm64", "x86_64"),
    "windows": ("AMD64", "ARM64"),
}
IMPLEMENTATIONS = (
    {"platform_python_implementation": "CPython", "implementation_name": "cpython"},
    {"platform_python_implementation": "PyPy", "implementation_name": "pypy"},
)


class Place(NamedTuple):
    """One way in which the command may have run, which decides what markers mean."""

    environment: Mapping[str, str]
    """The values of the markers."""
    lowest: str = ""
    """The output is for every environment from this version of Python on. "": for this one."""
    drops_markers: bool = False
    """Whether requirements from extras of a project lose their markers."""

    def holds(self, marker: str) -> bool | None:
        """Whether a requirement with the marker applies; None where that cannot be told."""
        if not marker:
            return True
        if self.lowest:
            from locksync.requirements.markers import can_hold

            return can_hold(marker, self.pythons)
        return _holds(marker, tuple(self.environment.items()))

    @property
    def pythons(self) -> str:
        """The Python versions of an output for every environment, as `requires-python`."""
        return f">={self.lowest}"

    def beside(self, other: Place) -> str:
        """What it is called where another place is "here"."""
        system = self.environment["platform_system"], self.environment["platform_machine"]
        if system != (other.environment["platform_system"], other.environment["platform_machine"]):
            return " ".join(system)
        return f"Python {self.lowest or self.environment['python_version']}"


class Places(NamedTuple):
    """Where the command may have run."""

    here: Sequence[Place]
    """What header, options and settings say, and this machine where they say nothing."""
    python_is_told: bool = True
    platform_is_told: bool = True

    def other_pythons(self) -> Iterator[Place]:
        """The same with every other Python, if nothing tells which."""
        if self.python_is_told:
            return
        for place in self.here:
            for version in _versions(None):
                if place.lowest:
                    yield place._replace(lowest=version)
                else:
                    for python in _pythons(version):
                        yield place._replace(environment={**place.environment, **python})

    def other_platforms(self) -> Iterator[Place]:
        """The same on every other platform, if nothing tells which."""
        if self.platform_is_told:
            return
        for place in (*self.here, *self.other_pythons()):
            for name, system in SYSTEMS.items():
                for machine in MACHINES[name]:
                    for implementation in IMPLEMENTATIONS:
                        values = {**system, "platform_machine": machine, **implementation}
                        yield place._replace(environment={**place.environment, **values})


@lru_cache(MOST_KEPT)
def _holds(marker: str, environment: tuple[tuple[str, str], ...]) -> bool | None:
    from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        return Marker(marker).evaluate(dict(environment))
    except (UndefinedComparison, UndefinedEnvironmentName, ValueError):
        return None


def environments(
    here: Mapping[str, str], python: str | None, platform: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """The marker environments of a Python version on a platform; None means any Python.

    `here` is the environment of the running Python. `platform` overrides its values.
    """
    return [
        {**here, **platform, **values}
        for version in _versions(python)
        for values in _pythons(version, python)
    ]


def minor_version(here: Mapping[str, str]) -> str:
    """The version of the running Python, like "3.11"."""
    return here["python_version"]


def _versions(python: str | None) -> Iterable[str]:
    if python:
        return [".".join(python.split(".")[:2])]
    return [f"3.{minor}" for minor in range(OLDEST_PYTHON[1], NEWEST_PYTHON[1] + 1)]


def _pythons(version: str, exact: str | None = None) -> Iterator[Mapping[str, str]]:
    """The marker values of the patch releases that can differ."""
    fulls = (f"{version}.0", f"{version}.{LAST_PATCH}")
    for full in [exact] if exact and exact.count(".") == 2 else fulls:
        yield {
            "python_version": version,
            "python_full_version": full,
            "implementation_version": full,
            "extra": "",
        }
