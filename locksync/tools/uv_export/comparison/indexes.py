"""Whether the settings still name the indexes that the locked packages come from.

As of uv 0.13.9: `IndexLocations::allowed_indexes` in crates/uv-distribution-types/src/index_url.rs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from locksync.documents import Table
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import UndecidableError, refuse_unknown
from locksync.tools.uv_export.sources import USER_INFO, locate

KEYS = frozenset(
    (
        *("name", "url", "default", "explicit", "format", "publish-url", "authenticate"),
        *("ignore-error-codes", "cache-control"),
    )
)


class Indexes(NamedTuple):
    """The indexes that settings name."""

    urls: frozenset[str]
    has_default: bool
    """Whether one of them takes the place of the usual one."""


def check_indexes(facts: Facts) -> Iterator[str]:
    """Compare the indexes of the settings with those of the locked packages."""
    given = _given_indexes(facts.settings)
    known = {_index(url, facts.root) for url in given.urls} | set(_recorded(facts))
    if not given.urls and not facts.settings.boolean("no-index", default=False):
        return
    for name, registry in _registries(facts):
        if (index := _index(registry, facts.root)) in known:
            continue
        if given.has_default:
            yield facts.of_root(f"{name} is locked from another index")
        elif index != DEFAULT_INDEX_URL:
            # The environment or the settings of the machine may name it.
            raise UndecidableError(f"it does not name the index of {name}: {index}")


def _registries(facts: Facts) -> Iterator[tuple[str, str]]:
    """The packages that local projects require, with their indexes. uv looks at no others."""
    seen = set()
    for local in facts.locals.values():
        entries = [*local.entry.tables("dependencies")]
        for kind in ("optional-dependencies", "dev-dependencies"):
            table = local.entry.table(kind)
            entries += [entry for name in table.values for entry in table.tables(name)]
        for entry in entries:
            name = entry.string("name")
            source = entry.table("source")
            registry = source.string("registry", "")
            places = {registry} if source.values else facts.lock.registries.get(name, ())
            seen |= {(name, place) for place in places if place}
    return iter(sorted(seen))


def _given_indexes(settings: Table) -> Indexes:
    links = settings.strings("find-links")
    if settings.boolean("no-index", default=False):
        return Indexes(frozenset(links), has_default=True)
    urls, has_default = [*links, *settings.strings("extra-index-url")], False
    seen: set[str] = set()
    for index in settings.tables("index"):
        refuse_unknown(index, KEYS)
        name, is_default = index.string("name", ""), index.boolean("default", default=False)
        if (name and name in seen) or (is_default and has_default):
            continue
        seen.add(name)
        has_default = has_default or is_default
        urls.append(index.string("url"))
    if "index-url" in settings and not has_default:
        urls.append(settings.string("index-url"))
        has_default = True
    return Indexes(frozenset(urls), has_default)


def _recorded(facts: Facts) -> Iterator[str]:
    """The indexes that the sources of single requirements name."""
    for local in facts.locals.values():
        metadata = local.entry.table("metadata")
        groups = metadata.table("requires-dev")
        entries = [*metadata.tables("requires-dist")]
        entries += [entry for name in groups.values for entry in groups.tables(name)]
        yield from (
            _index(entry.string("index"), facts.root) for entry in entries if "index" in entry
        )
    groups = facts.manifest.table("dependency-groups")
    for name in groups.values:
        for entry in groups.tables(name):
            if "index" in entry:
                yield _index(entry.string("index"), facts.root)


def _index(url: str, root: str) -> str:
    """An index as the lock file names it: a URL, or a path relative to the lock file."""
    if url.startswith("file:"):
        raise UndecidableError(f"{url} is not in the repository")
    if "://" in url:
        return USER_INFO.sub("", url)
    return locate(root, url)
