"""Whether local files that packages come from are those of the lock file."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import RefusedError, UndecidableError
from locksync.tools.uv_export.sources import locate


def check_files(facts: Facts) -> Iterator[str]:
    """Compare the hashes of files. What a changed one requires only uv can tell."""
    if facts.lock.kinds & {"path", "url"}:
        for setting in ("no-binary", "no-binary-package"):
            if facts.settings.values.get(setting):
                raise UndecidableError(f"with the setting {setting}, uv builds what it can")
    for path, hashes in facts.local_files():
        content = facts.tree.read(locate(facts.root, path))
        if content is None:
            raise RefusedError(f"there is no {path}")
        if f"sha256:{sha256(content).hexdigest()}" not in hashes:
            raise UndecidableError(f"the contents of {path} have changed")
    return iter(())
