"""The requirements that poetry-core gives a project that lists them for Poetry alone."""

from __future__ import annotations

from typing import cast

from locksync.documents import Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.compiled.manifest import Metadata, UnprovableError, as_input


def read_poetry(document: Table, file: str) -> Metadata:
    """What `[tool.poetry]` asks for, in the notation of PEP 508. Raises UnprovableError."""
    from poetry.core.factory import Factory

    settings = document.table("tool").table("poetry")
    constraints = dict(settings.table("dependencies").values)
    constraints.pop("python", None)
    extras = settings.table("extras")
    in_extras = {
        canonicalize_name(name) for extra in extras.values for name in extras.strings(extra)
    }
    found: dict[str, list[str]] = {}
    try:
        for name, given in constraints.items():
            for constraint in given if isinstance(given, list) else [given]:
                if isinstance(constraint, dict) and "path" in constraint:
                    raise ValueError("where it lies depends on the machine")
                dependency = Factory.create_dependency(name, cast("str", constraint))
                found.setdefault(canonicalize_name(name), []).append(dependency.to_pep_508())
    except Exception as error:  # poetry-core raises what it likes for values of the wrong type.
        raise UnprovableError(f"{file} does not list its requirements") from error
    items = {name: tuple(as_input(text, file) for text in texts) for name, texts in found.items()}
    name = document.table("project").string("name", settings.string("name", ""))
    return Metadata(
        canonicalize_name(name),
        tuple(item for name in items if name not in in_extras for item in items[name]),
        {
            extra: tuple(
                item
                for name in extras.strings(extra)
                for item in items.get(canonicalize_name(name), ())
            )
            for extra in extras.values
        },
    )
