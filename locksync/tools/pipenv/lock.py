"""Pipfile.lock: its packages by category, its sources and its content hash.

A category is called as in the Pipfile. The lock file calls the sections of two of them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from locksync.documents import MalformedError, Table

META = "_meta"
SECTIONS = {"packages": "default", "dev-packages": "develop"}
"""The sections of the lock file whose categories are called otherwise."""
CATEGORIES = {section: category for category, section in SECTIONS.items()}


def content_hash(lock: Table) -> object:
    """The content hash of the Pipfile that was locked; None if there is none."""
    return lock.table(META).table("hash").values.get("sha256")


def packages_in(lock: Table, category: str) -> Mapping[str, object]:
    """The packages of a category, which may be missing."""
    return section(lock, SECTIONS.get(category, category))


def section(document: Table, key: str) -> Mapping[str, object]:
    """The entries of a section of a lock file or Pipfile, which may be missing or null."""
    return {} if document.values.get(key) is None else document.table(key).values


def names_by_category(lock: Table) -> Mapping[str, frozenset[str]]:
    """The names of the packages in each category."""
    return {
        CATEGORIES.get(key, key): frozenset(lock.table(key).values)
        for key in lock.values
        if key != META and isinstance(lock.values[key], dict)
    }


def source_urls(lock: Table, *, are_needed: bool) -> Iterator[str]:
    """The URLs of the indexes, the default one first.

    Raises MalformedError where pipenv gives up: it needs the table, and its sources if they are to
    be listed.
    """
    if not lock.values.get(META):
        raise MalformedError(f"{META} is missing")
    meta = lock.table(META)
    if are_needed and "sources" not in meta:
        raise MalformedError(f"{META}.sources is missing")
    return (source.line("url") for source in meta.tables("sources"))
