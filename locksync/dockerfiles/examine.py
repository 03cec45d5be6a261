"""Find the Dockerfiles of a repository, and check each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from locksync.discovery.survey import Survey
from locksync.dockerfiles.context import Context
from locksync.dockerfiles.included import is_exported
from locksync.dockerfiles.parsing import Copy, Dockerfile, Run, parse
from locksync.dockerfiles.rules import find_faults
from locksync.dockerfiles.steps import installing_steps
from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree

NAME = re.compile(r"(?:Docker|Container)file(?:\..+)?|.+\.(?i:(?:docker|container)file)")


class Judgement(NamedTuple):
    """What is wrong with Dockerfiles."""

    findings: tuple[Finding, ...] = ()
    unclear: tuple[str, ...] = ()
    """Why the check may have missed something, each a sentence without a full stop."""


def find_dockerfiles(tree: Tree, place: str, survey: Survey) -> list[str]:
    """The Dockerfiles at or below a path. The path itself counts whatever its name."""
    return sorted(
        path
        for path in tree.files()
        if path == place
        or (_is_dockerfile(path) and paths.is_within(path, place) and not survey.excludes(path))
    )


def examine(files: Iterable[str], survey: Survey, tree: Tree) -> Judgement:
    """Check some Dockerfiles. Findings about the configuration are included."""
    # A file with a finding would be an output without that finding.
    outputs = {export.output for export in survey.exports}
    outputs.update(finding.file for finding in survey.findings)
    is_misread = any(finding.code is Code.CONFIGURATION for finding in survey.findings)
    findings, unclear = list(survey.findings), list[str]()

    def is_kept(path: str) -> bool:
        return is_misread or survey.excludes(path) or is_exported(path, tree, outputs)

    for file in files:
        try:
            judgement = _judge(file, tree, is_kept)
        except FindingError as error:
            findings.append(error.finding)
        else:
            findings.extend(judgement.findings)
            unclear.extend(judgement.unclear)
    return Judgement(tuple(findings), tuple(unclear))


def _is_dockerfile(path: str) -> bool:
    """Whether a file has the name of a Dockerfile."""
    name = paths.name(path)
    return NAME.fullmatch(name) is not None and not name.endswith(".dockerignore")


def _judge(file: str, tree: Tree, is_kept: Callable[[str], bool]) -> Judgement:
    """Check one Dockerfile. Raises FindingError if it cannot be read.

    `is_kept` says whether an export writes a requirements file, or the user has excluded it.
    """
    try:
        dockerfile = parse(tree.read(file) or b"")
    except ValueError as error:
        return Judgement(unclear=(f"{file} is not understood: {error}",))
    unclear = tuple(f"{file}:{line} is not understood" for line in dockerfile.obscure)
    if not any(isinstance(step, Run) for stage in dockerfile.stages for step in stage.steps):
        return Judgement(unclear=unclear)
    contexts = _likely_contexts(file, dockerfile, tree)
    if not contexts:
        message = f"the repository has no requirements file from which {file} installs"
        return Judgement(unclear=(*unclear, message))
    found = [
        {
            (finding.code, finding.line): finding
            for finding in find_faults(dockerfile, context, is_kept)
        }
        for context in contexts
    ]
    # The real context is one of these. Only what holds in each of them is certain.
    certain = set(found[0]).intersection(*found[1:])
    return Judgement(tuple(found[0][key] for key in found[0] if key in certain), unclear)


def _likely_contexts(file: str, dockerfile: Dockerfile, tree: Tree) -> list[Context]:
    """The contexts with the most of its requirements files, then with the most copied files.

    The build context is unknown: it may be the Dockerfile's directory, or any above it.
    """
    directories = [paths.parent(file)]
    while directories[-1]:
        directories.append(paths.parent(directories[-1]))
    contexts = [Context(directory, file, tree) for directory in directories]
    ranks = [(_found(dockerfile, context), _present(dockerfile, context)) for context in contexts]
    best = max(ranks)
    return [
        context for context, rank in zip(contexts, ranks, strict=True) if rank == best and rank[0]
    ]


def _found(dockerfile: Dockerfile, context: Context) -> int:
    steps = (step for stage in dockerfile.stages for step in installing_steps(stage, context))
    return len({path for step in steps for path in step.files})


def _present(dockerfile: Dockerfile, context: Context) -> int:
    sources = {
        source
        for stage in dockerfile.stages
        for step in stage.steps
        if isinstance(step, Copy)
        for source in step.sources or ()
    }
    return sum(source in context.files or context.has_directory(source) for source in sources)
