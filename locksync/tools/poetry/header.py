"""The export that wrote a pylock.toml which names poetry's plugin as its creator."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import FindingError
from locksync.model import Export
from locksync.repository.paths import join, name, parent
from locksync.repository.protocol import Tree, is_known
from locksync.tools.poetry.options import LOCK, MAIN, PYLOCK, read_export

CREATOR = "poetry-plugin-export"


def from_header(path: str, head: bytes, tree: Tree) -> Export | None:
    """The export that wrote a file; None where nobody can tell.

    The file tells at its end for which groups and extras it was made.
    """
    directory = parent(path)
    lock = join(directory, LOCK)
    if not is_known(lock, tree):
        return None
    try:
        with blaming(path):
            found = selection(parse_toml(tree.read(path) or head, path))
    except FindingError:
        found = {}
    groups, extras = sorted(found.get("groups", ())), sorted(found.get("extras", ()))
    if not groups and name(path) != PYLOCK:
        return None  # It may hold any groups.
    given = [*_groups(groups), *(word for extra in extras for word in ("--extras", extra))]
    return read_export(("-f", PYLOCK, *given, "-o", name(path)), directory, None)


def selection(document: Table) -> Mapping[str, frozenset[str]]:
    """The groups and the extras that a pylock.toml says it was made for, if it does."""
    table = document.table("tool").table(CREATOR)
    return {key: frozenset(table.strings(key)) for key in ("groups", "extras") if key in table}


def _groups(groups: Collection[str]) -> Iterator[str]:
    """The options that select groups."""
    others = ",".join(group for group in groups if group != MAIN)
    if others:
        yield from ("--with" if MAIN in groups else "--only", others)
