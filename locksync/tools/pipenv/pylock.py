"""What `pipenv pylock --generate` writes, but for what only an index knows.

As of pipenv 2026.10.3: `PylockFile.from_lockfile` in pipenv/utils/pylock.py. `pipenv lock` writes
the same where the Pipfile has `use_pylock = true`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.documents import MalformedError, Table
from locksync.requirements.parsing import Requirement
from locksync.requirements.pylock import Pylock, Source, for_all, path_to, requirement
from locksync.tools.pipenv.lock import META, section
from locksync.tools.pipenv.render import VCS

CREATOR = "pipenv"
DEFAULT, DEVELOP = "default", "develop"
DEFAULT_INDEX = "https://pypi.org/simple/"
SHA256 = "sha256:"
ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")


class _Indexes(NamedTuple):
    """The indexes that a lock file names."""

    by_name: Mapping[str, str]
    default: str


def expected(lock: Table, groups: Sequence[str]) -> Pylock:
    """What the file is to say. `groups` are those of the packages for development.

    Raises MalformedError.
    """
    indexes = _indexes(lock)
    of_group = " or ".join(f"'{group}' in dependency_groups" for group in groups)
    default, develop = (dict(_entries(lock, key)) for key in (DEFAULT, DEVELOP))
    found = {(DEFAULT, name): (entry, _marker_of(entry)) for name, entry in default.items()}
    for name, entry in develop.items():
        marker = _marker_of(entry)
        if name in default and _without_markers(default[name]) == _without_markers(entry):
            found[DEFAULT, name] = (
                default[name],
                _merged(_marker_of(default[name]), marker, of_group),
            )
        else:
            found[DEVELOP, name] = (entry, _developing(marker, of_group))
    return Pylock(
        packages=tuple(
            _package(name, entry, marker, indexes) for (_, name), (entry, marker) in found.items()
        ),
        options=for_all(_python(lock), dependency_groups=groups, default_groups=(DEFAULT,)),
        creator=CREATOR,
    )


def kept_hashes(document: Table) -> Iterator[tuple[str, ...]]:
    """The hashes of each package of a pylock.toml for which pipenv has found no file."""
    for package in document.tables("packages"):
        yield package.table("tool").table(CREATOR).strings("hashes")


def _entries(lock: Table, key: str) -> Iterator[tuple[str, Table]]:
    for name, value in section(lock, key).items():
        if not isinstance(value, dict):
            raise MalformedError(f"{key}.{name} is not an object")
        yield name, Table(value, f"{key}.{name}")


def _without_markers(entry: Table) -> dict[str, object]:
    return {key: value for key, value in entry.values.items() if key != "markers"}


def _marker_of(entry: Table) -> str:
    return entry.line("markers", "")


def _merged(default: str, develop: str, of_group: str) -> str:
    """The marker of a package that both sections have."""
    if not default or develop == default:
        return default
    return f"({default}) or ({_developing(develop, of_group)})"


def _developing(marker: str, of_group: str) -> str:
    if "dependency_groups" in marker:
        return marker
    return f"({of_group}) and ({marker})" if marker else of_group


def _package(name: str, entry: Table, marker: str, indexes: _Indexes) -> Requirement:
    version = entry.line("version", "")
    source = _source(entry)
    hashes = entry.strings("hashes")
    if source and not _is_archive(entry):
        hashes = ()
    index = indexes.by_name.get(entry.string("index"), indexes.default) if "index" in entry else ""
    return requirement(
        name,
        "" if version == "*" else version.removeprefix("=="),
        marker=marker,
        source=source,
        hashes=frozenset(map(_normalized, hashes)),
        index="" if source else index or indexes.default,
    )


def _normalized(digest: str) -> str:
    return digest.lower() if digest.startswith(SHA256) else digest


def _source(entry: Table) -> Source | None:
    within = entry.line("subdirectory", "")
    fragment = f"#subdirectory={within}" if within else ""
    if vcs := next((vcs for vcs in VCS if vcs in entry), None):
        reference = entry.line("ref", "") if entry.values.get("ref") else ""
        return Source(f"{vcs}+{entry.line(vcs)}@{reference}{fragment}")
    if "path" not in entry and "file" not in entry:
        return None
    if not _is_archive(entry):
        return Source(
            path_to(_place(entry)) + fragment, editable=bool(entry.values.get("editable"))
        )
    return Source(path_to(entry.line("path")) if "path" in entry else entry.line("file"))


def _place(entry: Table) -> str:
    return entry.line("path", "") or entry.line("file")


def _is_archive(entry: Table) -> bool:
    if any(vcs in entry for vcs in VCS) or not ("path" in entry or "file" in entry):
        return False
    return "file" in entry or _place(entry).lower().endswith(ARCHIVES)


def _indexes(lock: Table) -> _Indexes:
    sources = [*lock.table(META).tables("sources")]
    urls = {source.string("name", ""): source.line("url", "") for source in sources}
    default = sources[0].line("url", "") if sources else ""
    by_name = {name: url for name, url in urls.items() if name and url}
    return _Indexes(by_name, default or DEFAULT_INDEX)


def _python(lock: Table) -> str:
    requires = lock.table(META).table("requires")
    if "python_version" in requires:
        return f">={requires.line('python_version')}"
    if "python_full_version" in requires:
        return f"=={requires.line('python_full_version')}"
    return ""
