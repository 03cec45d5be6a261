"""What this machine has besides the repository: Python, programs, absolute paths."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

START = 4096
"""How many bytes the start of a file has."""


def environment() -> Mapping[str, str]:
    """The values of the environment markers (PEP 508) for the running Python."""
    from packaging.markers import default_environment

    return {name: str(value) for name, value in default_environment().items()}


def programs(name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
    """The programs of that name, each as its path and what changes when it is replaced.

    They are searched beside this Python, on PATH and in the given virtual environments.
    """
    below = "Scripts" if os.name == "nt" else "bin"
    places = (
        *(os.path.dirname(sys.executable), *os.get_exec_path()),
        *(os.path.join(environment, below) for environment in environments),
    )
    paths = [os.path.join(place, name) for place in places]
    if os.name == "nt":
        paths = [f"{path}.exe" for path in paths]
    return tuple(
        (path, found.st_size, found.st_mtime_ns, found.st_ino)
        for path in paths
        if (found := _stat(path))
    )


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def absolute(root: str, path: str) -> str:
    """The absolute path of a path below `root`, with links followed."""
    return os.path.realpath(os.path.join(root, *path.split("/")))
