"""The export that wrote a pylock.toml which names pipenv as its creator."""

from __future__ import annotations

from locksync.documents import blaming, parse_toml
from locksync.model import Export
from locksync.repository.paths import join, name, parent
from locksync.repository.protocol import Tree, is_known
from locksync.tools.pipenv.options import LOCK, PYLOCK_COMMAND, read_export

GENERATED = b'generated_from = "Pipfile.lock"'


def from_header(path: str, head: bytes, tree: Tree) -> Export | None:
    """The export that wrote a file, whose first bytes name pipenv; None where nobody can tell."""
    directory = parent(path)
    lock = join(directory, LOCK)
    content = tree.read(path) or head
    # `pipenv pylock --from-pyproject` writes a file that has not been locked.
    if GENERATED not in content or not is_known(lock, tree):
        return None
    with blaming(path):
        groups = parse_toml(content, path).strings("dependency-groups")
    given = () if groups == ("dev",) else ("--dev-groups", ",".join(groups))
    arguments = (*PYLOCK_COMMAND[1:], "--generate", "-o", name(path), *given)
    return read_export(arguments, directory, None)
