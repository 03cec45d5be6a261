"""The lock file uv.lock: what it records of the manifests that it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from locksync.documents import CONTROL_CHARACTER, Table, blaming, parse_toml, refuse_conflict

PACKAGE = "\n[[package]]\n"
# How uv writes the start of a package.
START = re.compile(
    r'name = "(?P<name>[^"\\]*)"\n'
    r'(?:version = "[^"\\]*"\n)?'
    r"(?:resolution-markers = \[\n(?: {4}.*\n)*\]\n)?"
    r'source = \{ (?P<kind>\w+) = "(?P<place>[^"\\]*)"'
)
ELSEWHERE = ("registry", "git", "url")
"""Sources that cannot change after they are locked."""


class Lock(NamedTuple):
    """A lock file without the packages that come from elsewhere."""

    document: Table
    packages: tuple[Table, ...]
    names: frozenset[str]
    """The names of all packages, those from elsewhere included."""
    registries: Mapping[str, frozenset[str]]
    """The indexes of each package that comes from one."""
    kinds: frozenset[str]
    """The kinds of the sources of all packages."""


def parse_lock(content: bytes, path: str) -> Lock:
    """The lock file. Raises FindingError.

    Most of a lock file describes packages that come from elsewhere. In the form in which uv writes
    them they are skipped, which saves most of the reading time. uv reads them when it exports.
    """
    refuse_conflict(content, path)
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    if _may_smuggle(text):
        with blaming(path):
            parse_toml(content, path).refuse_control_characters()
    head, *blocks = text.split(PACKAGE)
    starts = [START.match(block) for block in blocks]
    found = [start for start in starts if start]
    if len(found) < len(blocks) or any("[[" in block for block in blocks):
        return _parse_whole(parse_toml(content, path), path)
    kept = [
        block for start, block in zip(found, blocks, strict=True) if start["kind"] not in ELSEWHERE
    ]
    document = parse_toml(PACKAGE.join((head, *kept)).encode(), path)
    with blaming(path):
        packages = tuple(document.tables("package"))
    return Lock(
        document,
        packages,
        frozenset(start["name"] for start in found),
        _by_name((start["name"], start["place"]) for start in found if start["kind"] == "registry"),
        frozenset(start["kind"] for start in found),
    )


def _by_name(registries: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, place in registries:
        found[name] = found.get(name, frozenset()) | {place}
    return found


def _may_smuggle(text: str) -> bool:
    """Whether strings may hold characters that break a line: rare, and slow to check."""
    return (
        "\\" in text
        or "'''" in text
        or '"""' in text
        or CONTROL_CHARACTER.search(text.replace("\n", "")) is not None
    )


def _parse_whole(document: Table, path: str) -> Lock:
    with blaming(path):
        packages = tuple(document.tables("package"))
        registries = _by_name(
            (package.string("name"), source.string("registry"))
            for package in packages
            if "registry" in (source := package.table("source"))
        )
        kept = tuple(
            package
            for package in packages
            if not any(kind in package.table("source") for kind in ELSEWHERE)
        )
        names = frozenset(package.string("name") for package in packages)
        kinds = frozenset(kind for package in packages for kind in package.table("source").values)
    return Lock(document, kept, names, registries, kinds)
