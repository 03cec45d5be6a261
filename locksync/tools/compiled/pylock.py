"""A pylock.toml (PEP 751) that was compiled, read like a compiled requirements file.

It says what is pinned, under which marker and with which hashes, but not why: it has no
annotations. As `uv pip compile` of uv 0.13 writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from locksync.documents import Table, blaming, parse_toml
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import Requirement, decode, parse_requirement
from locksync.tools.compiled.lock import CompiledFile, Pin, excluded_names, read_header

PACKAGE = re.compile(r"^\[\[packages\]\]", re.MULTILINE)


def parse_pylock(content: bytes, path: str) -> CompiledFile:
    """Read the content of a pylock.toml. Raises FindingError for one that is malformed."""
    text = decode(content)
    command, python = read_header(text)
    lines = [text.count("\n", 0, match.start()) + 2 for match in PACKAGE.finditer(text)]
    document = parse_toml(content, path)
    with blaming(path):
        packages = [_requirement(package) for package in document.tables("packages")]
    # Whoever writes the tables in another form loses no more than the numbers of lines.
    numbers = lines if len(lines) == len(packages) else [1] * len(packages)
    pins = (Pin(package, line, ()) for package, line in zip(packages, numbers, strict=True))
    return CompiledFile(command, python, (), tuple(pins), frozenset(excluded_names(text)))


def _requirement(package: Table) -> Requirement:
    """What a package would be as a line of a requirements file."""
    url = _url(package)
    version = package.string("version", "")
    editable = "directory" in package and package.table("directory").boolean("editable", False)
    return Requirement(
        name=canonicalize_name(package.string("name")),
        extras=frozenset(),
        specifier=SpecifierSet() if url else _exactly(version),
        url=url,
        marker=parse_requirement(f"a ; {package.string('marker', '')}").marker
        if "marker" in package
        else "",
        hashes=frozenset(_hashes(package)),
        options=frozenset(["--editable"] if editable else []),
    )


def _exactly(version: str) -> SpecifierSet:
    try:
        return SpecifierSet(f"=={version}")
    except InvalidSpecifier:
        return SpecifierSet(f"==={version}" if version else "")


def _url(package: Table) -> str:
    """Where a package comes from, if from no index."""
    if "vcs" in package:
        vcs = package.table("vcs")
        place = vcs.string("url", "") or vcs.string("path", "")
        return f"{vcs.string('type')}+{place}@{vcs.string('commit-id')}{_fragment(vcs)}"
    for kind in ("archive", "directory"):
        if kind in package:
            source = package.table(kind)
            return (source.string("url", "") or source.string("path", "")) + _fragment(source)
    return ""


def _fragment(source: Table) -> str:
    within = source.string("subdirectory", "")
    return f"#subdirectory={within}" if within else ""


def _hashes(package: Table) -> Iterator[str]:
    files = [*package.tables("wheels")] if "wheels" in package else []
    files += [package.table(kind) for kind in ("sdist", "archive") if kind in package]
    for file in files:
        if "hashes" in file:
            hashes = file.table("hashes")
            yield from (f"{name}:{hashes.string(name)}" for name in hashes.values)
