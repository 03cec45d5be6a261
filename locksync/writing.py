"""Replacing a file in one step."""

from __future__ import annotations

import os
import stat


def replace(path: str, content: bytes) -> None:
    """Make `content` what the file at an absolute path holds, all at once.

    The file's mode is kept; a new file gets the mode that any new file gets. A link is followed.
    Raises OSError, leaving the file as it was and nothing beside it.
    """
    import tempfile

    target = os.path.realpath(path)
    directory, name = os.path.split(target)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
