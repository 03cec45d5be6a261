"""Replace a file in one step."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SUFFIX = ".locksync.tmp"
ON_WINDOWS = sys.platform == "win32"


def replace(path: str, content: bytes) -> None:
    """Replace the content of the file at an absolute path, all at once.

    An existing file keeps its mode; a new file gets the default mode. A link is followed. Runs that
    replace the same file wait for one another. A temporary file that a killed run left behind is
    reused. On OSError the file is unchanged, and nothing is left beside it.
    """
    target = os.path.realpath(path)
    temporary = _temporary(target)
    with _alone(temporary) as descriptor:
        try:
            os.ftruncate(descriptor, 0)
            with open(descriptor, "wb", closefd=False) as file:
                file.write(content)
            os.fsync(descriptor)
            os.chmod(temporary, _mode(target))
            if not ON_WINDOWS:
                os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    if ON_WINDOWS:  # Windows cannot move an open file.
        os.replace(temporary, target)


def clean(path: str) -> None:
    """Remove the temporary file that a killed run left beside the file at an absolute path.

    Raises OSError.
    """
    temporary = _temporary(os.path.realpath(path))
    if os.path.lexists(temporary):
        with _alone(temporary):
            os.unlink(temporary)


def _temporary(target: str) -> str:
    directory, name = os.path.split(target)
    return os.path.join(directory, f".{name}{SUFFIX}")


@contextmanager
def _alone(temporary: str) -> Iterator[int]:
    """A descriptor of the temporary file, locked for this run. Raises OSError."""
    while True:
        descriptor = _open(temporary)
        if descriptor is None:
            continue
        try:
            _lock(descriptor)
            found = os.fstat(descriptor)
            if not _is_there(temporary, found):
                continue  # Another run has just moved it into place.
            if found.st_nlink > 1:
                os.unlink(temporary)  # A hard link to another file: do not write to that file.
                continue
            yield descriptor
            return
        finally:
            os.close(descriptor)


def _open(temporary: str) -> int | None:
    """A descriptor of the temporary file, or None if a link was in its place."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(temporary, flags, 0o600)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        os.unlink(temporary)
        return None


def _lock(descriptor: int) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _is_there(path: str, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(path), found)
    except FileNotFoundError:
        return False


def _mode(path: str) -> int:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
