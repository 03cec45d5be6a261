"""pipenv: Pipfile.lock and Pipfile, exported by `pipenv requirements`.

Follows pipenv 2026.10.3: pipenv/routines/requirements.py, `requirement_from_lockfile` in
pipenv/utils/dependencies.py and `calculate_hash` in pipenv/utils/pipfile.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from locksync.command import command_in, join_words
from locksync.documents import (
    CONTROL_CHARACTER,
    MalformedError,
    SmuggledError,
    Table,
    blaming,
    parse_json,
    parse_toml,
    shown,
)
from locksync.export import Answer, Code, Export, Finding, FindingError
from locksync.paths import join, parent
from locksync.tools.arguments import OptionParser, refuse_unknown
from locksync.tree import Tree

LOCK = "Pipfile.lock"
MANIFEST = "Pipfile"
COMMAND = ("pipenv", "requirements")
DIRECTORIES_ABOVE = 9
"""How far up pipenv looks for a Pipfile: PIPENV_MAX_DEPTH in pipenv/environments.py."""
VCS = ("git", "svn", "hg", "bzr")
# Sections of a Pipfile that are no categories of packages.
NO_CATEGORIES = frozenset(("source", "packages", "dev-packages", "requires", "scripts", "pipfile"))
LOCK_SECTIONS = {"packages": "default", "dev-packages": "develop"}


class Options(NamedTuple):
    """The options of one export, as they were given."""

    dev: bool
    dev_only: bool
    hashes: bool
    markers: bool
    index_urls: bool
    categories: tuple[str, ...]
    from_pipfile: bool
    unsupported: tuple[str, ...]
    """Words whose effect on the output cannot be computed without pipenv."""


class Pipenv:
    """The tool pipenv, as `locksync.tools.Tool` describes one."""

    name = "pipenv"
    command = COMMAND
    hook = "pipenv-requirements"

    def discover(self, names: Collection[str]) -> Sequence[tuple[str, ...]]:
        return [()] if LOCK in names else []

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        read_options(arguments)
        output = stdout or "requirements.txt"
        return Export(
            tool=self.name,
            directory=directory,
            arguments=tuple(arguments),
            output=join(directory, output),
            command=f"{join_words((*COMMAND, *arguments))} > {join_words([output])}",
        )

    def inputs(self, export: Export) -> tuple[str, ...]:
        return (join(export.directory, LOCK), join(export.directory, MANIFEST))

    def answer(self, export: Export, tree: Tree) -> Answer:
        options = read_options(export.arguments)
        refuse_unknown(export, options.unsupported)
        lock_path, manifest_path = self.inputs(export)
        lock = parse_json(tree.read(lock_path) or b"", lock_path)
        pipfile = _read_pipfile(export, tree, manifest_path)
        findings = self._freshness(export, lock, pipfile)
        try:
            with blaming(lock_path):
                names = _package_names(pipfile) if options.from_pipfile else None
                text = render(lock, options, names, lambda path: _is_directory(path, export, tree))
        except FindingError as error:
            return Answer(None, (*findings, error.finding))
        # pipenv itself exports a stale lock file without a word.
        return Answer(text, findings)

    def _freshness(self, export: Export, lock: Table, pipfile: Table | None) -> tuple[Finding, ...]:
        lock_path, manifest_path = self.inputs(export)
        with blaming(lock_path):
            locked = lock.table("_meta").table("hash").values.get("sha256")
        with blaming(manifest_path):
            if pipfile is None or content_hash(pipfile) == locked:
                return ()
        message = f"{lock_path} is out of date with {manifest_path}"
        return (Finding(Code.LOCK_STALE, message, lock_path, None, self.make_lock(export)),)

    def make_lock(self, export: Export) -> str:
        return command_in(export.directory, ("pipenv", "lock"))

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return command_in(export.directory, ("pipenv", "update", *names))


TOOL = Pipenv()


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--dev-only", action="store_true")
    parser.add_argument("--hash", action="store_true")
    parser.add_argument("--exclude-markers", action="store_true")
    parser.add_argument("--exclude-index", action="store_true")
    parser.add_argument("--categories", default="")
    parser.add_argument("--from-pipfile", action="store_true")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for arguments that are none."""
    given, unsupported = _parser().parse_known_args(arguments)
    categories = re.split(r", *| ", given.categories) if given.categories else ()
    return Options(
        dev=given.dev,
        dev_only=given.dev_only,
        hashes=given.hash,
        markers=not given.exclude_markers,
        index_urls=not given.exclude_index,
        categories=tuple(category.strip() for category in categories),
        from_pipfile=given.from_pipfile,
        unsupported=tuple(unsupported),
    )


def _read_pipfile(export: Export, tree: Tree, path: str) -> Table | None:
    content = tree.read(path)
    if content is not None:
        return parse_toml(content.removeprefix(b"\xef\xbb\xbf"), path)
    # Without a Pipfile beside it the lock file can be exported all the same, but pipenv would
    # rather take the next Pipfile above, with its own lock file.
    above = export.directory
    for _ in range(DIRECTORIES_ABOVE):
        if above and tree.read(join(parent(above), MANIFEST)) is not None:
            message = f"there is no {path}, so pipenv exports {join(parent(above), LOCK)} instead"
            raise FindingError(Finding(Code.REFUSED, message, path))
        above = parent(above)
    return None


def _is_directory(path: str, export: Export, tree: Tree) -> bool:
    return tree.is_directory(f"{export.directory}/{path}" if export.directory else path)


def _package_names(pipfile: Table | None) -> dict[str, frozenset[str]]:
    """The names in each category of the Pipfile, spelt as there: pipenv compares them so."""
    if pipfile is None:
        return {}
    categories = [name for name in pipfile.values if name not in NO_CATEGORIES | {"pipenv"}]
    return {
        category: frozenset(pipfile.table(category).values)
        for category in ("packages", "dev-packages", *categories)
    }


def render(
    lock: Table,
    options: Options,
    pipfile_names: Mapping[str, Collection[str]] | None,
    is_directory: Callable[[str], bool],
) -> str:
    """The whole output.

    `pipfile_names` holds the only names to list, by category; None: all of them.
    `is_directory` tells of a path relative to the project. Raises MalformedError and SmuggledError.
    """
    if not lock.values.get("_meta"):
        raise MalformedError("_meta is missing")
    lines = list(_index_lines(lock.table("_meta"))) if options.index_urls else []
    packages: dict[str, object] = {}
    for category in _categories(options):
        section = LOCK_SECTIONS.get(category, category)
        for name, package in _section(lock, section).values.items():
            if pipfile_names is None or name in pipfile_names.get(category, ()):
                packages[name] = package
    for name, package in packages.items():
        line = _requirement(name, package, options, is_directory)
        if CONTROL_CHARACTER.search(line):
            raise SmuggledError(f"{name!r} holds a control character: {shown(line)}")
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _categories(options: Options) -> Iterator[str]:
    if options.categories:
        yield from options.categories
        return
    if options.dev or options.dev_only:
        yield "dev-packages"
    if not options.dev_only:
        yield "packages"


def _section(lock: Table, section: str) -> Table:
    return Table({}) if lock.values.get(section) is None else lock.table(section)


def _index_lines(meta: Table) -> Iterator[str]:
    if "sources" not in meta:
        raise MalformedError("_meta.sources is missing")
    for position, source in enumerate(meta.tables("sources")):
        option = "--extra-index-url" if position else "-i"
        # pip expands only variables in braces.
        url = re.sub(r"\$([A-Za-z_][A-Za-z0-9_]*)", r"${\1}", source.line("url"))
        yield f"{option} {url}"


def _requirement(
    name: str, value: object, options: Options, is_directory: Callable[[str], bool]
) -> str:
    if isinstance(value, str):
        return name if value in ("", "*") else f"{name}=={value}"
    if not isinstance(value, dict):
        raise MalformedError(f"{name} is neither a version nor an object")
    package = Table(value, name)
    if vcs := next((vcs for vcs in VCS if vcs in package), None):
        return _vcs_requirement(name, package, vcs, is_directory)
    markers = _marker(package, "markers", options)
    os_markers = _marker(package, "os_markers", options)
    if kind := next((kind for kind in ("file", "path") if kind in package), None):
        path = package.string(kind)
        editable = package.values.get("editable") and is_directory(path)
        return " ".join(filter(None, ("-e" if editable else "", path, os_markers, markers)))
    version = package.string("version", "")
    hashes = "".join(f" --hash={digest}" for digest in _hashes(package, options))
    return (
        f"{name}{_extras(package)}{'' if version == '*' else version}{os_markers}{markers}{hashes}"
    )


def _marker(package: Table, key: str, options: Options) -> str:
    value = package.values.get(key)
    return f"; {package.string(key)}" if options.markers and value else ""


def _extras(package: Table) -> str:
    return f"[{','.join(package.strings('extras'))}]" if "extras" in package else ""


def _hashes(package: Table, options: Options) -> Sequence[str]:
    if not options.hashes or "hashes" not in package:
        return ()
    # pipenv writes an empty option for an empty list.
    return package.strings("hashes") or ("",)


def _vcs_requirement(
    name: str, package: Table, vcs: str, is_directory: Callable[[str], bool]
) -> str:
    url, reference = _split_reference(package.string(vcs))
    reference = package.string("ref", "") or reference
    subdirectory = package.string("subdirectory", "")
    prefix = "" if f"{vcs}+" in url else f"{vcs}+"
    at = f"@{reference}" if reference and f"@{reference}" not in url else ""
    if is_directory(url) or "file://" in url or package.values.get("editable"):
        egg = "" if "#egg=" in url else f"#egg={name}"
        tail = f"&subdirectory={subdirectory}" if subdirectory else ""
        return f"-e {prefix}{url}{at}{egg}{tail}{_extras(package)}"
    tail = f"#subdirectory={subdirectory}" if subdirectory else ""
    return f"{name}{_extras(package)} @ {prefix}{url}{at}{tail}"


def _split_reference(url: str) -> tuple[str, str]:
    if "@" in urlsplit(url).path:
        url, _, reference = url.rpartition("@")
        return url, reference
    return url, ""


DEFAULT_SOURCE = {"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}
"""What pipenv takes a Pipfile without a [[source]] to say."""


def content_hash(pipfile: Table) -> str:
    """The content hash of a Pipfile, which `pipenv verify` compares with the lock file's.

    It is blind to the spelling of names.
    """
    import json
    from hashlib import sha256

    content: dict[str, object] = {
        "_meta": {
            "sources": pipfile.values.get("source", [DEFAULT_SOURCE]),
            "requires": pipfile.values.get("requires", {}),
        },
        "default": _normalized(pipfile.table("packages")),
        "develop": _normalized(pipfile.table("dev-packages")),
    }
    for category in pipfile.values.keys() - NO_CATEGORIES - {"default", "develop", "pipenv"}:
        content[category] = _normalized(pipfile.table(category))
    try:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    except TypeError as error:
        raise MalformedError(f"pipenv cannot lock the Pipfile: {error}") from error
    return sha256(text.encode()).hexdigest()


def _normalized(section: Table) -> dict[str, object]:
    from packaging.utils import canonicalize_name

    return {canonicalize_name(name): value for name, value in section.values.items()}
