"""The commands after which a uv.lock gives what somebody wrote into its export."""

from __future__ import annotations

from locksync.documents import parse_toml
from locksync.findings import At, Place, Repair
from locksync.model import Difference, Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.names import canonicalize_name
from locksync.tools.shared.keeping import kept, standard
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.location import manifest_of
from locksync.tools.uv_export.manifest import read_manifest
from locksync.tools.uv_export.options import project_of, read_options
from locksync.tools.uv_export.workspace import read_workspace


def keep(export: Export, difference: Difference, tree: Tree) -> Repair | None:
    """The commands. None: there are none that do it."""
    manifest = _manifest(export, tree)
    if manifest is None:
        return None
    found = kept(difference, standard(parse_toml(tree.read(manifest) or b"", manifest)))
    if found is None:
        return None
    place = At("--directory", Place(paths.parent(manifest)))
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


def _manifest(export: Export, tree: Tree) -> str | None:
    """The manifest of the project that is exported; None for more than one."""
    words = [part for word in export.arguments for part in word.split("=", 1)]
    if "--all-packages" in words or words.count("--package") > 1:
        return None
    if "--package" not in words:
        return manifest_of(project_of(read_options(export.arguments), export), tree)
    root = read_manifest(paths.join(paths.parent(export.lock), MANIFEST), tree)
    try:
        members = read_workspace(root, tree).members if root else {}
    except UndecidableError:
        return None
    name = canonicalize_name(words[words.index("--package") + 1])
    return members[name].path if name in members else None
