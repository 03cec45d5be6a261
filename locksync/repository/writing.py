"""Replace a file in one step."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO

SUFFIX = ".locksync.tmp"
CHANGED = "it has changed since it was read"
ON_WINDOWS = sys.platform == "win32"


class ChangedError(Exception):
    """The file is not any more as it was read. Nothing has been written."""


def replace(path: str, content: bytes, was: bytes | None) -> None:
    """Replace the content of the file at an absolute path, all at once.

    `was` is what the file held when it was read; None: it did not exist. Raises ChangedError if it
    has changed since.

    An existing file keeps its mode, owner and access rules; a new file gets the default mode. A
    link is followed. Runs that replace the same file wait for one another. A temporary file that a
    killed run left behind is reused. On OSError the file is unchanged, and nothing is left beside
    it.

    A file with other names (hard links), and one whose owner or access rules this user may not give
    to another file, is written in place. The temporary file has the whole content until that is
    done: a run that is killed meanwhile leaves it behind.
    """
    target = os.path.realpath(path)
    temporary = _temporary(target)

    def is_to_move() -> bool:
        return _is_to_move(temporary, target, content, was)

    if ON_WINDOWS:
        from locksync.repository import windows

        windows.replace(temporary, target, content, is_to_move)
        return
    with _alone(temporary) as descriptor:
        try:
            os.ftruncate(descriptor, 0)
            with open(descriptor, "wb", closefd=False) as file:
                file.write(content)
            os.fsync(descriptor)
            if is_to_move():
                os.replace(temporary, target)
            else:
                os.unlink(temporary)
        except BaseException:
            os.unlink(temporary)
            raise


def _is_to_move(temporary: str, target: str, content: bytes, was: bytes | None) -> bool:
    """Whether the temporary file is to be moved; else, the file has the content without that.

    Raises ChangedError.
    """
    is_movable = _make_alike(temporary, target)
    found = _read(target)
    if found not in (was, content):
        raise ChangedError
    if found == content:  # Another run has come first.
        return False
    if not is_movable:
        _write_in_place(target, content, was or b"")
    return is_movable


def clean(path: str) -> None:
    """Remove the temporary file that a killed run left beside the file at an absolute path.

    Raises OSError.
    """
    temporary = _temporary(os.path.realpath(path))
    if ON_WINDOWS and os.path.lexists(temporary):
        from locksync.repository import windows

        windows.clean(temporary)
    elif os.path.lexists(temporary):
        with _alone(temporary):
            os.unlink(temporary)


def leftover(path: str) -> str:
    """Where a killed run leaves its temporary file, for a path with forward slashes."""
    directory, slash, name = path.rpartition("/")
    return f"{directory}{slash}.{name}{SUFFIX}"


def _read(target: str) -> bytes | None:
    try:
        with open(target, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write_in_place(target: str, content: bytes, was: bytes) -> None:
    """Write over a file. A failure puts back what it held."""
    with open(target, "r+b", buffering=0) as file:
        try:
            _put(file, content)
        except BaseException:
            _put(file, was)
            raise


def _put(file: FileIO, content: bytes) -> None:
    file.seek(0)
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    file.truncate()
    os.fsync(file.fileno())


def _make_alike(temporary: str, target: str) -> bool:
    """Give a new file the mode, owner and access rules of another; whether it has them then."""
    try:
        found = os.stat(target)
    except FileNotFoundError:
        os.chmod(temporary, _default_mode())
        return True
    if found.st_nlink > 1:
        return False
    new = os.stat(temporary)
    try:
        if (new.st_uid, new.st_gid) != (found.st_uid, found.st_gid):
            os.chown(temporary, found.st_uid, found.st_gid)
        _copy_attributes(temporary, target)
    except OSError:
        return False
    # Last, because a change of the owner takes some bits of the mode away.
    os.chmod(temporary, stat.S_IMODE(found.st_mode))
    return True


def _copy_attributes(temporary: str, target: str) -> None:
    """Give a file the extended attributes of another, access rules among them. Raises OSError."""
    if sys.platform != "linux":
        return
    try:
        names, present = os.listxattr(target), os.listxattr(temporary)
    except OSError:
        return  # The file system has none.
    for name in names:
        value = os.getxattr(target, name)
        if name not in present or os.getxattr(temporary, name) != value:
            os.setxattr(temporary, name, value)
    for name in set(present).difference(names):
        with suppress(OSError):  # What the directory or the system gives to new files.
            os.removexattr(temporary, name)


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


def _default_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
