"""The rules for Dockerfiles: install from fresh outputs, in an order that keeps the layer cache."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from locksync.dockerfiles.context import Context
from locksync.dockerfiles.included import names_local_paths
from locksync.dockerfiles.parsing import Copy, Dockerfile, Run
from locksync.dockerfiles.steps import Step, installing_steps
from locksync.findings import Code, Finding
from locksync.repository import paths

NO_SOURCE = re.compile(r"requirements|constraints", re.IGNORECASE)
"""Directories with such names hold requirements, whatever scripts lie beside them."""
ASIDE = re.compile(r"dev|test|doc|lint|build|tool", re.IGNORECASE)
"""Requirements files with such names hold no dependencies of the project itself."""


def find_faults(
    dockerfile: Dockerfile, context: Context, is_kept: Callable[[str], bool]
) -> Iterator[Finding]:
    """What is wrong with a Dockerfile, if it is built with this context."""
    unkept: dict[int, dict[str, None]] = {}
    for stage in dockerfile.stages:
        steps = list(installing_steps(stage, context))
        own = [step for step in steps if not step.is_inherited]
        yield from _find_early_source(steps, context)
        yield from _find_early_project(own, context)
        for step in own:
            whole = map(context.in_repository, step.files)
            found = {path: None for path in whole if not is_kept(path)}
            unkept.setdefault(step.run.line, {}).update(found)
    for line, files in unkept.items():
        if files:
            yield _unkept(line, list(files), context)


def _unkept(line: int, files: Sequence[str], context: Context) -> Finding:
    them = "it" if len(files) == 1 else "them"
    named = " and ".join(files)
    message = f"{context.file} installs from {named}, which no command writes that locksync knows"
    advice = (
        f"Add the command that writes {them} to exports of [tool.locksync] in pyproject.toml, or, "
        f"if people write {them}, put {them} into exclude there"
    )
    return Finding(Code.UNKEPT, message, context.file, line, advice=advice)


def _find_early_source(steps: Sequence[Step], context: Context) -> Iterator[Finding]:
    installed: set[str] = set()
    reported: set[int] = set()
    for step in steps:
        new = [path for path in step.files if path not in installed]
        installed.update(new)
        for path in () if step.is_inherited else new:
            bringing = (copy for copy in step.copies if _brings_source(copy, path, context))
            copy = next(bringing, None)
            if copy and copy.line not in reported and not _needs_source(path, context):
                reported.add(copy.line)
                whole = context.in_repository(path)
                message = (
                    f"{context.file} copies the source before it installs from {whole}, so that "
                    "every change of the source installs all again"
                )
                advice = f"Copy {path} alone first, and the source after the installation"
                if copy in step.run.mounts:
                    message = f"{context.file} mounts the source to install from {whole}"
                    advice = f"Mount {path} alone"
                yield Finding(Code.SOURCE_FIRST, message, context.file, copy.line, advice=advice)


def _find_early_project(steps: Sequence[Step], context: Context) -> Iterator[Finding]:
    project: Run | None = None
    for step in steps:
        if found := [path for path in step.files if not ASIDE.search(paths.name(path))]:
            if project:
                message = (
                    f"{context.file} installs the project before its dependencies, so that pip "
                    "chooses versions of its own"
                )
                first = context.in_repository(found[0])
                advice = f"Install from {first} first, then the project with --no-deps"
                yield Finding(
                    Code.PROJECT_FIRST, message, context.file, project.line, advice=advice
                )
            return
        project = project or (step.run if step.has_project else None)


def _brings_source(copy: Copy, requirements: str, context: Context) -> bool:
    """Whether a copy has directories with Python code beyond what the requirements need."""
    for source in context.expand(copy.sources or ()):
        if source not in context.files and not NO_SOURCE.search(paths.name(source)):
            # A directory without the requirements may hold scripts for the set-up, but no package.
            ending = ".py" if paths.is_within(requirements, source) else "__init__.py"
            if context.holds(source, ending):
                return True
    return False


def _needs_source(requirements: str, context: Context) -> bool:
    return names_local_paths(context.in_repository(requirements), context.tree)
