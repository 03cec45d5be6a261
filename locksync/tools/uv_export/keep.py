"""The commands after which a uv.lock gives what somebody wrote into its export."""

from __future__ import annotations

from locksync.documents import parse_toml
from locksync.findings import At, Place, Repair
from locksync.model import Difference, Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.shared.keeping import kept, standard
from locksync.tools.uv_export.options import MANIFEST


def keep(export: Export, difference: Difference, tree: Tree) -> Repair | None:
    """The commands. None: there are none that do it."""
    manifest = paths.join(paths.parent(export.lock), MANIFEST)
    found = kept(difference, standard(parse_toml(tree.read(manifest) or b"", manifest)))
    if found is None:
        return None
    place = At("--directory", Place(paths.parent(export.lock)))
    steps: list[tuple[str | At, ...]] = []
    writes: tuple[str, ...] = (export.lock,)
    if found.moved:
        pins = [f"{name}=={version}" for name, version in found.moved.items()]
        options = [word for pin in pins for word in ("--upgrade-package", pin)]
        steps.append(("uv", "lock", place, *options))
    for group, requirements in found.added.items():
        chosen = ("--group", group) if group else ()
        steps.append(("uv", "add", "--no-sync", place, *chosen, *requirements))
        writes = (export.lock, manifest)
    return Repair(tuple(steps), writes=writes)
