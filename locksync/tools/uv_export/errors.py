"""What the comparison of a lock file with its manifests may raise."""

from __future__ import annotations

from locksync.documents import Table


class UndecidableError(Exception):
    """Only uv can tell; the message says why."""


class RefusedError(Exception):
    """uv itself refuses the manifests; the message says why."""


def refuse_unknown(table: Table, known: frozenset[str]) -> None:
    """Raise UndecidableError for keys whose meaning is not known."""
    if unknown := sorted(table.values.keys() - known):
        raise UndecidableError(f"the meaning of {table.at(unknown[0])} is not known")
