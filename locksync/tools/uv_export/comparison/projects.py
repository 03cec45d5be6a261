"""Whether the metadata of local projects is what the lock file records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from packaging.utils import canonicalize_name
from packaging.version import Version

from locksync.documents import Table, blaming
from locksync.repository import paths
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.uv_export.comparison.facts import Facts, Local, of
from locksync.tools.uv_export.comparison.groups import check_default_groups, check_groups
from locksync.tools.uv_export.comparison.own_extras import flattened
from locksync.tools.uv_export.errors import RefusedError, UndecidableError, refuse_unknown
from locksync.tools.uv_export.manifest import Manifest, groups_of, read_manifest
from locksync.tools.uv_export.requirements import LockedRequirement

METADATA_KEYS = frozenset(("requires-dist", "requires-dev", "provides-extras"))
DEPENDENCIES = ("dependencies", "optional-dependencies", "dev-dependencies")


def project_checks(facts: Facts) -> Iterator[Callable[[Facts], Iterator[str]]]:
    """A check for every package that is built from a directory."""
    for local in facts.locals.values():
        yield partial(_check_local, local=local)


def _check_local(facts: Facts, local: Local) -> Iterator[str]:
    manifest = facts.workspace.members.get(local.name)
    if manifest is None or manifest.directory != local.directory:
        manifest = read_manifest(paths.join(local.directory, MANIFEST), facts.tree)
        if manifest is None and not facts.tree.is_directory(local.directory):
            raise RefusedError(f"there is no {local.directory}")
    if manifest is None or not manifest.has_project:
        raise UndecidableError(f"only a build can tell the requirements of {local.name}")
    with blaming(manifest.path):
        yield from _check_project(facts, local, manifest)


def _check_project(facts: Facts, local: Local, manifest: Manifest) -> Iterator[str]:
    _refuse_unknown_sources(manifest)
    dynamic = manifest.project.strings("dynamic")
    yield from _check_version(local, manifest, is_dynamic="version" in dynamic)
    if local.name in facts.workspace.members:
        yield from check_default_groups(facts, manifest, local.entry)
    if unknown := {"dependencies", "optional-dependencies"}.intersection(dynamic):
        raise UndecidableError(f"the {sorted(unknown)[0]} of {local.name} are dynamic")
    if "metadata" not in local.entry and any(local.entry.values.get(key) for key in DEPENDENCIES):
        raise UndecidableError(f"it records no requirements of {local.name}")
    yield from _check_requirements(facts, local, manifest)


def _check_requirements(facts: Facts, local: Local, manifest: Manifest) -> Iterator[str]:
    locked = local.entry.table("metadata")
    refuse_unknown(locked, METADATA_KEYS)
    extras = {canonicalize_name(name) for name in _extras(manifest).values}
    if facts.has_extras and extras != set(locked.strings("provides-extras")):
        yield of(manifest, f"the extras of {local.name} have changed")
    actual = list(locked.tables("requires-dist"))
    if not facts.are_same(_required(facts, manifest), actual) and not (
        # uv takes these from a build, which may have flattened them.
        "version" not in local.entry
        and facts.are_same(flattened(facts.lowering(manifest), manifest), actual)
    ):
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


def _refuse_unknown_sources(manifest: Manifest) -> None:
    """Raise RefusedError for the source of an extra or group that is not declared."""
    extras = {canonicalize_name(name) for name in _extras(manifest).values}
    groups = groups_of(manifest).keys() | {"dev"}
    known: Mapping[str, Collection[str]] = {"extra": extras, "group": groups}
    for name, given in manifest.sources().items():
        for source in given if isinstance(given, list) else [given]:
            for kind, names in known.items():
                place = source.get(kind) if isinstance(source, dict) else None
                if isinstance(place, str) and canonicalize_name(place) not in names:
                    raise RefusedError(f"the source of {name} is for an unknown {kind}: {place}")


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
