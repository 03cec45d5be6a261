"""The requirements of a project in its setup.py, which is read and never run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from typing import Any

from locksync.documents import MalformedError
from locksync.findings import Code, Finding, FindingError
from locksync.requirements.limits import MOST_REQUIREMENTS
from locksync.requirements.names import canonicalize_name
from locksync.tools.compiled.manifest import Input, Metadata, UnprovableError, as_input
from locksync.tools.compiled.projects.errors import unlisted

MOST_BYTES = 2**18
"""How long it may be. The grammar of Python takes a second for four times as much."""


def read_setup_py(content: bytes, file: str) -> tuple[Metadata, set[str]]:
    """What the call of `setup` lists, and which of its lists it has.

    Raises FindingError and UnprovableError.
    """
    if len(content) > MOST_BYTES:
        raise UnprovableError(f"{file} has more than {MOST_BYTES} bytes")
    tree = _parsed(content, file)
    given = _setup_arguments(tree, file)
    values = _Values(tree)
    if "pbr" in given:
        raise unlisted(file)  # A plugin takes the requirements from a file of its own.
    try:
        extras = values.of(given.get("extras_require"))
        metadata = Metadata(
            _name(given.get("name")),
            _items(values.of(given.get("install_requires")), file, given.get("install_requires")),
            {extra: _items(texts, file) for extra, texts in dict(extras).items()},
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        if isinstance(error, MalformedError):
            raise
        raise UnprovableError(f"the requirements of {file} are not literals") from error
    return metadata, given.keys() & {"install_requires", "extras_require"}


class _Values:
    """What expressions stand for that are made of literals, and of names for them."""

    def __init__(self, tree: ast.Module) -> None:
        stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        # A name that is read more than once may be changed in place.
        self._uses = Counter(node.id for node in stored)
        self._named = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def of(self, node: ast.expr | None) -> Any:  # It may be anything; what is wrong raises.
        """The value of an expression; () for none. Raises ValueError."""
        if node is None:
            return ()
        if isinstance(node, ast.Name) and self._uses[node.id] == 2 and node.id in self._named:
            return self.of(self._named[node.id])
        if isinstance(node, ast.List | ast.Tuple):
            return [self.of(item) for item in node.elts]
        if isinstance(node, ast.Dict) and None not in node.keys:
            pairs = zip(node.keys, node.values, strict=True)
            return {str(self.of(key)): self.of(value) for key, value in pairs}
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.of(node.left) + self.of(node.right)
        return ast.literal_eval(node)


def _name(given: ast.expr | None) -> str:
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return canonicalize_name(given.value)
    return ""


def _items(texts: Any, file: str, place: ast.expr | None = None) -> tuple[Input, ...]:
    listed = texts.splitlines() if isinstance(texts, str) else texts
    line = place.lineno if place else None
    if len(listed) > MOST_REQUIREMENTS:
        raise UnprovableError(f"{file} lists more than {MOST_REQUIREMENTS} requirements")
    return tuple(as_input(text.strip(), file, line) for text in listed if text.strip())


def _parsed(content: bytes, file: str) -> ast.Module:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FindingError(Finding(Code.MALFORMED, f"{file} is not Python", file)) from error


def _setup_arguments(tree: ast.Module, file: str) -> Mapping[str, ast.expr]:
    """The keyword arguments of the one call of `setup`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)]
    if len(calls) != 1 or any(keyword.arg is None for keyword in calls[0].keywords):
        raise unlisted(file)
    return {keyword.arg: keyword.value for keyword in calls[0].keywords if keyword.arg}


def _is_setup(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return (
            called.attr == "setup"
            and isinstance(called.value, ast.Name)
            and called.value.id == "setuptools"
        )
    return isinstance(called, ast.Name) and called.id == "setup"
