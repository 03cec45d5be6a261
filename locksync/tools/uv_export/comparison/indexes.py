"""Whether the settings still name the indexes that the locked packages come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.documents import Table
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.sources import locate


def check_indexes(facts: Facts) -> Iterator[str]:
    """Compare the indexes of the settings with those of the locked packages."""
    known = _known_indexes(facts)
    for registry, name in facts.lock.registries.items() if known else ():
        if _index(registry, facts.root) not in known:
            yield facts.of_root(f"{name} is locked from another index")


def _known_indexes(facts: Facts) -> set[str]:
    """The indexes that packages may come from; none if the settings name none."""
    settings = facts.workspace.root.uv
    given = list(_given_indexes(settings))
    if not given:
        return set()
    has_default = "index-url" in settings or any(
        index.boolean("default", default=False) for index in settings.tables("index")
    )
    recorded = (
        entry.string("index").rstrip("/")
        for local in facts.locals.values()
        for entry in local.entry.table("metadata").tables("requires-dist")
        if "index" in entry
    )
    known = {*(_index(url, facts.root) for url in given), *recorded}
    return known if has_default else known | {DEFAULT_INDEX_URL}


def _given_indexes(settings: Table) -> Iterator[str]:
    yield from (index.string("url") for index in settings.tables("index"))
    if "index-url" in settings:
        yield settings.string("index-url")
    yield from settings.strings("extra-index-url")


def _index(url: str, root: str) -> str:
    """An index as the lock file names it: a URL, or a path relative to the lock file."""
    if "://" in url:
        return re.sub(r"(?<=//)[^/@]*@", "", url).rstrip("/")
    return locate(root, url)
