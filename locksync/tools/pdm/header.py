"""Whether a file with PDM's header may be what PDM writes when it is told of no groups."""

from __future__ import annotations

import re

from locksync.documents import parse_toml
from locksync.findings import FindingError
from locksync.repository.protocol import Tree
from locksync.tools.pdm.lock import Lock
from locksync.tools.pdm.manifest import Manifest, RefusedError, normalize_name
from locksync.tools.pdm.options import read_options

NAME = re.compile(rb"^[A-Za-z0-9][A-Za-z0-9._-]*", re.MULTILINE)


def has_all_groups(path: str, lock_path: str, manifest_path: str, tree: Tree) -> bool:
    """Whether the file has something of each group that is exported by default.

    A file that lacks a whole group, such as that of development, was exported with options that
    nobody knows. Where the lock file or the manifest is at fault, checking tells.
    """
    try:
        found = {normalize_name(name.decode()) for name in NAME.findall(tree.read(path) or b"")}
        lock = Lock(parse_toml(tree.read(lock_path) or b"", lock_path))
        manifest = Manifest(parse_toml(tree.read(manifest_path) or b"", manifest_path))
        groups = manifest.plan(read_options(()), lock.groups).groups
        packages = tuple(lock.packages())
    except (FindingError, RefusedError, ValueError):
        return True
    for group in groups if found else ():
        own = {
            normalize_name(package.name)
            for package in packages
            if package.groups == {group} and not package.editable
        }
        if own and own.isdisjoint(found):
            return False
    return True
