"""What `uv pip compile` takes from `[tool.uv]` of a pyproject.toml, or from a uv.toml.

As of uv 0.13: crates/uv-settings/src/lib.rs and settings.rs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import NamedTuple

from locksync.documents import Table, blaming, parse_toml
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.compiled.manifest import Input, Settled, Wanted, as_input
from locksync.tools.compiled.settings import as_words
from locksync.tools.uv_pip_compile.setting_names import OPTIONS, PYPROJECT, UV_TOML
from locksync.tools.uv_pip_compile.sources import Place, lower

Read = Callable[[str], bytes | None]
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
    file, uv = _nearest(export.directory if root is None else root, read)
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
    shared = None if root is None else _uv_table(root, read)
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
    with blaming(file):
        return _settled(read_script(content, file).table("tool").table("uv"), file)


def _nearest(directory: str, read: Read) -> tuple[str, Table]:
    """The settings file of a directory or the nearest one above, and its settings."""
    for above in paths.upwards(directory):
        file = paths.join(above, UV_TOML)
        if (content := read(file)) is not None:
            return file, parse_toml(content, file)
        uv = _uv_table(above, read)
        if uv is not None:
            return paths.join(above, PYPROJECT), uv
    return "", Table({})


def _workspace_root(directory: str, read: Read) -> str | None:
    """The directory of the workspace that a directory belongs to, if it belongs to one."""
    for above in paths.upwards(directory):
        uv = _uv_table(above, read)
        if uv and "workspace" in uv:
            settings = uv.table("workspace")
            if above == directory or _is_member(paths.relative(directory, above), settings):
                return above
    return None


def _is_member(path: str, workspace: Table) -> bool:
    """Whether a directory is in a member, or is one."""
    included, excluded = workspace.strings("members"), workspace.strings("exclude")
    return any(
        any(paths.matches(above, glob) for glob in included)
        and not any(paths.matches(above, glob) for glob in excluded)
        for above in paths.upwards(path)
    )


def _uv_table(directory: str, read: Read) -> Table | None:
    """`[tool.uv]` of the pyproject.toml in a directory, if there is one."""
    file = paths.join(directory, PYPROJECT)
    content = read(file)
    if content is None or b"tool" not in content or b"uv" not in content:
        return None
    with blaming(file):
        tool = parse_toml(content, file).table("tool")
        return tool.table("uv") if "uv" in tool else None
