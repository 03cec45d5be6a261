"""What is said of a project whose files do not tell its requirements."""

from __future__ import annotations

from locksync.tools.compiled.manifest import UnprovableError


def unlisted(file: str) -> UnprovableError:
    """The error for a file that leaves its requirements to code."""
    return UnprovableError(f"{file} does not list its requirements")
