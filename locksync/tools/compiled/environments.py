"""The environments that a compiled file may be for."""

from __future__ import annotations

from collections.abc import Mapping

NEWEST_PYTHON = (3, 14)
OLDEST_PYTHON = (3, 7)
LAST_PATCH = 30
"""Higher than the patch number of any Python release."""


def environments(
    here: Mapping[str, str], python: str | None, platform: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """The marker environments of a Python version on a platform; None means any Python.

    `here` is the environment of the running Python. `platform` overrides its values.
    """
    if python is None:
        versions = [f"3.{minor}" for minor in range(OLDEST_PYTHON[1], NEWEST_PYTHON[1] + 1)]
    else:
        versions = [".".join(python.split(".")[:2])]
    exact = [python] if python and python.count(".") == 2 else []
    return [
        {**here, **platform, **_python(version, full)}
        for version in versions
        for full in exact or (f"{version}.0", f"{version}.{LAST_PATCH}")
    ]


def _python(version: str, full: str) -> Mapping[str, str]:
    return {
        "python_version": version,
        "python_full_version": full,
        "implementation_version": full,
        "extra": "",
    }
