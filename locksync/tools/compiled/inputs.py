"""The input files of a compilation, with all that they include, read into requirements."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from locksync.documents import MalformedError, Table, blaming, parse_toml, refuse_conflict
from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import (
    Requirement,
    decode,
    logical_lines,
    parse_requirement,
    read_option,
)
from locksync.tools.compiled.options import OPTIONS_OF_OUTPUT

DEEPEST = 100
"""How deep inputs may include one another."""
VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
"""As pip expands them, and what is compiled holds their values."""


class UnprovableError(Exception):
    """Something that an input says cannot be told without running code; the message says what."""


class Input(NamedTuple):
    """One requirement of an input file."""

    requirement: Requirement
    file: str
    line: int | None
    text: str


class Inputs(NamedTuple):
    """All that the input files of one compilation ask for."""

    requirements: tuple[Input, ...]
    constraints: tuple[Input, ...]
    options: tuple[str, ...]
    """Option lines that are to appear in the output."""
    files: tuple[str, ...]
    constraint_files: tuple[str, ...]


class Wanted(NamedTuple):
    """What of a project file is wanted."""

    extras: frozenset[str] = frozenset()
    all_extras: bool = False
    expands_itself: bool = False
    """Whether a project that asks for extras of itself asks for what is in them."""
    groups: tuple[tuple[str, str], ...] = ()
    """Dependency groups, with the project file that holds them."""


class _Reader:
    """Input files read one after the other, each but once."""

    def __init__(self, tree: Tree, wanted: Wanted) -> None:
        self.tree = tree
        self.wanted = wanted
        self.requirements: list[Input] = []
        self.constraints: list[Input] = []
        self.options: list[str] = []
        self.files: list[str] = []
        self.constraint_files: list[str] = []
        self._depth = 0

    def read(self, file: str, *, constraint: bool = False) -> None:
        """Read a file and what it includes. Raises FindingError and UnprovableError."""
        seen = self.constraint_files if constraint else self.files
        if file in seen:
            return
        content = self.tree.read(file)
        if content is None:
            raise FindingError(Finding(Code.REFUSED, f"there is no {file}", file))
        refuse_conflict(content, file)
        seen.append(file)
        name = paths.name(file)
        if name == "pyproject.toml":
            with blaming(file):
                self.requirements.extend(read_pyproject(content, file, self.wanted))
        elif name == "setup.cfg":
            self.requirements.extend(_read_setup_cfg(content, file, self.wanted))
        elif name == "setup.py":
            self.requirements.extend(_read_setup_py(content, file, self.wanted))
        else:
            self._read_requirements(content, file, constraint=constraint)

    def _read_requirements(self, content: bytes, file: str, *, constraint: bool) -> None:
        into = self.constraints if constraint else self.requirements
        for number, line in logical_lines(decode(content)):
            if option := read_option(line):
                self._read_option(*option, file, number, constraint=constraint)
            elif VARIABLE.search(line):
                raise UnprovableError(f"{file}:{number} depends on the environment")
            else:
                into.append(Input(parse_requirement(line), file, number, line))

    def _read_option(
        self, name: str, value: str, file: str, number: int, *, constraint: bool
    ) -> None:
        if name in ("--requirement", "--constraint"):
            if "://" in value:
                raise UnprovableError(f"{file}:{number} includes {value}")
            try:
                included = paths.join(paths.parent(file), value)
            except ValueError as error:
                message = f"{file}:{number}: {error}"
                raise FindingError(Finding(Code.OUTSIDE, message, file, number)) from error
            if self._depth == DEEPEST:
                raise UnprovableError("its inputs include one another too deeply")
            self._depth += 1
            self.read(included, constraint=constraint or name == "--constraint")
            self._depth -= 1
        elif name == "--editable":
            if VARIABLE.search(value):
                raise UnprovableError(f"{file}:{number} depends on the environment")
            editable = parse_requirement(value)._replace(options=frozenset([name]))
            into = self.constraints if constraint else self.requirements
            into.append(Input(editable, file, number, f"-e {value}"))
        elif name in OPTIONS_OF_OUTPUT:
            self.options.append(f"{name} {value}")


def read_inputs(
    tree: Tree, sources: Iterable[str], constraints: Iterable[str], wanted: Wanted
) -> Inputs:
    """Read the source files and constraints files of a compilation.

    Raises FindingError for what is missing, malformed or outside the repository, UnprovableError
    for what only running code could tell.
    """
    reader = _Reader(tree, wanted)
    for source in sources:
        reader.read(source)
    for file, group in wanted.groups:
        content = tree.read(file)
        if content is None:
            raise FindingError(Finding(Code.REFUSED, f"there is no {file}", file))
        with blaming(file):
            reader.requirements.extend(_read_group(parse_toml(content, file), file, group))
        reader.files.append(file)
    for constraint in constraints:
        reader.read(constraint, constraint=True)
    return Inputs(
        tuple(reader.requirements),
        tuple(reader.constraints),
        tuple(dict.fromkeys(reader.options)),
        tuple(reader.files),
        tuple(reader.constraint_files),
    )


def included_by(tree: Tree, file: str) -> Iterator[str]:
    """The files that an input file itself includes, as far as they are there."""
    for _, line in logical_lines(decode(tree.read(file) or b"")):
        option = read_option(line)
        if option and option[0] in ("--requirement", "--constraint"):
            included = posixpath.normpath(posixpath.join(paths.parent(file), option[1]))
            if included in tree.files():
                yield included


def _input(text: str, file: str, line: int | None = None) -> Input:
    return Input(parse_requirement(text), file, line, text)


def read_pyproject(content: bytes, file: str, wanted: Wanted) -> Iterator[Input]:
    """The requirements of `[project]`, with those of the wanted extras."""
    project = parse_toml(content, file).table("project")
    dynamic = {"dependencies", "optional-dependencies"} & set(project.strings("dynamic"))
    if "name" not in project or dynamic:
        raise UnprovableError(f"the requirements of {file} are not written in it")
    lines = decode(content).split("\n")
    own_name = canonicalize_name(project.string("name"))
    extras = project.table("optional-dependencies")
    names = _selected_extras(extras.values, wanted, file)
    texts = list(project.strings("dependencies"))
    texts.extend(text for name in names for text in extras.strings(name))
    for text in texts:
        line = next((number for number, found in enumerate(lines, 1) if text in found), None)
        item = _input(text, file, line)
        if item.requirement.name != own_name:
            yield item
            continue
        if not wanted.expands_itself:
            raise UnprovableError(f"{file} asks for extras of itself")
        for extra in extras.values:
            if extra not in names and canonicalize_name(extra) in item.requirement.extras:
                names.append(extra)
                texts.extend(extras.strings(extra))


def _selected_extras(extras: Iterable[str], wanted: Wanted, file: str) -> list[str]:
    names = list(extras)
    if wanted.all_extras:
        return names
    normalized = {canonicalize_name(name): name for name in names}
    missing = sorted(extra for extra in wanted.extras if canonicalize_name(extra) not in normalized)
    if missing:
        message = f"{file} has no extra {', '.join(missing)}"
        raise FindingError(Finding(Code.REFUSED, message, file))
    return [normalized[canonicalize_name(extra)] for extra in sorted(wanted.extras)]


def _read_group(document: Table, file: str, group: str) -> Iterator[Input]:
    """The requirements of a dependency group, PEP 735."""
    groups = document.table("dependency-groups")
    names = {canonicalize_name(name): name for name in groups.values}
    waiting = [canonicalize_name(group)]
    for wanted in waiting:
        if wanted not in names:
            message = f"{file} has no dependency group {wanted}"
            raise FindingError(Finding(Code.REFUSED, message, file))
        for item in groups.items(names[wanted]):
            if isinstance(item, str):
                yield _input(item, file)
            elif (included := canonicalize_name(item.string("include-group"))) not in waiting:
                waiting.append(included)


def _read_setup_cfg(content: bytes, file: str, wanted: Wanted) -> Iterator[Input]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(decode(content))
    except configparser.Error as error:
        message = f"{file} is not valid: {str(error).splitlines()[0]}"
        raise FindingError(Finding(Code.MALFORMED, message, file)) from error
    if not parser.has_section("options") or "file:" in parser.get(
        "options", "install_requires", fallback=""
    ):
        raise UnprovableError(f"the requirements of {file} are not written in it")
    extras: dict[str, str] = {}
    if parser.has_section("options.extras_require"):
        extras = dict(parser.items("options.extras_require"))
    values = [parser.get("options", "install_requires", fallback="")]
    values.extend(extras[extra] for extra in _selected_extras(extras, wanted, file))
    for value in values:
        for line in value.splitlines():
            if text := line.partition(" #")[0].strip():
                yield _input(text, file)


def _read_setup_py(content: bytes, file: str, wanted: Wanted) -> Iterator[Input]:
    import ast

    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FindingError(Finding(Code.MALFORMED, f"{file} is not Python", file)) from error
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("setup", "setuptools.setup")
    ]
    if len(calls) != 1 or any(keyword.arg is None for keyword in calls[0].keywords):
        raise UnprovableError(f"the requirements of {file} are not written in it")
    given = {keyword.arg: keyword.value for keyword in calls[0].keywords}
    try:
        required = (
            ast.literal_eval(given["install_requires"]) if "install_requires" in given else []
        )
        extras = ast.literal_eval(given["extras_require"]) if "extras_require" in given else {}
        if any(":" in extra for extra in extras):
            raise UnprovableError(f"extras of {file} have conditions")
        texts = list(required)
        for extra in _selected_extras(extras, wanted, file):
            texts.extend(extras[extra])
        for text in texts:
            yield _input(text, file, given["install_requires"].lineno if text in required else None)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        if isinstance(error, MalformedError):
            raise
        raise UnprovableError(f"the requirements of {file} are not literals") from error
