"""Replace a file on Windows, where nobody can move or delete a file that is open."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

PAUSE = 0.05
"""How long to wait before the lock is tried again, in seconds."""


def replace(temporary: str, target: str, content: bytes, is_to_move: Callable[[], bool]) -> None:
    """Write a temporary file and move it into place, if it is to be moved once it is there.

    Whatever is raised, nothing is left of it.
    """
    with locked(temporary):
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if is_to_move():
                os.replace(temporary, target)
            else:
                os.unlink(temporary)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise


def clean(temporary: str) -> None:
    """Remove a temporary file that a killed run left behind."""
    with locked(temporary):
        os.unlink(temporary)


@contextmanager
def locked(subject: str) -> Iterator[None]:
    """Be the only run that works on a file. Raises OSError.

    The lock lies in the user's temporary directory and stays there: beside the file, it could be
    neither moved nor removed while another run waits for it. Windows lets go of the lock of a run
    that is killed. `msvcrt` is part of Python there; `filelock` does the same with it, and takes
    longer to import than a check takes.
    """
    import msvcrt

    name = sha256(os.path.normcase(subject).encode("utf-8", "surrogatepass")).hexdigest()
    place = os.path.join(tempfile.gettempdir(), f"locksync-{name[:32]}.lock")
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _is_taken(msvcrt, descriptor):
            time.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)


def _is_taken(msvcrt: object, descriptor: int) -> bool:
    """Whether the lock is ours now. Raises OSError where the place knows no locks."""
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError as error:
        if error.errno != errno.EACCES:  # Another run has it.
            raise
        return False
    return True
