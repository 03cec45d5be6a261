"""Where `[tool.uv.sources]` has the requirements of a project come from.

As of uv 0.13: crates/uv-distribution/src/metadata/lowering.rs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.specifiers import SpecifierSet

from locksync.documents import Table, parse_toml
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.names import canonicalize_name
from locksync.tools.compiled.manifest import Input, UnprovableError
from locksync.tools.shared.uv import MANIFEST


class Place(NamedTuple):
    """Where a command runs."""

    directory: str
    root: str
    """The directory of its workspace."""
    shared: Mapping[str, object]
    """The sources of the workspace, which its members share."""
    tree: Tree


def lower(place: Place, item: Input, document: Table) -> Iterator[Input]:
    """The requirement, from the source that the settings of its project give it."""
    own = document.table("tool").table("uv").table("sources").values
    source = _named(own, item) or _named(place.shared, item)
    if source is None or item.requirement.url:
        yield item
        return
    tables = source if isinstance(source, list) else [source]
    found = [Table(table) for table in tables if isinstance(table, dict)]
    if all("index" in table for table in found):
        yield item
    elif len(found) > 1 or found[0].values.keys() & {"marker", "extra", "group"}:
        raise UnprovableError(f"the source of {item.requirement.name} depends on a marker")
    else:
        yield _from(place, item, found[0])


def _named(sources: Mapping[str, object], item: Input) -> object:
    name = item.requirement.name
    return next((sources[key] for key in sources if canonicalize_name(key) == name), None)


def _from(place: Place, item: Input, source: Table) -> Input:
    url, is_editable = _url(place, item, source)
    requirement = item.requirement._replace(
        url=url,
        specifier=SpecifierSet(),
        options=frozenset(["--editable"] if is_editable else []),
    )
    return item._replace(requirement=requirement)


def _url(place: Place, item: Input, source: Table) -> tuple[str, bool]:
    """The URL or path of a requirement, and whether it is editable."""
    subdirectory = source.string("subdirectory", "")
    fragment = f"#subdirectory={subdirectory}" if subdirectory else ""
    if "git" in source:
        kinds = (kind for kind in ("rev", "tag", "branch") if kind in source)
        revision = "".join(f"@{source.string(kind)}" for kind in kinds)
        return f"git+{source.string('git')}{revision}{fragment}", False
    if "url" in source:
        return f"{source.string('url')}{fragment}", False
    if "path" in source:
        path = _seen_from(place, paths.parent(item.file), source.string("path"))
        return path, source.boolean("editable", default=False)
    member = _member(place, item.requirement.name)
    return _seen_from(place, "", member), source.boolean("editable", default=True)


def _seen_from(place: Place, directory: str, path: str) -> str:
    """A path that a file in a directory names, relative to where the command runs."""
    try:
        return "./" + paths.relative(paths.join(directory, path), place.directory)
    except ValueError:
        return path  # It is absolute, or outside of the repository.


def _member(place: Place, name: str) -> str:
    """The directory of a member of the workspace. Raises UnprovableError."""
    for file in paths.named(place.tree.files(), MANIFEST.__eq__):
        if not paths.is_within(file, place.root):
            continue
        project = parse_toml(place.tree.read(file) or b"", file).table("project")
        if canonicalize_name(project.string("name", "")) == name:
            return paths.parent(file) or "."
    raise UnprovableError(f"no member of the workspace is {name}")
