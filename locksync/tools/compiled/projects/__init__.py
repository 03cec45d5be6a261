"""The requirements of a project, read from its pyproject.toml, setup.cfg or setup.py.

These files are read as data. locksync never runs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from locksync.documents import Table, blaming, parse_toml
from locksync.repository import paths
from locksync.tools.compiled.manifest import Input, Look, Metadata, Wanted
from locksync.tools.compiled.projects.conditions import with_conditions
from locksync.tools.compiled.projects.errors import unlisted
from locksync.tools.compiled.projects.pyproject import (
    backend_of,
    build_requires,
    dynamic_parts,
    static_metadata,
)

PYPROJECT = "pyproject.toml"
NOTHING = Table({})


def read_metadata(look: Look, file: str, wanted: Wanted) -> Metadata:
    """What the project of a pyproject.toml, setup.cfg or setup.py asks for.

    Raises FindingError for a malformed file, and UnprovableError for what only code tells.
    """
    pyproject = paths.join(paths.parent(file), PYPROJECT)
    content = look(pyproject)
    document = parse_toml(content, pyproject) if content is not None else NOTHING
    with blaming(pyproject):
        metadata = _metadata(document, content or b"", pyproject, look, wanted)
        if metadata is None:
            metadata = _of_setuptools(look, file)
        return Metadata(
            metadata.name,
            tuple(lowered(metadata.requirements, document, wanted)),
            {
                extra: tuple(lowered(items, document, wanted))
                for extra, items in metadata.extras.items()
            },
        )


def lowered(items: Iterable[Input], document: Table, wanted: Wanted) -> Iterator[Input]:
    """The requirements, as the settings of their file have them."""
    for item in items:
        if wanted.lower is None:
            yield item
        else:
            yield from wanted.lower(item, document)


def build_requirements(look: Look, file: str) -> list[Input]:
    """What is needed to build a project, as far as its pyproject.toml says."""
    pyproject = paths.join(paths.parent(file), PYPROJECT)
    content = look(pyproject)
    document = parse_toml(content, pyproject) if content is not None else NOTHING
    with blaming(pyproject):
        return build_requires(document, pyproject)


def _metadata(
    document: Table, content: bytes, file: str, look: Look, wanted: Wanted
) -> Metadata | None:
    """What a pyproject.toml tells; None: setuptools reads other files."""
    if "name" in document.table("project"):
        return _of_project(document, content, file, look, wanted)
    backend = backend_of(document)
    if backend == "poetry" and "poetry" in document.table("tool"):
        return _of_poetry(document, file)
    if backend != "setuptools":
        raise unlisted(file)
    return None


def _of_project(document: Table, content: bytes, file: str, look: Look, wanted: Wanted) -> Metadata:
    metadata = static_metadata(document, content, file)
    parts = dynamic_parts(document)
    backend = backend_of(document)
    if backend == "poetry":
        leaves_out = "dependencies" not in document.table("project") and wanted.builds_poetry
        is_poetry = "dependencies" in document.table("tool").table("poetry")
        if (leaves_out and is_poetry) or parts:
            found = _of_poetry(document, file)
            is_listed = "dependencies" in document.table("project")
            return Metadata(
                metadata.name,
                metadata.requirements if is_listed else found.requirements,
                metadata.extras or found.extras,
            )
    if not parts:
        return metadata
    if backend != "setuptools":
        raise unlisted(file)
    from locksync.tools.compiled.projects.dynamic import fill_in

    filled = fill_in(metadata, document, parts, look, file)
    if filled is not None:
        return filled
    other = _of_setuptools(look, file)
    if "dependencies" in parts:
        metadata = metadata._replace(requirements=other.requirements)
    return metadata._replace(extras=other.extras) if "optional-dependencies" in parts else metadata


def _of_poetry(document: Table, file: str) -> Metadata:
    from locksync.tools.compiled.projects.poetry_core import read_poetry

    return read_poetry(document, file)


def _of_setuptools(look: Look, file: str) -> Metadata:
    """What setup.py and setup.cfg list: the call comes first, list by list."""
    directory = paths.parent(file)
    setup_py, setup_cfg = (paths.join(directory, name) for name in ("setup.py", "setup.cfg"))
    told: set[str] = set()
    metadata = listed = None
    if (content := look(setup_py)) is not None:
        from locksync.tools.compiled.projects.setup_py import read_setup_py

        metadata, told = read_setup_py(content, setup_py)
    if len(told) < 2 and (content := look(setup_cfg)) is not None:
        from locksync.tools.compiled.projects.setup_cfg import read_setup_cfg

        listed = read_setup_cfg(content, setup_cfg, look)
    if not told and listed is None:
        raise unlisted(file)
    return with_conditions(_merged(metadata, told, listed))


def _merged(call: Metadata | None, told: set[str], listed: Metadata | None) -> Metadata:
    if call is None or listed is None:
        found = listed or call
        assert found is not None
        return found
    return Metadata(
        call.name or listed.name,
        call.requirements if "install_requires" in told else listed.requirements,
        call.extras if "extras_require" in told else listed.extras,
    )
