"""The requirements of a project, read from its pyproject.toml, setup.cfg or setup.py.

These files are read as data. locksync never runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from locksync.documents import MalformedError, Table, blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import decode
from locksync.tools.compiled.manifest import Input, UnprovableError, Wanted, as_input

if TYPE_CHECKING:
    import ast


def read_pyproject(content: bytes, file: str, wanted: Wanted) -> Iterator[Input]:
    """The requirements of `[project]`, with those of the wanted extras."""
    with blaming(file):
        yield from _read_project(parse_toml(content, file).table("project"), content, file, wanted)


def _read_project(project: Table, content: bytes, file: str, wanted: Wanted) -> Iterator[Input]:
    dynamic = {"dependencies", "optional-dependencies"} & set(project.strings("dynamic"))
    if "name" not in project or dynamic:
        raise _unlisted(file)
    lines = decode(content).split("\n")
    own_name = canonicalize_name(project.string("name"))
    extras = project.table("optional-dependencies")
    names = _selected_extras(extras.values, wanted, file)
    texts = list(project.strings("dependencies"))
    texts.extend(text for name in names for text in extras.strings(name))
    for text in texts:  # It grows as the project asks for its own extras.
        line = next((number for number, found in enumerate(lines, 1) if text in found), None)
        item = as_input(text, file, line)
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


def read_group(document: Table, file: str, group: str) -> Iterator[Input]:
    """The requirements of a dependency group, as PEP 735 defines it."""
    groups = document.table("dependency-groups")
    names = {canonicalize_name(name): name for name in groups.values}
    waiting = [canonicalize_name(group)]
    for wanted in waiting:
        if wanted not in names:
            message = f"{file} has no dependency group {wanted}"
            raise FindingError(Finding(Code.REFUSED, message, file))
        for item in groups.items(names[wanted]):
            if isinstance(item, str):
                yield as_input(item, file)
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
    required = parser.get("options", "install_requires", fallback="")
    if not parser.has_section("options") or "file:" in required:
        raise _unlisted(file)
    extras: dict[str, str] = {}
    if parser.has_section("options.extras_require"):
        extras = dict(parser.items("options.extras_require"))
    chosen = (extras[extra] for extra in _selected_extras(extras, wanted, file))
    for value in (required, *chosen):
        for line in value.splitlines():
            if text := line.partition(" #")[0].strip():
                yield as_input(text, file)


def _read_setup_py(content: bytes, file: str, wanted: Wanted) -> Iterator[Input]:
    import ast

    given = _setup_arguments(content, file)
    try:
        required = ast.literal_eval(given.get("install_requires", "[]"))
        extras = ast.literal_eval(given.get("extras_require", "{}"))
        if any(":" in extra for extra in extras):
            raise UnprovableError(f"extras of {file} have conditions")
        texts = list(required)
        for extra in _selected_extras(extras, wanted, file):
            texts.extend(extras[extra])
        for text in texts:
            line = given["install_requires"].lineno if text in required else None
            yield as_input(text, file, line)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        if isinstance(error, MalformedError):
            raise
        raise UnprovableError(f"the requirements of {file} are not literals") from error


def _setup_arguments(content: bytes, file: str) -> Mapping[str, ast.expr]:
    """The keyword arguments of the one call of `setup`."""
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
        raise _unlisted(file)
    return {keyword.arg: keyword.value for keyword in calls[0].keywords if keyword.arg}


def _unlisted(file: str) -> UnprovableError:
    return UnprovableError(f"{file} does not list its requirements")


PROJECT_READERS: Mapping[str, Callable[[bytes, str, Wanted], Iterator[Input]]] = {
    "pyproject.toml": read_pyproject,
    "setup.cfg": _read_setup_cfg,
    "setup.py": _read_setup_py,
}
