"""Where pip looks for packages, and for which of their files, after the options of a file.

Later options may undo earlier ones. Written from pip/_internal/req/req_file.py and
pip/_internal/models/format_control.py as of 26.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from locksync.requirements.names import canonicalize_name
from locksync.requirements.option_words import Option

ALL, NONE = ":all:", ":none:"
NO_BINARY, ONLY_BINARY = "--no-binary", "--only-binary"


class Finder:
    """What the options that are heeded one after the other come to."""

    def __init__(self, index_urls: Iterable[str] = ()) -> None:
        self.index_urls = [*index_urls]
        self.no_index = False
        self.find_links: dict[str, None] = {}
        self.trusted_hosts: dict[str, None] = {}
        self.formats: dict[str, set[str]] = {NO_BINARY: set(), ONLY_BINARY: set()}

    def heed(self, options: Iterable[Option]) -> Finder:
        """Itself, after some more options."""
        for name, value in options:
            if name == "--no-index":
                self.no_index, self.index_urls = True, []
            elif name == "--index-url" and value and not self.no_index:
                self.index_urls = [value]
            elif name == "--extra-index-url" and not self.no_index:
                self.index_urls.append(value)
            elif name == "--find-links":
                self.find_links[value] = None
            elif name == "--trusted-host":
                self.trusted_hosts[value] = None
            elif name in self.formats:
                self._limit(name, value)
        return self

    def options(self) -> Iterator[Option]:
        """The fewest options that come to the same."""
        for number, url in enumerate(dict.fromkeys(self.index_urls)):
            yield ("--extra-index-url" if number else "--index-url"), url
        yield from (("--find-links", place) for place in self.find_links)
        yield from (("--trusted-host", host) for host in self.trusted_hosts)
        for name, packages in self.formats.items():
            yield from ((name, package) for package in sorted(packages))

    def _limit(self, name: str, value: str) -> None:
        """Take one kind of files alone for some packages."""
        target = self.formats[name]
        other = self.formats[ONLY_BINARY if name == NO_BINARY else NO_BINARY]
        given = value.split(",")
        if ALL in given:
            other.clear()
            target.clear()
            target.add(ALL)
            given = given[len(given) - given[::-1].index(ALL) :]
            if NONE not in given:
                return
        for one in given:
            if one == NONE:
                target.clear()
            else:
                package = canonicalize_name(one)
                other.discard(package)
                target.add(package)
