"""Validation against the schemas of poetry-core, without compiling them.

poetry-core compiles its schemas into functions, which takes several times as long as the rest of a
check. This module interprets them. It knows only a part of JSON Schema and gives no reasons:
where it is unsure, or finds a value invalid, poetry-core has to be asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

Schema = Mapping[str, Any]
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
# As of fastjsonschema 2.21, FORMAT_REGEXS in fastjsonschema/draft04.py.
FORMATS = {
    "email": re.compile(r"^(?!.*\.\..*@)[^@.][^@]*(?<!\.)@[^@]+\.[^@]+\Z"),
    "uri": re.compile(r"^\w+:(\/?\/?)[^\s]+\Z"),
}
LONGEST_CHECKED = 2**12
"""The longest text that is checked, in characters. For longer ones the patterns take too long."""
ANNOTATIONS = frozenset(
    ("$schema", "name", "title", "description", "examples", "default", "definitions")
)


class TooLongError(ValueError):
    """A text is too long for the patterns, ours and those of poetry-core."""


class UnsureError(Exception):
    """A schema uses a keyword, type or format that is unknown here."""


@cache
def read_schema(name: str) -> Schema:
    """A schema of poetry-core, by its name."""
    # Only the place of poetry-core is needed, so it is not imported.
    core = find_spec("poetry.core")
    assert core is not None
    assert core.submodule_search_locations
    path = f"{core.submodule_search_locations[0]}/json/schemas/{name}.json"
    schema: Schema = json.loads(core.loader.get_data(path))  # type: ignore[union-attr]
    return schema


def is_valid(value: object, name: str) -> bool:
    """Whether a schema accepts a value. Raises UnsureError."""
    schema = read_schema(name)
    return _is_valid(value, schema, schema)


def _is_valid(value: object, schema: Schema | bool, root: Schema) -> bool:
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        # Keywords beside a reference do not count.
        return _is_valid(value, _referenced(schema["$ref"], root), root)
    for keyword, argument in schema.items():
        if keyword in ANNOTATIONS:
            continue
        check = CHECKS.get(keyword)
        if check is None:
            raise UnsureError(keyword)
        if not check(value, argument, schema, root):
            return False
    return True


def _type(value: object, name: Any, schema: Schema, root: Schema) -> bool:
    if name not in TYPES:
        raise UnsureError(str(name))
    return isinstance(value, TYPES[name])


def _referenced(path: str, root: Schema) -> Schema:
    found = root
    for part in path.removeprefix("#/").split("/"):
        found = found[part]
    return found


def _properties(value: object, known: Mapping[str, Schema], schema: Schema, root: Schema) -> bool:
    return not isinstance(value, dict) or all(
        _is_valid(value[key], known[key], root) for key in known if key in value
    )


def _pattern_properties(
    value: object, patterns: Mapping[str, Schema], schema: Schema, root: Schema
) -> bool:
    return not isinstance(value, dict) or all(
        _is_valid(value[key], wanted, root)
        for pattern, wanted in patterns.items()
        for key in value
        if _compiled(pattern).search(_short(key))
    )


def _additional_properties(value: object, wanted: Any, schema: Schema, root: Schema) -> bool:
    if not isinstance(value, dict) or wanted is True:
        return True
    patterns = schema.get("patternProperties", {})
    others = [
        key
        for key in value
        if key not in schema.get("properties", {})
        and not any(_compiled(pattern).search(_short(key)) for pattern in patterns)
    ]
    if wanted is False:
        return not others
    return all(_is_valid(value[key], wanted, root) for key in others)


def _items(value: object, wanted: Any, schema: Schema, root: Schema) -> bool:
    if not isinstance(wanted, dict):
        raise UnsureError("items")
    return not isinstance(value, list) or all(_is_valid(item, wanted, root) for item in value)


def _pattern(value: object, pattern: str, schema: Schema, root: Schema) -> bool:
    return not isinstance(value, str) or _compiled(pattern).search(_short(value)) is not None


def _format(value: object, name: str, schema: Schema, root: Schema) -> bool:
    if name not in FORMATS:
        raise UnsureError(name)
    return not isinstance(value, str) or FORMATS[name].match(_short(value)) is not None


def refuse_long(value: object) -> None:
    """Raise TooLongError for a text, at any depth, for which patterns would take long."""
    waiting = [value]
    for found in waiting:  # The loop appends more.
        if isinstance(found, dict):
            waiting += (*found, *found.values())
        elif isinstance(found, list):
            waiting += found
        elif isinstance(found, str):
            _short(found)


def _short(text: str) -> str:
    if len(text) > LONGEST_CHECKED:
        raise TooLongError(f"it holds a text of more than {LONGEST_CHECKED} characters")
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # As in fastjsonschema, "$" matches at the very end only, not before a last line break.
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern))


CHECKS: Mapping[str, Callable[[object, Any, Schema, Schema], bool]] = {
    "additionalProperties": _additional_properties,
    "anyOf": lambda value, schemas, _, root: any(_is_valid(value, one, root) for one in schemas),
    "const": lambda value, wanted, *_: value == wanted,
    "enum": lambda value, wanted, *_: value in wanted,
    "format": _format,
    "items": _items,
    "minItems": lambda value, least, *_: not isinstance(value, list) or len(value) >= least,
    "not": lambda value, schema, _, root: not _is_valid(value, schema, root),
    "oneOf": lambda value, schemas, _, root: (
        sum(_is_valid(value, one, root) for one in schemas) == 1
    ),
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "properties": _properties,
    "propertyNames": lambda value, schema, _, root: (
        not isinstance(value, dict) or all(_is_valid(key, schema, root) for key in value)
    ),
    "required": lambda value, keys, *_: (
        not isinstance(value, dict) or all(key in value for key in keys)
    ),
    "type": _type,
}
