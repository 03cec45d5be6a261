"""What there is on this machine beside the repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """The values of environment markers, PEP 508, of the Python that is running."""
    from packaging.markers import default_environment

    return {name: str(value) for name, value in default_environment().items()}


def programs(name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
    """The programs of a name that could be started, each with what tells it from another one.

    They are looked for beside this Python, on PATH and in the virtual environments.
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
    """The absolute path of one that is relative to a directory, where links are followed."""
    return os.path.realpath(os.path.join(root, *path.split("/")))
