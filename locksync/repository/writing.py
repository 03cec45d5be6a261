"""Replacing a file in one step."""

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
    """Make `content` what the file at an absolute path holds, all at once.

    The file's mode is kept; a new file gets the mode that any new file gets. A link is followed.
    Runs that replace the same file wait for one another, and what a run that was killed has left
    beside it is used up. Raises OSError, leaving the file as it was and nothing beside it.
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
    if ON_WINDOWS:  # It moves no file that is open.
        os.replace(temporary, target)


def clean(path: str) -> None:
    """Take away what a run that was killed has left beside the file at an absolute path.

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
    """A descriptor of the temporary file, for one run at a time. Raises OSError."""
    while True:
        descriptor = _open(temporary)
        if descriptor is None:
            continue
        try:
            _lock(descriptor)
            found = os.fstat(descriptor)
            if not _is_there(temporary, found):
                continue  # The run before has moved it into place.
            if found.st_nlink > 1:
                os.unlink(temporary)  # Another file has our name: it is not to be written to.
                continue
            yield descriptor
            return
        finally:
            os.close(descriptor)


def _open(temporary: str) -> int | None:
    """A descriptor of the temporary file, None where something else was in its place."""
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
