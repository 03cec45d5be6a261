"""The commands of a stage that install, traced back to the files of a build context."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from locksync.dockerfiles.context import Context
from locksync.dockerfiles.parsing import Copy, Run, Stage
from locksync.repository import paths

MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")


class Step(NamedTuple):
    """A command that installs, seen with one build context."""

    run: Run
    files: list[str]
    """The requirements files of the context from which it installs."""
    copies: list[Copy]
    """What the stage itself copied before, and what is mounted for the command."""
    has_project: bool
    """Whether it installs a project that is in the context."""
    is_inherited: bool
    """Whether it belongs to a stage on which this one is based."""


def installing_steps(stage: Stage, context: Context) -> Iterator[Step]:
    """The commands of a stage that install, those of its base stages first."""
    copies: list[Copy] = []
    for step in (*stage.inherited, *stage.steps):
        if isinstance(step, Copy):
            copies.append(step)
            continue
        seen = [*copies, *step.mounts]
        origins = [_origin(file, seen, context) for file in step.install.files]
        project = step.install.project
        yield Step(
            step,
            [path for path in origins if path is not None],
            [copy for copy in seen if copy not in stage.inherited],
            project is not None
            and any(_origin(posixpath.join(project, name), seen, context) for name in MANIFESTS),
            step in stage.inherited,
        )


def _origin(file: str, copies: Sequence[Copy], context: Context) -> str | None:
    """The file of the context from which a file of the image was copied, or None if unknown."""
    for copy in reversed(copies):
        if not paths.is_within(file, copy.destination.rstrip("/")):
            continue
        if copy.sources is None:
            return None
        rest = file.removeprefix(copy.destination).strip("/")
        for source in context.expand(copy.sources):
            if context.has(source):
                if rest in ("", paths.name(source)):
                    return source
            elif context.has(path := posixpath.join(source, rest)):
                return path
    return None
