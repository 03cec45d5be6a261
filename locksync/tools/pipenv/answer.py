"""From a pipenv project to its export, or to the finding that says why there is none."""

from __future__ import annotations

from locksync.documents import MalformedError, Table, blaming, parse_json
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer
from locksync.repository.paths import join, parent
from locksync.tools.pipenv import lock as locks
from locksync.tools.pipenv.manifest import (
    content_hash,
    package_names,
    parse_pipfile,
    refuse_invalid,
)
from locksync.tools.pipenv.options import (
    LOCK,
    MANIFEST,
    Options,
    makes_pylock,
    read_options,
    read_pylock_options,
)
from locksync.tools.pipenv.render import IsDirectory, render_lock, render_pipfile
from locksync.tools.shared.arguments import refuse_unknown
from locksync.tools.shared.project import Project, answer_beside

DIRECTORIES_ABOVE = 9
"""How far up pipenv looks for a Pipfile: PIPENV_MAX_DEPTH in pipenv/environments.py."""


def answer(project: Project) -> Answer:
    """What `pipenv requirements` would write. Raises FindingError."""
    if makes_pylock(project.export.arguments):
        return _pylock_answer(project)
    options = read_options(project.export.arguments)
    if options.no_lock:
        refuse_unknown(project.export, options.unsupported)
        return Answer(_text_from_pipfile(project, options))
    lock = parse_json(project.read_lock(), project.lock_path)
    pipfile = _read_pipfile(project)
    findings = _freshness(project, lock, pipfile)
    # pipenv exports a stale lock file without a word.
    return answer_beside(findings, lambda: Answer(_text(project, lock, pipfile, options)))


def _pylock_answer(project: Project) -> Answer:
    """How a pylock.toml differs from what `pipenv pylock --generate` would write.

    What only an index knows does not count.
    """
    from locksync.tools.pipenv.pylock import expected, kept_hashes
    from locksync.tools.shared.pylock import OwnTables, compared

    options = read_pylock_options(project.export.arguments)
    lock = parse_json(project.read_lock(), project.lock_path)
    with blaming(project.lock_path):
        wanted = expected(lock, options.groups)
    findings = _freshness(project, lock, _read_pipfile(project))

    def told() -> Answer:
        refuse_unknown(project.export, options.unsupported)
        return compared(project, wanted, own=OwnTables(hashes=kept_hashes))

    return answer_beside(findings, told)


def _text_from_pipfile(project: Project, options: Options) -> str:
    path = project.manifest_path
    pipfile = parse_pipfile(project.tree.read(path) or b"", path)
    with blaming(path):
        return render_pipfile(pipfile, options, _directories(project))


def _text(project: Project, lock: Table, pipfile: Table | None, options: Options) -> str:
    refuse_unknown(project.export, options.unsupported)
    with blaming(project.manifest_path):
        names = package_names(pipfile or Table({})) if options.from_pipfile else None
    with blaming(project.lock_path):
        return render_lock(lock, options, names, _directories(project))


def _directories(project: Project) -> IsDirectory:
    prefix = f"{project.directory}/" if project.directory else ""
    return lambda path: project.tree.is_directory(prefix + path)


def _read_pipfile(project: Project) -> Table | None:
    path = project.manifest_path
    content = project.tree.read(path)
    if content is not None:
        return parse_pipfile(content, path)
    # pipenv can export a lock file that has no Pipfile beside it. But if there is a Pipfile
    # further up, pipenv takes that one, with its own lock file.
    above = project.directory
    for _ in range(DIRECTORIES_ABOVE):
        if above and project.tree.read(join(parent(above), MANIFEST)) is not None:
            message = f"there is no {path}, so pipenv exports {join(parent(above), LOCK)} instead"
            raise FindingError(Finding(Code.REFUSED, message, path))
        above = parent(above)
    return None


def _freshness(project: Project, lock: Table, pipfile: Table | None) -> tuple[Finding, ...]:
    """What `pipenv verify` says against the lock file."""
    with blaming(project.lock_path):
        locked = locks.content_hash(lock)
    if pipfile is None:
        return ()
    try:
        refuse_invalid(pipfile)
        is_fresh = content_hash(pipfile) == locked
    except MalformedError as error:
        message = (
            f"{project.lock_path} cannot be compared with {project.manifest_path}, "
            f"which pipenv rejects: {error}"
        )
        return (Finding(Code.MALFORMED, message, project.manifest_path),)
    return () if is_fresh else (project.stale_lock(),)
