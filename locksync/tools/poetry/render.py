"""The text that `poetry export` writes for the packages of an export.

Follows poetry-plugin-export 1.10.1, src/poetry_plugin_export/exporter.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from locksync.tools.poetry.lock import DIRECT_TYPES, LockedPackage
from locksync.tools.poetry.manifest import Source

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

HASH_ALGORITHMS = ("sha256", "sha384", "sha512")
NUMBER = "(0|[1-9][0-9]*)"
PLAIN_VERSION = re.compile(
    rf"{NUMBER}(\.{NUMBER})*((a|b|rc){NUMBER})?(\.post{NUMBER})?(\.dev{NUMBER})?"
)
"""Versions in the normal form of PEP 440."""
LONGEST_VERSION = 500
PLAIN_URL = re.compile(r"https://[a-z0-9.-]+/[\w.-]+/[\w.-]+")


class ExportedPackage(NamedTuple):
    """A locked package as an export lists it."""

    package: LockedPackage
    marker: str
    """The text of its marker, "" if it always holds."""
    extras: frozenset[NormalizedName] = frozenset()
    """The extras of the package that the export needs."""


class Form(NamedTuple):
    """How an export lists packages."""

    constraints: bool
    """Whether as constraints, which have neither extras nor packages in develop mode."""
    hashes: bool
    urls: bool
    absolute: Callable[[str], str]
    """Gives the absolute path, without links, of a path in the lock file."""


def render(packages: Iterable[ExportedPackage], form: Form, sources: Sequence[Source]) -> str:
    """The whole output. Raises ValueError for invalid versions."""
    lines = set()
    indexes = set()
    for exported in packages:
        package = exported.package
        if package.develop and form.constraints:
            continue
        lines.add(_requirement(exported, form))
        if package.source.url and package.source.type not in DIRECT_TYPES:
            indexes.add(package.source.url.rstrip("/"))
    text = "\n".join(sorted(lines)) + "\n"
    if indexes and form.urls:
        return "".join(_index_lines(indexes, sources)) + "\n" + text
    return text


def _requirement(exported: ExportedPackage, form: Form) -> str:
    line = _reference(exported, form)
    if exported.marker:
        line += f" ; {exported.marker}"
    if form.hashes:
        for digest in sorted(exported.package.hashes):
            if digest.startswith(tuple(f"{name}:" for name in HASH_ALGORITHMS)):
                line += f" \\\n    --hash={digest}"
    return line


def _reference(exported: ExportedPackage, form: Form) -> str:
    package, source = exported.package, exported.package.source
    name: str = package.name
    full_name = name
    if exported.extras:
        full_name = f"{name}[{','.join(sorted(exported.extras))}]"
    if not form.constraints:
        name = full_name
    if source.type in ("directory", "file"):
        from pathlib import PurePath

        uri = PurePath(form.absolute(source.url)).as_uri()
        return f"-e {uri}" if package.develop else f"{name} @ {uri}"
    if source.type == "url":
        subdirectory = f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
        return f"{full_name} @ {source.url}{subdirectory}"
    if source.type == "git":
        return _git_reference(exported, full_name)
    return f"{name}=={_version(package.version)}"


def _version(text: str) -> str:
    """A version as poetry writes it."""
    if len(text) < LONGEST_VERSION and PLAIN_VERSION.fullmatch(text):
        return text
    from poetry.core.constraints.version import Version

    return str(Version.parse(text))


def _git_reference(exported: ExportedPackage, full_name: str) -> str:
    source = exported.package.source
    if PLAIN_URL.fullmatch(source.url) and source.resolved_reference and not source.subdirectory:
        # poetry-core would write the same, but loads its knowledge of git for it.
        return f"{full_name} @ git+{source.url}@{source.resolved_reference}"
    from poetry.core.packages.vcs_dependency import VCSDependency

    return VCSDependency(
        exported.package.name,
        "git",
        source.url,
        rev=source.reference,
        resolved_rev=source.resolved_reference,
        directory=source.subdirectory,
        extras=exported.extras,
    ).base_pep_508_name_resolved


def _index_lines(urls: Collection[str], sources: Sequence[Source]) -> Iterator[str]:
    # The default index comes first, unless a source of primary priority replaces it. A source named
    # PyPI is the default index itself, in a place of the project's choice.
    default = any(source.name.lower() == "pypi" for source in sources) or not any(
        source.priority == "primary" for source in sources
    )
    for position, source in enumerate(sources):
        if source.name.lower() == "pypi" or source.url not in urls:
            continue
        from urllib.parse import urlsplit

        parts = urlsplit(source.url)
        if parts.scheme == "http":
            yield f"--trusted-host {parts.netloc}\n"
        option = "--extra-index-url" if default or position else "--index-url"
        yield f"{option} {source.url}\n"
