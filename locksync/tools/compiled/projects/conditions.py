"""Extras of setuptools that stand for a marker: `:python_version < "3"`, `dev:os_name == "nt"`."""

from __future__ import annotations

from locksync.tools.compiled.manifest import Input, Metadata, as_input


def with_conditions(metadata: Metadata) -> Metadata:
    """The metadata with such extras turned into markers."""
    if not any(":" in extra for extra in metadata.extras):
        return metadata
    requirements = list(metadata.requirements)
    extras: dict[str, list[Input]] = {}
    for key, items in metadata.extras.items():
        extra, _, condition = key.partition(":")
        into = extras.setdefault(extra, []) if extra else requirements
        into.extend(_where(condition, item) for item in items)
    return Metadata(
        metadata.name, tuple(requirements), {extra: tuple(found) for extra, found in extras.items()}
    )


def _where(condition: str, item: Input) -> Input:
    if not condition:
        return item
    text, separator, marker = item.text.partition(";")
    both = f"({condition}) and ({marker})" if separator else condition
    return as_input(f"{text.strip()} ; {both}", item.file, item.line)
