"""The options of `pipenv requirements`, of pipenv 2026.10."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from locksync.tools.shared.arguments import OptionParser


class Options(NamedTuple):
    """The options of one export, as they were given."""

    dev: bool
    dev_only: bool
    hashes: bool
    markers: bool
    index_urls: bool
    given_categories: tuple[str, ...]
    from_pipfile: bool
    no_lock: bool
    unsupported: tuple[str, ...]
    """Words whose effect on the output cannot be computed without pipenv."""

    def categories(self) -> Iterator[str]:
        """The categories to export, in order, named as in a Pipfile."""
        if self.given_categories:
            yield from self.given_categories
            return
        if self.dev or self.dev_only:
            yield "dev-packages"
        if not self.dev_only:
            yield "packages"


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--dev-only", action="store_true")
    parser.add_argument("--hash", action="store_true")
    parser.add_argument("--exclude-markers", action="store_true")
    parser.add_argument("--exclude-index", action="store_true")
    parser.add_argument("--categories", default="")
    parser.add_argument("--from-pipfile", action="store_true")
    parser.add_argument("--no-lock", action="store_true")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for arguments that are none."""
    given, unsupported = _parser().parse_known_args(arguments)
    categories = re.split(r", *| ", given.categories) if given.categories else ()
    return Options(
        dev=given.dev,
        dev_only=given.dev_only,
        hashes=given.hash,
        markers=not given.exclude_markers,
        index_urls=not given.exclude_index,
        given_categories=tuple(category.strip() for category in categories),
        from_pipfile=given.from_pipfile,
        no_lock=given.no_lock,
        unsupported=tuple(unsupported),
    )
