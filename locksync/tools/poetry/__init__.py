"""poetry: poetry.lock and pyproject.toml, exported by `poetry export`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from packaging.utils import NormalizedName, canonicalize_name

from locksync.command import command_in
from locksync.documents import Table, blaming, parse_toml
from locksync.export import Answer, Code, Export, Finding, FindingError
from locksync.paths import join
from locksync.tools.poetry import lock as locks
from locksync.tools.poetry.options import COMMAND, TEXT_FORMATS, Options, read_export, read_options
from locksync.tools.poetry.project import (
    Project,
    RefusedError,
    content_hashes,
    read_project,
)
from locksync.tree import Tree

LOCK = "poetry.lock"
MANIFEST = "pyproject.toml"
OLD_LOCK_VERSIONS = ("1.0", "1.1", "2.0")
"""Those that `poetry lock` of poetry 2 brings up to 2.1 without moving a pin."""


class Poetry:
    """The tool poetry, as `locksync.tools.Tool` describes one."""

    name = "poetry"
    command = COMMAND
    hook = "poetry-export"

    def discover(self, names: Collection[str]) -> Sequence[tuple[str, ...]]:
        return [("-f", "requirements.txt", "-o", "requirements.txt")] if LOCK in names else []

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def inputs(self, export: Export) -> tuple[str, ...]:
        return (join(export.directory, LOCK), join(export.directory, MANIFEST))

    def answer(self, export: Export, tree: Tree) -> Answer:
        try:
            return Answer(self._text(export, tree))
        except RefusedError as error:
            message = f"poetry refuses `{export.command}`: {error}"
            manifest = self.inputs(export)[1]
            finding = Finding(Code.REFUSED, message, manifest, None, error.repair)
            raise FindingError(finding) from error

    def _text(self, export: Export, tree: Tree) -> str:
        options = read_options(export.arguments)
        _refuse_unsupported(export, options)
        lock_path, manifest_path = self.inputs(export)
        lock_content = tree.read(lock_path) or b""
        lock = parse_toml(lock_content, lock_path, self.make_lock(export))
        manifest_content = tree.read(manifest_path)
        if manifest_content is None:
            raise RefusedError(f"there is no {manifest_path}")
        manifest = parse_toml(manifest_content, manifest_path)
        with blaming(manifest_path):
            project = read_project(manifest)
            if not _is_fresh(lock, lock_content, manifest):
                raise FindingError(self._stale_lock(export))
        groups = _groups(options, project)
        extras = _extras(options, project)
        with blaming(lock_path, self.make_lock(export)):
            self._refuse_lock_version(export, locks.lock_version(lock))
            packages = tuple(locks.locked_packages(lock))

            # Loading poetry-core's marker algebra is the costly part: only now is it needed.
            from locksync.tools.poetry.rendering import Selection, render

            selection = Selection(
                groups=groups,
                extras=extras,
                python=project.python,
                editable=options.format == "requirements.txt",
                hashes=options.hashes,
                urls=options.urls,
                root=f"{tree.root}/{export.directory}",
            )
            return render(packages, selection, project.sources)

    def make_lock(self, export: Export) -> str:
        return command_in(export.directory, ("poetry", "lock"))

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return command_in(export.directory, ("poetry", "update", *names))

    def _stale_lock(self, export: Export) -> Finding:
        lock, manifest = self.inputs(export)
        message = f"{lock} is out of date with {manifest}, so poetry refuses to export it"
        return Finding(Code.LOCK_STALE, message, lock, None, self.make_lock(export))

    def _refuse_lock_version(self, export: Export, version: str) -> None:
        if version == "2.1":
            return
        lock = self.inputs(export)[0]
        message = f"{lock} has lock-version {version}, and only 2.1 can be rendered so far"
        repair = self.make_lock(export) if version in OLD_LOCK_VERSIONS else None
        raise FindingError(Finding(Code.UNSUPPORTED, message, lock, None, repair))


TOOL = Poetry()


def _refuse_unsupported(export: Export, options: Options) -> None:
    if options.unsupported:
        reason = f"the effect of {' '.join(options.unsupported)} is not known"
    elif options.format not in TEXT_FORMATS:
        reason = f"only poetry itself can write {options.format}"
    else:
        return
    message = f"{export.output} cannot be checked: {reason}"
    by_hand = command_in(export.directory, (*COMMAND, *export.arguments))
    raise FindingError(Finding(Code.UNSUPPORTED, message, export.output, None, by_hand))


def _is_fresh(lock: Table, lock_content: bytes, manifest: Table) -> bool:
    from poetry.core.constraints.version import Version

    locked = locks.content_hash(lock)
    today, without_groups = content_hashes(manifest)
    if locked == today:
        return True
    generator = locks.generating_version(lock_content.decode())
    try:
        return locked == without_groups and Version.parse(generator or "") < Version.parse("2.3")
    except ValueError:
        return False


def _groups(options: Options, project: Project) -> frozenset[NormalizedName]:
    named = options.with_groups | options.without_groups | options.only_groups
    if options.all_groups:
        if named:
            raise RefusedError("--all-groups does not go with --with, --without or --only")
        return project.groups
    missing = sorted(name for name in named if canonicalize_name(name) not in project.groups)
    if missing:
        raise RefusedError(f"the project has no dependency group {', '.join(missing)}")
    with_, without, only = (
        frozenset(map(canonicalize_name, groups))
        for groups in (options.with_groups, options.without_groups, options.only_groups)
    )
    return only or (frozenset({canonicalize_name("main")}) | with_) - without


def _extras(options: Options, project: Project) -> frozenset[NormalizedName]:
    if options.all_extras:
        if options.extras:
            raise RefusedError("--extras does not go with --all-extras")
        return project.extras
    extras = frozenset(map(canonicalize_name, options.extras))
    if missing := sorted(extras - project.extras):
        raise RefusedError(f"the project has no extra {', '.join(missing)}")
    return extras
