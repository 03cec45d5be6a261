"""The commands in files with a structure: YAML, TOML, JSON and Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.command_line.shell import UNKNOWN
from locksync.discovery.snippet_commands import subcommands
from locksync.discovery.snippets import UNSET, Snippet, fill_templates, logical_lines
from locksync.discovery.yaml_text import Node, Text, parse_yaml
from locksync.documents import parse_json, parse_toml
from locksync.repository import paths

DIRECTORY_KEYS = (
    *("working-directory", "working_directory", "workingDirectory", "working_dir"),
    *("working-dir", "cwd", "dir"),
)
VARIABLE_KEYS = frozenset(("vars", "env", "variables", "environment"))
PROSE_KEYS = frozenset(("name", "description", "desc", "summary", "help", "title", "id", "label"))


class Hook(NamedTuple):
    """A hook of a pre-commit configuration."""

    repository: str
    id: str
    entry: str | None
    arguments: tuple[str, ...] | None
    line: int


def yaml_snippets(text: str) -> Iterator[Snippet]:
    """The texts of a workflow, a Taskfile or the like, each where its step runs."""
    document = parse_yaml(text)
    variables = dict(_variables(document))
    for snippet in _walk(document, None):
        lines = tuple((number, fill_templates(line, variables)) for number, line in snippet.lines)
        yield snippet._replace(lines=lines, variables=variables)


def toml_snippets(text: str) -> Iterator[Snippet]:
    """The texts of a TOML file, but for our own settings."""
    values = dict(parse_toml(text.encode(), "").values)
    if isinstance(tools := values.get("tool"), dict):
        values["tool"] = {name: tool for name, tool in tools.items() if name != "locksync"}
    yield from _walk(_placed(values, text), None)


def json_snippets(text: str) -> Iterator[Snippet]:
    """The texts of a JSON file."""
    yield from _walk(_placed(dict(parse_json(text.encode(), "").values), text), None)


def _placed(value: object, text: str) -> Node:
    """A value with the line of each of its texts, as far as it stands there verbatim."""
    if isinstance(value, dict):
        return {str(key): _placed(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [_placed(item, text) for item in value]
    if not isinstance(value, str):
        return None
    is_looked_for = subcommands().search(value) is not None
    start = max(text.find(value.partition("\n")[0]), 0) if is_looked_for else 0
    return Text(value, text.count("\n", 0, start) + 1)


def _walk(node: Node, directory: str | None) -> Iterator[Snippet]:
    if isinstance(node, dict):
        here = _directory_of(node, directory)
        for key, value in node.items():
            if key not in PROSE_KEYS:
                yield from _walk(value, here)
    elif isinstance(node, list):
        texts = [item for item in node if isinstance(item, Text)]
        if texts:
            lines = (line for item in texts for line in _lines(item))
            yield Snippet(tuple(lines), directory)
            words = tuple(item.text for item in texts)
            yield Snippet(((texts[0].line, ""),), directory, words)
        for item in node:
            if not isinstance(item, Text):
                yield from _walk(item, directory)
    elif node is not None:
        yield Snippet(tuple(_lines(node)), directory)


def _lines(text: Text) -> Iterator[tuple[int, str]]:
    yield from logical_lines(enumerate(text.text.splitlines(), text.line))


def _directory_of(node: Mapping[str, Node], directory: str | None) -> str | None:
    """Where the steps in a mapping run: as it says, or by its `defaults: run:`."""
    defaults = node.get("defaults")
    run = defaults.get("run") if isinstance(defaults, dict) else None
    for mapping in (node, run if isinstance(run, dict) else {}):
        for key in DIRECTORY_KEYS:
            if isinstance(value := mapping.get(key), Text):
                return value.text
    return directory


def _variables(node: Node) -> Iterator[tuple[str, str]]:
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in VARIABLE_KEYS and isinstance(value, dict):
            yield from ((name, text.text) for name, text in value.items() if isinstance(text, Text))
        yield from _variables(value)
    for item in node if isinstance(node, list) else ():
        yield from _variables(item)


def hooks_of(text: str) -> Iterator[Hook]:
    """The hooks of a pre-commit configuration."""
    document = parse_yaml(text)
    for repository in _items(document, "repos"):
        for hook in _items(repository, "hooks"):
            arguments = hook.get("args")
            words = [item for item in arguments or () if isinstance(item, Text)]
            entry, name = hook.get("entry"), hook.get("id")
            url = repository.get("repo")
            if isinstance(name, Text):
                yield Hook(
                    repository=paths.name(_text(url).rstrip("/").removesuffix(".git")),
                    id=name.text,
                    entry=_text(entry) or None,
                    arguments=tuple(w.text for w in words) if isinstance(arguments, list) else None,
                    line=name.line,
                )


def _items(node: Node, key: str) -> Iterator[dict[str, Node]]:
    found = node.get(key) if isinstance(node, dict) else None
    yield from (item for item in found or () if isinstance(item, dict))


def _text(node: Node) -> str:
    return node.text if isinstance(node, Text) else ""


def python_snippets(text: str) -> Iterator[Snippet]:
    """The texts of a Python file, and the words that a call or a list in it holds."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = {
        node.targets[0].id: node.value.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    prose = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from _words(node.args, names, node.lineno)
        elif isinstance(node, (ast.List, ast.Tuple)):
            yield from _words(node.elts, names, node.lineno)
        elif isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in prose:
            lines = (_value(node, names) or "").splitlines()
            yield Snippet(tuple(logical_lines(enumerate(lines, node.lineno))))


def _words(nodes: Sequence[ast.expr], names: Mapping[str, str], line: int) -> Iterator[Snippet]:
    given = [node for node in nodes if not isinstance(node, ast.Starred)]
    words = [_value(node, names) for node in given]
    if len(words) > 1 and words[0] is not None:
        known = tuple(UNKNOWN if word is None else word.replace(UNSET, UNKNOWN) for word in words)
        yield Snippet(((line, ""),), words=known)


def _value(node: ast.expr, names: Mapping[str, str]) -> str | None:
    """The text that an expression is, with UNSET for what in it is not known."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.FormattedValue):
        return _value(node.value, names)
    if isinstance(node, ast.JoinedStr):
        parts = (_value(part, names) for part in node.values)
        return "".join(UNSET if part is None else part for part in parts)
    return None
