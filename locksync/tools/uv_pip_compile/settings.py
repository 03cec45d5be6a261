"""What `uv pip compile` takes from `[tool.uv]` of a pyproject.toml, or from a uv.toml.

As of uv 0.13: crates/uv-settings/src/lib.rs and settings.rs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import NamedTuple

from locksync.documents import Table, blaming
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.compiled.manifest import Input, Settled, UnprovableError, Wanted, as_input
from locksync.tools.compiled.settings import as_words
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.shared.uv_settings import (
    Read,
    is_member,
    nearest_settings,
    settings_in_manifest,
)
from locksync.tools.uv_pip_compile.setting_names import OPTIONS
from locksync.tools.uv_pip_compile.sources import Place, lower

WORKSPACE = "(workspace)"
"""How annotations name the settings."""


class Settings(NamedTuple):
    """What uv's settings say to one command."""

    words: tuple[str, ...]
    """Options, as words that stand before those of the command."""
    wanted: Wanted


def read_settings(export: Export, sources: Iterable[str], tree: Tree) -> Settings:
    """The settings for an export of some source files. Raises FindingError."""
    read = cache(tree.read)
    root = _workspace_root(export.directory, read)
    file, uv = nearest_settings(export.directory if root is None else root, read)
    words: tuple[str, ...] = ()
    settled = Settled()
    if file and "--no-config" not in export.arguments:
        with blaming(file):
            values = uv.table("pip").values
            words = (*_formats(uv), *(word for some in as_words(values, OPTIONS) for word in some))
            settled = _settled(uv, file)
            if not (words or any(settled[:3]) or tree.is_tracked(file)):
                settled = Settled()  # Somebody's own: no commit is meant to have it.
    for source in sources:
        if source.endswith(".py") and paths.name(source) != "setup.py":
            settled = _of_script(paths.join(export.directory, source), read) or settled
    shared = None if root is None else settings_in_manifest(root, read)
    own_sources = shared.table("sources").values if shared else {}
    place = Place(export.directory, root or "", own_sources, tree)
    wanted = Wanted(builds_poetry=True, settled=settled, lower=partial(lower, place))
    return Settings(words, wanted)


def _formats(uv: Table) -> Iterator[str]:
    """The options that say which packages are only built, or never."""
    for option, name in (("no-binary", "no-binary"), ("only-binary", "no-build")):
        if uv.boolean(name, default=False):
            yield f"--{option}=:all:"
        yield from (f"--{option}={package}" for package in uv.strings(f"{name}-package"))


def _settled(uv: Table, file: str) -> Settled:
    def stated(key: str) -> Iterator[Input]:
        for text in uv.strings(key):
            yield as_input(text, file)._replace(source=WORKSPACE)

    excluded = (item for item in uv.items("exclude-dependencies") if isinstance(item, str))
    return Settled(
        tuple(stated("constraint-dependencies")),
        tuple(stated("override-dependencies")),
        frozenset(as_input(name, file).requirement.name for name in excluded),
        (file,),
    )


def _of_script(file: str, read: Read) -> Settled | None:
    from locksync.tools.compiled.projects.script import read_script

    content = read(file)
    if content is None:
        return None
    try:
        with blaming(file):
            return _settled(read_script(content, file).table("tool").table("uv"), file)
    except UnprovableError:
        return None  # Told where its requirements are read.


def _workspace_root(directory: str, read: Read) -> str | None:
    """The directory of the workspace that a directory belongs to, if it belongs to one."""
    for above in paths.upwards(directory):
        uv = settings_in_manifest(above, read)
        if uv and "workspace" in uv:
            with blaming(paths.join(above, MANIFEST)):
                settings = uv.table("workspace")
                globs = (settings.strings("members"), settings.strings("exclude"))
            within = paths.upwards(paths.relative(directory, above))
            if above == directory or any(is_member(place, *globs) for place in within):
                return above
    return None
