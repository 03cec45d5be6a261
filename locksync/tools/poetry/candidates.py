"""Which `poetry export` commands may have written a requirements file.

The text of the file gives hints: its packages, its hashes, its extras, its indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from packaging.utils import canonicalize_name

from locksync.command_line import as_argument
from locksync.documents import Table, blaming, parse_toml
from locksync.model import Export
from locksync.repository.paths import join, relative
from locksync.repository.protocol import Tree
from locksync.requirements.traces import WORD, Traces
from locksync.tools.poetry.contents import MAIN, Contents, Selection, read_contents
from locksync.tools.poetry.lock import DIRECT_TYPES, lock_version
from locksync.tools.poetry.manifest import Manifest, read_manifest
from locksync.tools.poetry.options import CONSTRAINTS, LOCK, MANIFEST, read_export
from locksync.tools.shared.refusals import RefusedError
from locksync.tools.shared.selections import count_words, misfit, subsets

MOST_SELECTIONS = 6
"""How many sets of groups and extras are tried, those whose packages fit best."""


def candidates(directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
    """The exports that may have written a file, as `locksync.tools.protocol.Tool` says."""
    lock_path, manifest_path = join(directory, LOCK), join(directory, MANIFEST)
    lock = parse_toml(tree.read(lock_path) or b"", lock_path)
    document = parse_toml(tree.read(manifest_path) or b"", manifest_path)
    output = as_argument(relative(traces.path, directory))
    with blaming(lock_path):
        for words in _arguments(lock, document, traces, tree.absolute(directory)):
            yield read_export((*words, "-o", output), directory, None)


def _arguments(
    lock: Table, document: Table, traces: Traces, root: str
) -> Iterator[tuple[str, ...]]:
    """The arguments that may have been given, without an output file, the likeliest first.

    Several commands can write the same text. Then groups and extras that the name of the file
    suggests come first, then the fewest options. `root` is the absolute path of the project.
    Raises ValueError for a malformed lock file or manifest.
    """
    try:
        manifest = read_manifest(document)
    except RefusedError:
        yield ()  # Answering it says why.
        return
    contents = read_contents(lock, document, manifest, root)
    for selection in _selections(manifest, contents, traces):
        chosen = _as_arguments(selection, manifest)
        for form in _forms(lock, traces):
            yield (*form, *chosen)


def _selections(manifest: Manifest, contents: Contents, traces: Traces) -> Sequence[Selection]:
    """The selections whose packages fit the names in the file best."""
    names = frozenset(canonicalize_name(name) for name in traces.names)
    likely = {group for group, found in contents.groups.items() if found <= names}
    likely_extras = {extra for extra, found in contents.extras.items() if found <= names}
    groups = sorted(contents.groups, key=lambda name: (name != MAIN, name))
    found = dict.fromkeys(
        Selection(
            tuple(map(canonicalize_name, chosen)),
            tuple(map(canonicalize_name, extras)) if MAIN in chosen else (),
        )
        for chosen, extras in product(
            subsets(groups, likely), [*subsets(sorted(contents.extras), likely_extras)]
        )
        if chosen
    )
    hints = {part for part in (*groups, *contents.extras) if {*WORD.findall(part)} <= traces.words}

    def unlikeliness(selection: Selection) -> tuple[int, int, int, int]:
        parts = (*selection.groups, *selection.extras)
        words = count_words(_as_arguments(selection, manifest))
        misfits = misfit(contents.by(selection), names)
        return misfits, len(hints.difference(parts)), len(parts), words

    best = sorted(found, key=unlikeliness)[:MOST_SELECTIONS]
    least = unlikeliness(best[0])[0]
    return [one for one in best if unlikeliness(one)[0] <= 2 * least]


def _as_arguments(selection: Selection, manifest: Manifest) -> tuple[str, ...]:
    others = [group for group in selection.groups if group != MAIN]
    words: tuple[str, ...] = ()
    if MAIN not in selection.groups:
        words = ("--only", ",".join(others))
    elif len(others) > 1 and manifest.groups <= {*selection.groups}:
        words = ("--all-groups",)
    elif others:
        words = ("--with", ",".join(others))
    if len(selection.extras) > 1 and len(selection.extras) == len(manifest.extras):
        return (*words, "--all-extras")
    return (*words, "--extras", " ".join(selection.extras)) if selection.extras else words


def _forms(lock: Table, traces: Traces) -> Iterator[tuple[str, ...]]:
    """The options that say how packages are listed, the simplest first."""
    packages = list(lock.tables("package"))
    sources = (package.table("source").values for package in packages)
    has_index = any(source and source.get("type") not in DIRECT_TYPES for source in sources)
    hashes = ("--without-hashes",) if not traces.hashes and _has_hashes(lock, packages) else ()
    urls: list[tuple[str, ...]] = [()]
    if has_index and not traces.indexes:
        urls.append(("--without-urls",))
    for form, indexes in product(_formats(lock, packages, traces), urls):
        yield (*form, *hashes, *indexes)


def _has_hashes(lock: Table, packages: Sequence[Table]) -> bool:
    metadata = lock.table("metadata").values
    return bool(metadata.get("files") or metadata.get("hashes")) or any(
        package.values.get("files") for package in packages
    )


def _formats(lock: Table, packages: Sequence[Table], traces: Traces) -> list[tuple[str, ...]]:
    if "constraints" in traces.words:
        return [("-f", CONSTRAINTS), ()]
    # Constraints have neither extras, which only a walk writes, nor packages in develop mode.
    differs = lock_version(lock) != "2.1" or any(
        package.values.get("develop") for package in packages
    )
    return [(), ("-f", CONSTRAINTS)] if differs and not traces.extras else [()]
