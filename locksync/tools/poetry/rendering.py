"""The text of `poetry export`, for lock files of version 2.1.

Follows poetry-plugin-export 1.10.1 (src/poetry_plugin_export/exporter.py, walker.py) with
poetry 2.5.1, whose markers are computed by the same poetry-core as here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from packaging.utils import NormalizedName
from poetry.core.constraints.version import Version, parse_marker_version_constraint
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.version.markers import BaseMarker, EmptyMarker, parse_marker

from locksync.documents import shown
from locksync.tools.poetry.lock import DIRECT_TYPES, LockedPackage
from locksync.tools.poetry.manifest import Source

HASH_ALGORITHMS = ("sha256", "sha384", "sha512")
ANY_PYTHON = "~2.7 || >=3.4"
"""What poetry takes "*" to mean for a project."""


class Selection(NamedTuple):
    """Which packages an export lists, and how."""

    groups: frozenset[NormalizedName]
    extras: frozenset[NormalizedName]
    python: str
    editable: bool
    """Whether packages in develop mode are listed: constraints files cannot hold them."""
    hashes: bool
    urls: bool
    root: str
    """The absolute path of the project, which local packages are written with."""


def render(
    packages: Iterable[LockedPackage], selection: Selection, sources: Sequence[Source]
) -> str:
    """The whole output. Raises ValueError for versions and markers that are none."""
    lines = set()
    indexes = set()
    for package, marker in _selected(packages, selection):
        if package.develop and not selection.editable:
            continue
        lines.add(_requirement(package, marker, selection))
        if package.source.url and package.source.type not in DIRECT_TYPES:
            indexes.add(package.source.url.rstrip("/"))
    text = "\n".join(sorted(lines)) + "\n"
    if indexes and selection.urls:
        return "".join(_index_lines(indexes, sources)) + "\n" + text
    return text


def _selected(
    packages: Iterable[LockedPackage], selection: Selection
) -> Iterator[tuple[LockedPackage, BaseMarker]]:
    project = _python_marker(ANY_PYTHON if selection.python == "*" else selection.python)
    for package in packages:
        if package.groups.isdisjoint(selection.groups):
            continue
        marker = _group_marker(package, selection.groups).apply({"extra": selection.extras})
        if not marker.is_empty():
            yield package, _intersect_python(project.intersect(marker), package.python)


def _group_marker(package: LockedPackage, groups: Collection[NormalizedName]) -> BaseMarker:
    marker: BaseMarker = EmptyMarker()
    for group in sorted(groups & package.markers.keys(), key=lambda name: (name != "main", name)):
        marker = marker.union(_parse_marker(package.markers[group]))
    return marker


@cache
def _parse_marker(text: str) -> BaseMarker:
    # poetry-core lets the errors of the parser that it brings along through.
    from lark import UnexpectedInput  # type: ignore[import-not-found]

    try:
        return parse_marker(text)
    except UnexpectedInput as error:
        raise ValueError(f"{shown(text)} is not a marker") from error


def _intersect_python(marker: BaseMarker, versions: str) -> BaseMarker:
    # An intersection can write the same marker differently, so poetry's steps are followed:
    # it takes none with a package for any Python.
    python = _python_marker(versions)
    return marker if python.is_any() else marker.intersect(python)


@cache
def _python_marker(versions: str) -> BaseMarker:
    constraint = parse_marker_version_constraint(versions)
    if constraint.is_empty():
        raise ValueError(f"no Python version is in {versions!r}")
    return parse_marker(create_nested_marker("python_version", constraint))


def _requirement(package: LockedPackage, marker: BaseMarker, selection: Selection) -> str:
    line = _reference(package, selection.root)
    text = _marker_text(marker)
    if text:
        line += f" ; {text}"
    if selection.hashes:
        for digest in sorted(package.hashes):
            if digest.startswith(tuple(f"{name}:" for name in HASH_ALGORITHMS)):
                line += f" \\\n    --hash={digest}"
    return line


def _marker_text(marker: BaseMarker) -> str:
    marker = marker.without_extras()
    return "" if marker.is_any() or marker.is_empty() else str(marker)


def _reference(package: LockedPackage, root: str) -> str:
    from pathlib import PurePath

    name, source = package.name, package.source
    if source.type in ("directory", "file"):
        path = posixpath.normpath(posixpath.join(root, source.url))
        uri = PurePath(path).as_uri()
        return f"-e {uri}" if package.develop else f"{name} @ {uri}"
    if source.type == "url":
        return _with_subdirectory(f"{name} @ {source.url}", source.subdirectory)
    if source.type == "git":
        return _git_reference(package)
    return f"{name}=={Version.parse(package.version)}"


def _git_reference(package: LockedPackage) -> str:
    from poetry.core.packages.vcs_dependency import VCSDependency

    source = package.source
    return VCSDependency(
        package.name,
        "git",
        source.url,
        rev=source.reference,
        resolved_rev=source.resolved_reference,
        directory=source.subdirectory,
    ).base_pep_508_name_resolved


def _with_subdirectory(reference: str, subdirectory: str | None) -> str:
    return f"{reference}#subdirectory={subdirectory}" if subdirectory else reference


def _index_lines(urls: Collection[str], sources: Sequence[Source]) -> Iterator[str]:
    # The default index is searched first unless a source of primary priority replaces it; a
    # source named PyPI is the default index itself, given a place among the others.
    default = any(source.name.lower() == "pypi" for source in sources) or not any(
        source.priority == "primary" for source in sources
    )
    for position, source in enumerate(sources):
        if source.name.lower() == "pypi" or source.url not in urls:
            continue
        parts = urlsplit(source.url)
        if parts.scheme == "http":
            yield f"--trusted-host {parts.netloc}\n"
        option = "--extra-index-url" if default or position else "--index-url"
        yield f"{option} {source.url}\n"
