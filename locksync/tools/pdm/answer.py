"""From a PDM project to its export, or to the finding that says why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from locksync.documents import MalformedError, Table, blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export
from locksync.repository.paths import join, matches, name, parent
from locksync.repository.protocol import Tree
from locksync.tools.pdm.lock import KNOWN_VERSIONS, LocalProject, Lock
from locksync.tools.pdm.manifest import Manifest, RefusedError, UntoldError
from locksync.tools.pdm.options import MANIFEST, PYLOCK, UNTOLD, Options, read_options
from locksync.tools.shared.arguments import refuse_unknown, unsupported

SETTINGS = ("pdm.toml", ".pdm.toml")
"""Files in which a project can override what its users have set."""
DECIDING = ("lock", "pypi")
"""Their tables that change what is exported."""
BUILD_FILES = ("setup.py", "setup.cfg")


class Project(NamedTuple):
    """A PDM project in a repository, asked for one export."""

    export: Export
    tree: Tree
    lock_path: str
    manifest_path: str
    make_lock: str
    """The command that brings the lock file in step with the manifest."""

    def answer(self) -> Answer:
        """What `pdm export` would write. Raises FindingError, as `locksync.tools.Tool` says."""
        options = read_options(self.export.arguments)
        if UNTOLD in options.unsupported:
            error = unsupported(self.export, untold(self.export.output))
            raise FindingError(error.finding._replace(repair=None))
        refuse_unknown(self.export, options.unsupported)
        document = parse_toml(self.tree.read(self.lock_path) or b"", self.lock_path)
        manifest = self.read_manifest()
        findings = tuple(self._freshness(Lock(document), manifest))
        try:
            return Answer(self._text(document, manifest, options), findings)
        except FindingError as error:
            # PDM itself exports a stale lock file without a word.
            return Answer(None, (*findings, error.finding))

    def _text(self, document: Table, manifest: Manifest, options: Options) -> str:
        for path in self.settings():
            raise unsupported(self.export, f"{path} has settings that change it")
        if options.format == PYLOCK:
            raise unsupported(self.export, "only PDM itself can write pylock.toml")
        if "lock-version" in document:
            raise unsupported(self.export, f"{self.lock_path} is no lock file of PDM's own format")
        lock = Lock(document)
        with blaming(self.lock_path):
            version, inherits = lock.version, lock.inherits_metadata
        if version not in KNOWN_VERSIONS:
            reason = f"lock_version {version} of {self.lock_path} is not known"
            raise unsupported(self.export, reason)
        try:
            if not inherits:
                message = f"the packages of {self.lock_path} have no groups and markers"
                raise RefusedError(message, lock="inherit_metadata")
            return self._rendered(lock, manifest, options)
        except UntoldError as error:
            raise unsupported(self.export, f"only PDM itself can tell {error}") from error
        except RefusedError as error:
            message = f"PDM refuses `{self.export.command}`: {error}"
            repair = f"{self.make_lock} --strategy {error.lock}" if error.lock else None
            finding = Finding(Code.REFUSED, message, self.lock_path, None, repair)
            raise FindingError(finding) from error

    def _rendered(self, lock: Lock, manifest: Manifest, options: Options) -> str:
        # What spells the markers is loaded only now.
        from locksync.tools.pdm.render import render

        with blaming(self.lock_path):
            locked_groups, packages = lock.groups, tuple(lock.packages())
        with blaming(self.manifest_path):
            plan = manifest.plan(options, locked_groups)
        with blaming(self.lock_path):
            text = render(packages, plan, options, self._local)
        if options.output is None:
            text += "\n"  # It prints the text, and ends what it prints.
        return text

    def _local(self, path: str) -> LocalProject:
        """What is in a directory or file that the lock file names, relative to the project."""
        directory = parent(self.manifest_path)
        try:
            place = join(directory, path)
        except ValueError as error:
            reason = f"{self.lock_path} names a path out of the repository"
            raise unsupported(self.export, reason) from error
        reason = f"only PDM itself can tell the name of what is in {place}"
        if any(self.tree.exists(join(place, file)) for file in BUILD_FILES):
            raise unsupported(self.export, reason)
        url = PurePath(self.tree.absolute(directory), path).as_uri()
        content = self.tree.read(join(place, MANIFEST))
        if content is None:
            return LocalProject(None, url)
        document = parse_toml(content, join(place, MANIFEST))
        if "project" not in document:
            raise unsupported(self.export, reason)
        with blaming(join(place, MANIFEST)):
            return LocalProject(document.table("project").line("name", "") or None, url)

    def read_manifest(self) -> Manifest:
        """The project's pyproject.toml, where PDM takes that and no other."""
        content = self.tree.read(self.manifest_path)
        if content is None:
            message = f"there is no {self.manifest_path}, so PDM exports another project"
            raise FindingError(Finding(Code.REFUSED, message, self.manifest_path))
        document = parse_toml(content, self.manifest_path)
        with blaming(self.manifest_path):
            manifest = Manifest(document)
        self._refuse_to_be_a_member()
        return manifest

    def _refuse_to_be_a_member(self) -> None:
        """Raise FindingError for a member of a workspace: PDM takes the workspace's lock file."""
        directory = parent(self.manifest_path)
        while directory:
            directory = parent(directory)
            path = join(directory, MANIFEST)
            content = self.tree.read(path)
            if content and b"workspace" in content:
                with blaming(path):
                    settings = parse_toml(content, path).table("tool").table("pdm")
                    is_workspace = bool(settings.table("workspace").values)
                if is_workspace:
                    reason = f"{path} tells of a workspace, whose lock file PDM would take"
                    raise unsupported(self.export, reason)

    def settings(self) -> Iterator[str]:
        """The files of settings in the repository that change what is exported."""
        for file in SETTINGS:
            path = join(parent(self.manifest_path), file)
            content = self.tree.read(path)
            if content and any(key in parse_toml(content, path) for key in DECIDING):
                yield path

    def _freshness(self, lock: Lock, manifest: Manifest) -> Iterator[Finding]:
        """Whether `pdm lock --check` finds the lock file up to date."""
        with blaming(self.lock_path):
            algorithm, locked = lock.content_hash
        if lock.has_lock_inputs:
            message = (
                f"{self.lock_path} cannot be compared with {self.manifest_path}: "
                "only PDM itself can read its lock_inputs, as `pdm lock --check` does"
            )
            yield Finding(Code.MALFORMED, message, self.manifest_path)
            return
        with blaming(self.manifest_path):
            is_fresh = bool(locked) and not manifest.has_lock_inputs
            is_fresh = is_fresh and self._content_hash(manifest, algorithm) == locked
        if not is_fresh:
            message = f"{self.lock_path} is out of date with {self.manifest_path}"
            yield Finding(Code.LOCK_STALE, message, self.lock_path, None, self.make_lock)

    def _content_hash(self, manifest: Manifest, algorithm: str) -> str:
        """The content hash of the project, and of the members where it is a workspace.

        Raises ValueError.
        """
        if manifest.members is None:
            return manifest.content_hash(algorithm)
        import hashlib

        digest = hashlib.new(algorithm, manifest.content_hash(algorithm).encode())
        for member in sorted(self._members(manifest.members)):
            path = join(join(parent(self.manifest_path), member), MANIFEST)
            document = parse_toml(self.tree.read(path) or b"", path)
            hashed = Manifest(document).content_hash(algorithm)
            digest.update(f"\0{member}\0{hashed}".encode())
        return digest.hexdigest()

    def _members(self, globs: tuple[str, ...]) -> Iterator[str]:
        """The directories of the members, relative to the workspace."""
        for glob in globs:
            if "[" in glob or ".." in glob.split("/"):
                raise MalformedError(f"the members {glob!r} of the workspace cannot be found")
        top = parent(self.manifest_path)
        for path in self.tree.files():
            if name(path) == MANIFEST and (not top or path.startswith(f"{top}/")):
                member = parent(path)[len(top) :].strip("/")
                if any(matches(member, glob) for glob in globs):
                    yield member or "."


def untold(output: str) -> str:
    """Why nobody can tell what the output is to hold, for a message."""
    return (
        f"the header of {output} does not tell the command that wrote it: "
        "put that into exports of [tool.locksync]"
    )
