"""The requirements of a project that its pyproject.toml lists."""

from __future__ import annotations

from locksync.documents import Table
from locksync.findings import Code, Finding, FindingError
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import decode
from locksync.tools.compiled.manifest import Input, Metadata, as_input, as_inputs

DEFAULT_BUILD_REQUIRES = ("setuptools",)
"""As PEP 518 has it for a project without `[build-system]`."""


def static_metadata(document: Table, content: bytes, file: str) -> Metadata:
    """What `[project]` lists, whatever is dynamic."""
    project = document.table("project")
    lines = decode(content).split("\n")
    extras = project.table("optional-dependencies")
    return Metadata(
        canonicalize_name(project.string("name")),
        tuple(as_inputs(project.strings("dependencies"), file, lines)),
        {
            extra: tuple(
                item._replace(is_of_extra=True)
                for item in as_inputs(extras.strings(extra), file, lines)
            )
            for extra in extras.values
        },
    )


def dynamic_parts(document: Table) -> set[str]:
    """Which of both lists of requirements the build backend fills in."""
    dynamic = document.table("project").strings("dynamic")
    return {"dependencies", "optional-dependencies"} & set(dynamic)


def backend_of(document: Table) -> str:
    """The package of the build backend."""
    backend = document.table("build-system").string("build-backend", "setuptools.build_meta")
    return backend.partition(":")[0].partition(".")[0]


def build_requires(document: Table, file: str) -> list[Input]:
    """What is needed to build the project, as far as its file says."""
    build_system = document.table("build-system")
    texts = build_system.strings("requires") if build_system.values else DEFAULT_BUILD_REQUIRES
    return list(as_inputs(texts, file))


def read_group(document: Table, file: str, group: str) -> list[Input]:
    """The requirements of a dependency group, as PEP 735 defines it."""
    groups = document.table("dependency-groups")
    names = {canonicalize_name(name): name for name in groups.values}
    waiting = [canonicalize_name(group)]
    found: list[Input] = []
    for wanted in waiting:
        if wanted not in names:
            message = f"{file} has no dependency group {wanted}"
            raise FindingError(Finding(Code.REFUSED, message, file))
        for item in groups.items(names[wanted]):
            if isinstance(item, str):
                found.append(as_input(item, file))
            elif (included := canonicalize_name(item.string("include-group"))) not in waiting:
                waiting.append(included)
    return found
