"""Which `pdm export` commands may have written a requirements file.

The text of the file gives hints: its packages, its hashes, its extras, the line for the project.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product

from locksync.command_line import as_argument
from locksync.documents import blaming, parse_toml
from locksync.model import Export
from locksync.repository.paths import join, relative
from locksync.repository.protocol import Tree
from locksync.requirements.traces import WORD, Traces
from locksync.tools.pdm.lock import Lock, LockedPackage
from locksync.tools.pdm.manifest import DEFAULT_GROUP, Manifest, normalize_name
from locksync.tools.pdm.options import LOCK, MANIFEST, read_export, read_options
from locksync.tools.shared.refusals import RefusedError
from locksync.tools.shared.selections import misfit, subsets

MOST_SELECTIONS = 6
"""How many sets of groups are tried, those whose packages fit best."""
ITSELF = {"-e .": ("--editable-self",), ".": ("--self",)}
"""The options that list the project itself, by its line."""
Words = tuple[str, ...]


def candidates(directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
    """The exports that may have written a file, as `locksync.tools.protocol.Tool` says."""
    lock_path, manifest_path = join(directory, LOCK), join(directory, MANIFEST)
    document = parse_toml(tree.read(lock_path) or b"", lock_path)
    manifest_document = parse_toml(tree.read(manifest_path) or b"", manifest_path)
    with blaming(lock_path):
        lock = Lock(document)
        groups, packages = lock.groups, tuple(lock.packages())
    with blaming(manifest_path):
        selections = _selections(Manifest(manifest_document), groups, packages, traces)
    output = as_argument(relative(traces.path, directory))
    for selection, form in product(selections, _forms(traces)):
        yield read_export((*selection, *form, "-o", output), directory, None)


def _forms(traces: Traces) -> Sequence[Words]:
    """The options that say how packages are listed, the simplest first."""
    hashes = () if traces.hashes else ("--no-hashes",)
    lines = (line.partition("#")[0].strip() for line in traces.text.splitlines())
    itself = next((ITSELF[line] for line in lines if line in ITSELF), ())
    return [
        (*hashes, *extras, *itself)
        for extras in ([()] if traces.extras else [(), ("--no-extras",)])
    ]


def _selections(
    manifest: Manifest, groups: Words, packages: Sequence[LockedPackage], traces: Traces
) -> Sequence[Words]:
    """The options that select the groups whose packages fit the names in the file best."""
    names = frozenset(traces.names)
    by_group = {
        group: frozenset(normalize_name(one.name) for one in packages if group in one.groups)
        for group in (DEFAULT_GROUP, *groups)
    }
    likely = {group for group, found in by_group.items() if found <= names}
    others = [group for group in groups if group != DEFAULT_GROUP]
    hints = {group for group in others if {*WORD.findall(group)} <= traces.words}
    ranks: dict[Words, tuple[int, int, int]] = {}
    for words in _options(others, likely):
        with suppress(RefusedError):
            chosen = manifest.plan(read_options(words), groups).groups
            brought = frozenset[str]().union(*(by_group.get(group, ()) for group in chosen))
            length = len(",".join(words).split(","))
            ranks[words] = misfit(brought, names), len(hints - chosen), length if words else 0
    return sorted(ranks, key=ranks.__getitem__)[:MOST_SELECTIONS]


def _options(groups: Sequence[str], likely: set[str]) -> Iterator[Words]:
    """The options that may have selected groups."""
    yield ()
    yield ("--dev",)
    yield ("--dev", "--no-default")
    yield from (("--without", group) for group in groups)
    for chosen in subsets(groups, likely):
        named = ("--group", ",".join(chosen)) if chosen else ()
        for prod, default in product(((), ("--prod",)), ((), ("--no-default",))):
            if chosen or prod:
                yield (*prod, *named, *default)
    yield ("--prod", "--group", ":all")
