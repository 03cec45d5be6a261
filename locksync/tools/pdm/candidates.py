"""Which `pdm export` commands may have written a requirements file.

The text of the file gives hints: its hashes and its extras.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.command_line import as_argument
from locksync.documents import blaming, parse_toml
from locksync.model import Export
from locksync.repository.paths import join, relative
from locksync.repository.protocol import Tree
from locksync.requirements.traces import Traces
from locksync.tools.pdm.lock import Lock
from locksync.tools.pdm.options import LOCK, read_export

MOST_GROUPS = 8
"""How many groups are tried one by one, the first ones of the lock file."""


def candidates(directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
    """The exports that may have written a file, as `locksync.tools.protocol.Tool` says."""
    path = join(directory, LOCK)
    document = parse_toml(tree.read(path) or b"", path)
    with blaming(path):
        groups = Lock(document).groups
    output = as_argument(relative(traces.path, directory))
    for words in _arguments(groups, traces):
        yield read_export((*words, "-o", output), directory, None)


def _arguments(groups: Sequence[str], traces: Traces) -> Iterator[tuple[str, ...]]:
    """The arguments that may have been given, the fewest first."""
    for selection in _selections([group for group in groups if group != "default"]):
        for itself in ((), ("--self",), ("--editable-self",)):
            for extras in ((),) if traces.extras else ((), ("--no-extras",)):
                yield (*selection, *(() if traces.hashes else ("--no-hashes",)), *extras, *itself)


def _selections(groups: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield ()
    yield ("--prod",)
    yield ("--dev", "--no-default")
    if groups:
        yield ("--group", ":all")
    for group in groups[:MOST_GROUPS]:
        yield ("--group", group)
        yield ("--prod", "--group", group)
        yield ("--no-default", "--group", group)
        yield ("--without", group)
