"""The export that wrote a pylock.toml which names PDM as its creator.

PDM writes no command into its outputs. The packages in the file tell which groups were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from locksync.documents import blaming, parse_toml
from locksync.findings import FindingError
from locksync.model import Export
from locksync.repository.paths import join, name, parent
from locksync.repository.protocol import Tree, is_known
from locksync.tools.pdm.lock import Lock
from locksync.tools.pdm.manifest import DEFAULT_GROUP, Manifest, normalize_name
from locksync.tools.pdm.options import LOCK, MANIFEST, PYLOCK, read_export

WHOLE = b"dependency-groups"
"""The key of a file that tells all groups apart, as PDM writes it without options for them."""
MOST_GROUPS = 8
Arguments = tuple[str, ...]


def from_header(path: str, head: bytes, tree: Tree) -> Export | None:
    """The export that wrote a file, whose first bytes name PDM; None where nobody can tell."""
    directory = parent(path)
    lock = join(directory, LOCK)
    if not is_known(lock, tree):
        return None
    options: Arguments | None = ()
    if WHOLE not in head:
        options = _selection(path, lock, tree)
    if options is None:
        return None
    return read_export(("-f", PYLOCK, *options, "-o", name(path)), directory, None)


def _selection(path: str, lock: str, tree: Tree) -> Arguments | None:
    """The options that select the packages of a file, None if none do."""
    try:
        with blaming(path):
            document = parse_toml(tree.read(path) or b"", path)
            found = {normalize_name(one.string("name")) for one in document.tables("packages")}
        with blaming(lock):
            packages = list(Lock(parse_toml(tree.read(lock) or b"", lock)).packages())
        manifest_path = join(parent(path), MANIFEST)
        with blaming(manifest_path):
            manifest = Manifest(parse_toml(tree.read(manifest_path) or b"", manifest_path))
            tried = [*_tried(manifest)]
    except FindingError:
        return None
    for options, groups in tried if found else ():
        wanted = (one for one in packages if not one.groups or one.groups & groups)
        if {normalize_name(one.name) for one in wanted} == found:
            return options
    return None


def _tried(manifest: Manifest) -> Iterator[tuple[Arguments, frozenset[str]]]:
    """Selections of groups, the simplest first."""
    extras = sorted(manifest.optional_groups)
    others = [one for one in manifest.groups if one != DEFAULT_GROUP and one not in extras]
    default = frozenset((DEFAULT_GROUP,))
    yield ("--prod",), default
    if others:
        yield ("-d",), default.union(others)
        yield ("-d", "--no-default"), frozenset(others)
    for group in (*others, *extras)[:MOST_GROUPS]:
        more = frozenset((group,)) if group in others else frozenset((group, *others))
        yield ("-G", group), default | more
        yield ("--no-default", "-G", group), more
        if group in extras:
            yield ("--prod", "-G", group), default | {group}
            yield ("--prod", "--no-default", "-G", group), frozenset((group,))
    yield ("-G", ":all"), frozenset(manifest.groups)
