"""Which `uv export` commands may have written a requirements file without a header.

Only uv tells what each of them writes. So they are few, and only for files that could be uv's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from packaging.utils import canonicalize_name

from locksync.command_line import as_argument
from locksync.documents import blaming, parse_toml
from locksync.model import Export
from locksync.repository.paths import join, relative
from locksync.repository.protocol import Tree
from locksync.requirements.traces import WORD, Traces
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.manifest import Manifest, groups_of, read_manifest
from locksync.tools.uv_export.options import LOCK, read_export

MOST_NAMED = 6
"""How many groups and extras are tried one by one, those that the file's name suggests first."""
LEAST_LOCKED = 0.9
"""The part of a file's packages that have to be in the lock file."""
EDITABLE = re.compile(r"^-e ", re.MULTILINE)
ITSELF = re.compile(r"^\.(?:/| |$)", re.MULTILINE)
Words = tuple[str, ...]


def candidates(directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
    """The exports that may have written a file, as `locksync.tools.protocol.Tool` says."""
    lock_path, manifest_path = join(directory, LOCK), join(directory, MANIFEST)
    lock = parse_toml(tree.read(lock_path) or b"", lock_path)
    manifest = read_manifest(manifest_path, tree)
    with blaming(lock_path):
        locked = {canonicalize_name(one.string("name")) for one in lock.tables("package")}
    names = {*traces.names}
    if manifest is None or len(names & locked) < LEAST_LOCKED * len(names):
        return
    output = as_argument(relative(traces.path, directory))
    with blaming(manifest_path):
        for selection, form in product(_selections(manifest, traces), _forms(traces)):
            yield read_export((*form, *selection, "-o", output), directory, None)


def _selections(manifest: Manifest, traces: Traces) -> Sequence[Words]:
    """The options that select groups and extras, the likeliest first."""
    try:
        groups = [group for group in groups_of(manifest) if group != "dev"]
    except UndecidableError:
        groups = []
    extras = [*manifest.project.table("optional-dependencies").values]
    named = [
        *((name, ("--extra", name)) for name in extras),
        *((name, ("--group", name)) for name in groups),
        *((name, ("--only-group", name)) for name in groups),
    ]
    named.sort(key=lambda one: not {*WORD.findall(one[0].lower())} <= traces.words)
    hinted = [one for one in named if {*WORD.findall(one[0].lower())} <= traces.words]
    each = [words for _, words in named[:MOST_NAMED]]
    usual: list[Words] = [("--no-dev",), ()]
    first = [(*words, *more) for _, words in hinted for more in ((), ("--no-dev",))]
    rest = [("--only-dev",), ("--all-extras",), ("--all-extras", "--no-dev"), ("--all-groups",)]
    return [*dict.fromkeys((*first, *usual, *rest, *(("--no-dev", *words) for words in each)))]


def _forms(traces: Traces) -> Iterator[Words]:
    """The options that say how packages are listed, the simplest first."""
    hashes = () if traces.hashes else ("--no-hashes",)
    annotations = () if traces.comments else ("--no-annotate",)
    if EDITABLE.search(traces.text):
        projects: Sequence[Words] = [()]
    elif ITSELF.search(traces.text):
        projects = [("--no-editable",)]
    else:
        projects = [(), ("--no-emit-project",)]
    for project in projects:
        yield ("--no-header", *hashes, *annotations, *project)
