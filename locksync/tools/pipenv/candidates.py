"""Which `pipenv requirements` commands may have written a requirements file, as its text tells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.requirements.traces import WORD, Traces
from locksync.tools.pipenv.render import LOCKED_SECTIONS
from locksync.tools.shared.selections import misfit, subsets

MOST_SELECTIONS = 12
"""How many sets of categories are tried: those whose packages fit best."""
MOST_ORDERED = 3
"""Of more categories than these not every order is tried."""
CATEGORIES = {section: category for category, section in LOCKED_SECTIONS.items()}
SHORT: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("packages",): (),
    ("dev-packages", "packages"): ("--dev",),
    ("dev-packages",): ("--dev-only",),
}
"""The categories, in their order, that have options of their own."""


class Selection(NamedTuple):
    """A set of categories, in the order they were asked for."""

    categories: tuple[str, ...]
    from_pipfile: bool

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options that make this selection."""
        words = SHORT.get(self.categories, ("--categories", " ".join(self.categories)))
        return (*words, "--from-pipfile") if self.from_pipfile else words


def candidate_arguments(
    lock: Table, pipfile_names: Mapping[str, Collection[str]], traces: Traces
) -> Iterator[tuple[str, ...]]:
    """The arguments that may have been given, the likeliest first.

    `pipfile_names` holds the names in each category of the Pipfile. Of commands that cannot be
    told apart by what they write, the one with the fewest options comes first, but for
    categories that the name of the file names. Raises ValueError for a malformed lock file.
    """
    packages = {
        CATEGORIES.get(section, section): frozenset(lock.table(section).values)
        for section in lock.values
        if section != "_meta" and isinstance(lock.values[section], dict)
    }
    for selection in _selections(packages, pipfile_names, traces):
        for form in _forms(traces):
            yield (*selection.arguments, *form)


def _selections(
    packages: Mapping[str, frozenset[str]],
    pipfile_names: Mapping[str, Collection[str]],
    traces: Traces,
) -> Sequence[Selection]:
    names = frozenset(traces.names)

    def brought(selection: Selection) -> frozenset[str]:
        return frozenset(
            canonicalize_name(name)
            for category in selection.categories
            for name in packages[category]
            if not selection.from_pipfile or name in pipfile_names.get(category, ())
        )

    def unlikeliness(selection: Selection) -> tuple[int, int, int, bool]:
        words = selection.arguments
        options = sum(word.startswith("-") for word in words)
        unheeded = hints - {*selection.categories}
        is_named = "--categories" in words
        return misfit(brought(selection), names), len(unheeded), options, is_named

    likely = {category for category, found in packages.items() if found <= names}
    hints = {
        category
        for category in packages
        if ({*WORD.findall(category)} - {"packages"}) & traces.words
    }
    found = [
        Selection(ordered, from_pipfile)
        for chosen in subsets(list(packages), likely)
        if chosen
        for ordered in _orders(chosen)
        for from_pipfile in (False, True)
    ]
    return sorted(dict.fromkeys(found), key=unlikeliness)[:MOST_SELECTIONS]


def _orders(categories: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield from permutations(categories) if len(categories) <= MOST_ORDERED else [categories]


def _forms(traces: Traces) -> Iterator[tuple[str, ...]]:
    """The options of how packages are listed, the simplest first."""
    hashes = ("--hash",) if traces.hashes else ()
    markers = [()] if traces.markers else [(), ("--exclude-markers",)]
    indexes = [()] if traces.indexes else [(), ("--exclude-index",)]
    for index, marker in product(indexes, markers):
        yield (*hashes, *marker, *index)
