"""Which `pipenv requirements` commands may have written a requirements file.

The text of the file gives hints: its packages, its hashes, its markers, its indexes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple

from packaging.utils import canonicalize_name

from locksync.command_line import as_argument
from locksync.documents import Table, blaming, parse_json
from locksync.model import Export
from locksync.repository.paths import join, relative
from locksync.repository.protocol import Tree
from locksync.requirements.traces import WORD, Traces
from locksync.tools.pipenv.lock import names_by_category
from locksync.tools.pipenv.manifest import package_names, parse_pipfile
from locksync.tools.pipenv.options import LOCK, MANIFEST, read_export
from locksync.tools.shared.selections import count_words, misfit, subsets

MOST_SELECTIONS = 12
"""How many sets of categories are tried, those whose packages fit best."""
MOST_ORDERED = 3
"""Up to this many categories, every order of them is tried."""
SHORT: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("packages",): (),
    ("dev-packages", "packages"): ("--dev",),
    ("dev-packages",): ("--dev-only",),
}
"""The ordered categories that have an option of their own."""


class Selection(NamedTuple):
    """Categories, in the order in which the command names them."""

    categories: tuple[str, ...]
    from_pipfile: bool

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options that make this selection."""
        words = SHORT.get(self.categories, ("--categories", " ".join(self.categories)))
        return (*words, "--from-pipfile") if self.from_pipfile else words


def candidates(directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
    """The exports that may have written a file, as `locksync.tools.protocol.Tool` says."""
    lock_path, manifest_path = join(directory, LOCK), join(directory, MANIFEST)
    lock = parse_json(tree.read(lock_path) or b"", lock_path)
    pipfile = parse_pipfile(tree.read(manifest_path) or b"", manifest_path)
    with blaming(manifest_path):
        names = package_names(pipfile)
    output = as_argument(relative(traces.path, directory))
    with blaming(lock_path):
        for words in _arguments(lock, names, traces):
            yield read_export(words, directory, output)


def _arguments(
    lock: Table, pipfile_names: Mapping[str, Collection[str]], traces: Traces
) -> Iterator[tuple[str, ...]]:
    """The arguments that may have been given, the likeliest first.

    Several commands can write the same text. Then categories that the name of the file suggests
    come first, then the fewest options. Raises ValueError for a malformed lock file.
    """
    for selection in _selections(names_by_category(lock), pipfile_names, traces):
        for form in _forms(traces):
            yield (*selection.arguments, *form)


def _selections(
    packages: Mapping[str, frozenset[str]],
    pipfile_names: Mapping[str, Collection[str]],
    traces: Traces,
) -> Sequence[Selection]:
    """The selections whose packages fit the names in the file best."""
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
        unheeded = hints - {*selection.categories}
        is_named = "--categories" in words
        return misfit(brought(selection), names), len(unheeded), count_words(words), is_named

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
    """The options that say how packages are listed, the simplest first."""
    hashes = ("--hash",) if traces.hashes else ()
    markers = [()] if traces.markers else [(), ("--exclude-markers",)]
    indexes = [()] if traces.indexes else [(), ("--exclude-index",)]
    for index, marker in product(indexes, markers):
        yield (*hashes, *marker, *index)
