"""Whether the metadata of local projects is what the lock file records."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import Version

from locksync.documents import Table, blaming
from locksync.repository import paths
from locksync.tools.uv_export.comparison.facts import Facts, Local, of, refuse_unknown
from locksync.tools.uv_export.comparison.groups import check_default_groups, check_groups
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.manifest import Manifest, groups_of, read_manifest
from locksync.tools.uv_export.options import MANIFEST
from locksync.tools.uv_export.requirements import LockedRequirement

METADATA_KEYS = frozenset(("requires-dist", "requires-dev", "provides-extras"))


def check_projects(facts: Facts) -> Iterator[str]:
    """Compare every package that is built from a directory with its manifest."""
    for local in facts.locals.values():
        manifest = facts.workspace.members.get(local.name)
        if manifest is None or manifest.directory != local.directory:
            manifest = read_manifest(paths.join(local.directory, MANIFEST), facts.tree)
        if manifest is None or not manifest.has_project:
            raise UndecidableError(f"only a build can tell the requirements of {local.name}")
        with blaming(manifest.path):
            yield from _check_project(facts, local, manifest)


def _check_project(facts: Facts, local: Local, manifest: Manifest) -> Iterator[str]:
    dynamic = manifest.project.strings("dynamic")
    if unknown := {"dependencies", "optional-dependencies"}.intersection(dynamic):
        raise UndecidableError(f"the {sorted(unknown)[0]} of {local.name} are dynamic")
    yield from _check_version(local, manifest, is_dynamic="version" in dynamic)
    locked = local.entry.table("metadata")
    refuse_unknown(locked, METADATA_KEYS)
    yield from check_default_groups(facts, manifest, local.entry)
    extras = {canonicalize_name(name) for name in _extras(manifest).values}
    if facts.has_extras and extras != set(locked.strings("provides-extras")):
        yield of(manifest, f"the extras of {local.name} have changed")
    if not facts.are_same(list(_required(facts, manifest)), locked.tables("requires-dist")):
        yield of(manifest, f"the requirements of {local.name} have changed")
    groups, locked_groups = groups_of(manifest), locked.table("requires-dev")
    yield from check_groups(facts, manifest, groups, locked_groups, empty=facts.has_extras)


def _check_version(local: Local, manifest: Manifest, *, is_dynamic: bool) -> Iterator[str]:
    if is_dynamic is ("version" in local.entry):
        yield of(manifest, f"the version of {local.name} has become dynamic or static")
    elif "version" in local.entry:
        locked = Version(local.entry.string("version"))
        if Version(manifest.project.string("version")) != locked:
            yield of(manifest, f"the version of {local.name} has changed")


def _extras(manifest: Manifest) -> Table:
    return manifest.project.table("optional-dependencies")


def _required(facts: Facts, manifest: Manifest) -> Iterator[LockedRequirement]:
    """The requirements of a project and its extras, as uv records them."""
    lowering = facts.lowering(manifest)
    for text in manifest.project.strings("dependencies"):
        yield from lowering.lower(text)
    extras = _extras(manifest)
    for extra in extras.values:
        for text in extras.strings(extra):
            yield from lowering.lower(text, extra=canonicalize_name(extra))
