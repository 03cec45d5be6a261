"""The files that setuptools takes the requirements of a project from."""

from __future__ import annotations

from collections.abc import Iterable

from locksync.documents import Table
from locksync.repository import paths
from locksync.requirements.parsing import decode, read_options
from locksync.tools.compiled.manifest import Input, Look, Metadata, UnprovableError, as_input
from locksync.tools.compiled.projects.errors import unlisted


def read_listed(look: Look, directory: str, names: Iterable[str]) -> tuple[Input, ...]:
    """The requirements in files that a project names. Raises UnprovableError."""
    found: list[Input] = []
    for name in names:
        try:
            path = paths.join(directory, name.strip())
        except ValueError as error:
            raise UnprovableError(str(error)) from error
        content = look(path)
        if content is None:
            raise UnprovableError(f"there is no {path}")
        # setuptools knows neither options nor continued lines.
        for number, line in enumerate(decode(content).split("\n"), 1):
            text = line.partition(" #")[0].strip()
            if read_options(text):
                raise UnprovableError(f"{path}:{number} is no requirement")
            if text and not text.startswith("#"):
                found.append(as_input(text, path, number))
    return tuple(found)


def fill_in(
    metadata: Metadata, document: Table, parts: Iterable[str], look: Look, file: str
) -> Metadata | None:
    """The metadata with the dynamic parts that `[tool.setuptools.dynamic]` tells; None: none."""
    settings = document.table("tool").table("setuptools").table("dynamic")
    directory = paths.parent(file)
    if not settings.values.keys() & set(parts):
        return None
    if "dependencies" in parts:
        listed = _files(settings, "dependencies", file)
        metadata = metadata._replace(requirements=read_listed(look, directory, listed))
    if "optional-dependencies" in parts:
        extras = settings.table("optional-dependencies")
        filled = {
            extra: read_listed(look, directory, _files(extras, extra, file))
            for extra in extras.values
        }
        metadata = metadata._replace(extras=filled)
    return metadata


def _files(settings: Table, key: str, file: str) -> tuple[str, ...]:
    if key not in settings:
        return ()
    table = settings.table(key)
    if "file" not in table:
        raise unlisted(file)
    return (
        (table.string("file"),) if isinstance(table.values["file"], str) else table.strings("file")
    )
