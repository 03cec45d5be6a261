"""What the comparison of a lock file with its manifests may raise."""

from __future__ import annotations


class UndecidableError(Exception):
    """Only uv can tell; the message says why."""
