"""What `pdm export -f pylock` writes, but for what only an index knows.

As of PDM 2.29.3: src/pdm/formats/pylock.py and `markers_with_python` in src/pdm/models/markers.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from dep_logic.tags import EnvSpec
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from locksync.documents import MalformedError, Table, shown
from locksync.requirements.parsing import Requirement
from locksync.requirements.pylock import Pylock, Source, for_all, path_to, requirement, spelt
from locksync.tools.pdm.lock import LocalProject, LockedPackage, Reference
from locksync.tools.pdm.manifest import DEFAULT_GROUP, normalize_name
from locksync.tools.pdm.render import Candidate, locked_candidates

CREATOR = "pdm"
WHEEL = ".whl"


class Form(NamedTuple):
    """What the export takes from the lock file."""

    groups: tuple[str, ...]
    """All groups that the lock file has."""
    optional: frozenset[str]
    """The extras of the project among them."""
    selected: Collection[str] | None
    """The groups that the options ask for; None: all of them, told apart by markers."""
    excludes: frozenset[str]
    """The names of packages that a selection leaves out."""
    python: str
    targets: tuple[Table, ...]

    @property
    def is_partial(self) -> bool:
        """Whether the lock file was made for some environments of the project only.

        Then it has the files for these alone. PDM exports all.
        """
        whole = {"requires_python": spelt(self.python)}
        return any(
            {**target.values, "requires_python": spelt(target.string("requires_python", ""))}
            != whole
            for target in self.targets
        )


def expected(
    packages: Iterable[LockedPackage], form: Form, local: Callable[[str], LocalProject]
) -> Pylock:
    """What the file is to say. Raises ValueError, and what `local` raises."""
    found = [
        candidate
        for candidate in locked_candidates(packages, local)
        if not candidate.package.extras and _is_selected(candidate, form)
    ]
    sets = {}
    if form.selected is None:
        sets = {
            "extras": form.optional.intersection(form.groups),
            "dependency_groups": [name for name in form.groups if name not in form.optional],
            "default_groups": (DEFAULT_GROUP,),
        }
    return Pylock(
        packages=tuple(_package(candidate, form) for candidate in found),
        names={
            file.hash: file.place
            for candidate in found
            for file in candidate.package.files
            if "/" not in file.place
        },
        options=for_all(form.python, **sets),
        environments=tuple(map(_environment, form.targets)),
        creator=CREATOR,
    )


def asked_for(packages: Iterable[LockedPackage]) -> frozenset[str]:
    """The packages whose files PDM asks the index for: those whose URLs are not locked."""
    return frozenset(
        normalize_name(package.name)
        for package in packages
        if not (package.reference or all(file.has_url for file in package.files))
    )


def _is_selected(candidate: Candidate, form: Form) -> bool:
    if form.selected is None:
        return True
    groups = candidate.package.groups
    return candidate.key not in form.excludes and (
        not groups or not groups.isdisjoint(form.selected)
    )


def _package(candidate: Candidate, form: Form) -> Requirement:
    package = candidate.package
    source = _source(package.reference, package) if package.reference else None
    return requirement(
        candidate.key,
        package.version,
        marker=_marker(candidate, form),
        source=source,
        hashes=frozenset(_hashes(package)),
        python=package.python,
    )


def _marker(candidate: Candidate, form: Form) -> str:
    parts = [] if candidate.marker is None or candidate.marker.is_any() else [str(candidate.marker)]
    if form.selected is None and candidate.package.groups:
        names = sorted(candidate.package.groups)
        wanted = (
            f"'{normalize_name(name)}' in "
            f"{'extras' if normalize_name(name) in form.optional else 'dependency_groups'}"
            for name in names
        )
        parts.append(" or ".join(wanted))
    return " and ".join(f"({part})" for part in parts)


def _source(reference: Reference, package: LockedPackage) -> Source:
    within = f"#subdirectory={reference.subdirectory}" if reference.subdirectory else ""
    if reference.vcs:
        url = f"{reference.vcs}+{reference.url}@{reference.commit}"
        return Source(url + within, reference.asked)
    if reference.path is None:
        return Source(reference.url)
    return Source(path_to(reference.path) + within, editable=package.editable)


def _hashes(package: LockedPackage) -> Iterator[str]:
    """The hashes of the files that are recorded: of those that are no wheels, the last."""
    if package.reference:
        yield from () if package.reference.vcs else package.hashes
        return
    others = [file.hash for file in package.files if not file.place.endswith(WHEEL)]
    yield from (file.hash for file in package.files if file.place.endswith(WHEEL))
    yield from others[-1:]


def _environment(target: Table) -> str:
    """The marker of an environment that the packages were locked for."""
    try:
        python = target.string("requires_python", "")
        pythons = SpecifierSet(python)
        platform = target.string("platform", "") or None
        spec = EnvSpec.from_spec(python, platform, target.string("implementation", "") or None)
    except (ValueError, TypeError, KeyError, InvalidSpecifier) as error:
        raise MalformedError(f"{shown(str(target.values))} is no environment") from error
    conditions = [f'python_full_version {one.operator} "{one.version}"' for one in pythons]
    if spec.platform:
        conditions += [
            f'sys_platform == "{spec.platform.sys_platform}"',
            f'platform_system == "{spec.platform.platform_system}"',
            f'os_name == "{spec.platform.os_name}"',
            f'platform_machine == "{spec.platform.platform_machine}"',
        ]
    if spec.implementation:
        conditions += [
            f'implementation_name == "{spec.implementation.name}"',
            f'platform_python_implementation == "{spec.implementation.capitalized}"',
        ]
    return " and ".join(conditions)
