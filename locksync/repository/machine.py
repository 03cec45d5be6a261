"""What this machine has besides the repository: Python, programs, paths, what CI tells."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping


def environment() -> Mapping[str, str]:
    """The values of the environment markers (PEP 508) for the running Python."""
    from packaging.markers import default_environment

    return {name: str(value) for name, value in default_environment().items()}


def programs(name: str, *environments: str) -> tuple[tuple[object, ...], ...]:
    """The programs of that name, each as its path and what changes when it is replaced.

    They are searched beside this Python, on PATH and in the given virtual environments.
    """
    below = "Scripts" if os.name == "nt" else "bin"
    here = os.path.dirname(sys.executable)
    places = (
        *(here, *os.get_exec_path(), *((os.path.join(here, below),) if os.name == "nt" else ())),
        *(os.path.join(environment, below) for environment in environments),
    )
    paths = [os.path.join(place, name) for place in places]
    if os.name == "nt":
        paths = [f"{path}.exe" for path in paths]
    return tuple(
        (path, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino, *_unknown(path))
        for path in paths
        if (found := _stat(path))
    )


def _unknown(path: str) -> tuple[object, ...]:
    """What never is as it was, for a program that starts another, which nobody knows by it.

    Version managers have scripts, links to a program of another name, and directories of shims.
    """
    name = os.path.basename(path)
    is_shim = "shims" in path.split(os.sep) or os.path.basename(os.path.realpath(path)) != name
    return (os.urandom(8),) if is_shim or _is_script(path) else ()


def _is_script(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def absolute(root: str, path: str) -> str:
    """The absolute path of a path below `root`, with links followed."""
    return os.path.realpath(os.path.join(root, *path.split("/")))


def named_base() -> Iterator[str]:
    """What the current branch will be merged into, as a runner or CI names it."""
    # pre-commit and prek set it for --from-ref.
    if commit := os.environ.get("PRE_COMMIT_FROM_REF"):
        yield commit
    # https://docs.github.com/actions/reference/workflows-and-actions/variables
    if branch := os.environ.get("GITHUB_BASE_REF"):
        # A shallow checkout has no such branch, but its HEAD is the merge commit.
        yield from (f"origin/{branch}", "HEAD^1")
    # https://docs.gitlab.com/ci/variables/predefined_variables
    if commit := os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        yield commit
