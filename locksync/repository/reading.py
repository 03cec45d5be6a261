"""Reading files on disk, without waiting for what may never answer."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

START = 4096
"""How many bytes the start of a file has."""
NO_WAIT, NO_LINK = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_NOFOLLOW", 0)
READ = os.O_RDONLY | NO_WAIT | getattr(os, "O_BINARY", 0)
PRUNED = frozenset(("node_modules", "__pycache__", "site-packages"))


def opened(path: str) -> BinaryIO:
    """A file, opened to be read. Raises OSError for a pipe or a device, which may never answer."""
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "it is not a regular file", path)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | NO_WAIT)


def start(path: str, flags: int = 0, place: int | None = None) -> bytes:
    """The first bytes of a file; none of what is no file. Raises OSError.

    There may be very many files to look into, and an object for each would take twice as long.
    """
    descriptor = os.open(path, READ | flags, dir_fd=place)
    try:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, START) if is_file else b""
    finally:
        os.close(descriptor)


def walk(root: str) -> Iterator[str]:
    """The files below a directory, but for what no person writes."""
    for directory, names, files in os.walk(root):
        names[:] = [
            name
            for name in names
            if not name.startswith(".")
            and name not in PRUNED
            and not os.path.exists(os.path.join(directory, name, "pyvenv.cfg"))
        ]
        relative = os.path.relpath(directory, root).replace(os.sep, "/")
        for file in files:
            yield file if relative == "." else f"{relative}/{file}"
