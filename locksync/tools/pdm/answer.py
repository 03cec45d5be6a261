"""From a PDM project to its export, or to the finding that says why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from locksync.documents import blaming, parse_toml
from locksync.findings import Code, Finding
from locksync.model import Answer
from locksync.tools.pdm.files import local_project, read_manifest, settings
from locksync.tools.pdm.local import local_findings, local_packages
from locksync.tools.pdm.lock import INHERIT_METADATA, KNOWN_VERSIONS, Lock
from locksync.tools.pdm.manifest import Manifest
from locksync.tools.pdm.options import PYLOCK, Options, read_options
from locksync.tools.pdm.workspace import content_hash
from locksync.tools.shared.arguments import refuse_unknown, unsupported
from locksync.tools.shared.project import Project, answer_beside
from locksync.tools.shared.refusals import RefusedError, UntoldError

OF_MANIFEST = "--pyproject"
"""The option with which PDM exports the manifest, whatever the lock file holds."""


def answer(project: Project) -> Answer:
    """What `pdm export` would write. Raises FindingError."""
    export = project.export
    options = read_options(export.arguments)
    if OF_MANIFEST in options.unsupported:
        refuse_unknown(export, options.unsupported)
    document = parse_toml(project.read_lock(), project.lock_path)
    with blaming(project.lock_path):
        lock = Lock(document)
    manifest = read_manifest(project)
    with blaming(project.manifest_path):
        python = manifest.python
    with blaming(project.lock_path):
        packages = tuple(local_packages(project, lock))
    findings = tuple(_freshness(project, lock, manifest))
    findings = findings or tuple(local_findings(project, lock, packages))
    # PDM exports a stale lock file without a word.
    found = answer_beside(findings, lambda: _answer(project, lock, manifest, options))
    files = (project.lock_path, project.manifest_path, *(package.path for package in packages))
    return found._replace(inputs=files, python=python)


def _answer(project: Project, lock: Lock, manifest: Manifest, options: Options) -> Answer:
    refuse_unknown(project.export, options.unsupported)
    for path in settings(project):
        raise unsupported(project.export, f"{path} has settings that change it")
    if options.format == PYLOCK and options.itself:
        raise unsupported(project.export, "only PDM itself can tell of the project itself")
    try:
        _refuse_lock(project, lock)
        if options.format == PYLOCK:
            return _compared(project, lock, manifest, options)
        return Answer(_rendered(project, lock, manifest, options))
    except UntoldError as error:
        raise unsupported(project.export, f"only PDM itself can tell {error}") from error
    except RefusedError as error:
        raise project.refused("PDM", error, project.lock_path) from error


def _compared(project: Project, lock: Lock, manifest: Manifest, options: Options) -> Answer:
    """How a pylock.toml differs from what PDM would write, but for what an index knows."""
    from locksync.tools.pdm.pylock import Form, asked_for, expected
    from locksync.tools.pdm.render import refuse_braces
    from locksync.tools.shared.pylock import compared

    with blaming(project.lock_path):
        locked_groups, packages = lock.groups, tuple(lock.packages())
        targets = lock.targets(manifest.python)
    with blaming(project.manifest_path):
        plan = manifest.plan(options, locked_groups)
        if plan.uses_hatchling:
            refuse_braces(packages)
        form = Form(
            groups=locked_groups or manifest.groups,
            optional=manifest.optional_groups,
            selected=None if options.is_unset else plan.groups,
            excludes=plan.excludes,
            python=manifest.python,
            targets=targets,
        )
    with blaming(project.lock_path):
        wanted = expected(packages, form, lambda path: local_project(project, path))
    return compared(
        project,
        wanted,
        form.python,
        asked_for=asked_for(packages),
        is_partial=form.is_partial,
    )


def _refuse_lock(project: Project, lock: Lock) -> None:
    """Raise for a lock file in an unknown format, or without what an export needs."""
    if lock.is_pylock:
        reason = f"{project.lock_path} is not a lock file in PDM's own format"
        raise unsupported(project.export, reason)
    with blaming(project.lock_path):
        version, inherits = lock.version, lock.inherits_metadata
    if version not in KNOWN_VERSIONS:
        reason = f"lock_version {version} of {project.lock_path} is not known"
        raise unsupported(project.export, reason)
    if not inherits:
        reason = f"the packages of {project.lock_path} have no groups and markers"
        raise RefusedError(reason, relock=("--strategy", INHERIT_METADATA))


def _rendered(project: Project, lock: Lock, manifest: Manifest, options: Options) -> str:
    # It loads the library that spells the markers.
    from locksync.tools.pdm.render import render

    with blaming(project.lock_path):
        locked_groups, packages = lock.groups, tuple(lock.packages())
    with blaming(project.manifest_path):
        plan = manifest.plan(options, locked_groups)
    with blaming(project.lock_path):
        text = render(packages, plan, options, lambda path: local_project(project, path))
    if options.output is None:
        text += "\n"  # PDM ends what it prints with another line break.
    return text


def _freshness(project: Project, lock: Lock, manifest: Manifest) -> Iterator[Finding]:
    """What `pdm lock --check` says against the lock file."""
    with blaming(project.lock_path):
        algorithm, locked = lock.content_hash
    if lock.has_lock_inputs:
        message = (
            f"{project.lock_path} cannot be compared with {project.manifest_path}: "
            "only PDM itself can read its lock_inputs, as `pdm lock --check` does"
        )
        yield Finding(Code.MALFORMED, message, project.manifest_path)
        return
    with blaming(project.manifest_path):
        is_fresh = bool(locked) and not manifest.has_lock_inputs
        is_fresh = is_fresh and content_hash(project, manifest, algorithm) == locked
    if not is_fresh:
        yield project.stale_lock()
