"""The local projects that requirements name by their directories."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from locksync.documents import blaming, parse_toml
from locksync.findings import Code, FindingError
from locksync.repository import paths
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import Requirement, parse_requirement
from locksync.tools.compiled.manifest import Files, Input, Look, Metadata, UnprovableError, Wanted
from locksync.tools.compiled.options import PROJECT_FILES
from locksync.tools.compiled.projects import PYPROJECT, read_metadata
from locksync.tools.compiled.projects.selection import select

FILE_URL = re.compile(r"file:(?://(?:localhost)?(?=/))?")
SUBDIRECTORY = re.compile(r"(?:^|&)subdirectory=([^&]*)")


class Directories:
    """Reads the projects in directories of the repository, each only once."""

    def __init__(self, tree: Files, look: Look, wanted: Wanted) -> None:
        self.names: dict[str, str] = {}
        self.opaque: dict[str, str] = {}
        self._tree = tree
        self._look = look
        self._wanted = wanted
        self._metadata: dict[str, Metadata | None] = {}

    def read(self, items: Iterable[Input]) -> list[Input]:
        """The requirements, with those of all local projects among them."""
        found = list(items)
        asked: set[tuple[str, frozenset[str], str]] = set()
        for number, item in enumerate(found):  # It grows as projects ask for more.
            directory = self._directory(item.requirement)
            if directory is None:
                continue
            metadata = self._read(directory)
            named = _at(item.requirement, directory, self.names.get(directory, ""))
            found[number] = item._replace(requirement=named)
            key = (directory, item.requirement.extras, item.requirement.marker)
            if metadata and key not in asked:
                asked.add(key)
                found.extend(self._requirements(metadata, item.requirement))
        return found

    def _directory(self, requirement: Requirement) -> str | None:
        """The directory of a project in the repository that a requirement names, if it does."""
        directory = directory_of(requirement.url, self._wanted.directory, self._tree.root)
        if directory is None:
            return None
        files = (paths.join(directory, name) for name in PROJECT_FILES)
        return directory if any(map(self._tree.exists, files)) else None

    def _read(self, directory: str) -> Metadata | None:
        if directory in self._metadata:
            return self._metadata[directory]
        metadata: Metadata | None = None
        file = paths.join(directory, PYPROJECT)
        try:
            metadata = read_metadata(self._look, file, self._wanted)
            name = metadata.name
        except UnprovableError as error:
            name = self._static_name(file)
            self._conceal(directory, str(error))
        except FindingError as error:
            if error.finding.code is not Code.MALFORMED:
                raise
            name = ""
            self._conceal(directory, error.finding.message)
        if name:
            self.names[directory] = name
        self._metadata[directory] = metadata if name else None
        return self._metadata[directory]

    def _conceal(self, directory: str, reason: str) -> None:
        present = (paths.join(directory, name) for name in PROJECT_FILES)
        self.opaque.update((path, reason) for path in present if self._look(path))

    def _static_name(self, file: str) -> str:
        content = self._look(file)
        if content is None:
            return ""
        with blaming(file):
            return canonicalize_name(parse_toml(content, file).table("project").string("name", ""))

    def _requirements(self, metadata: Metadata, asking: Requirement) -> Iterable[Input]:
        known = {canonicalize_name(extra) for extra in metadata.extras}
        wanted = self._wanted._replace(
            extras=asking.extras & known, all_extras=False, expands_itself=True
        )
        for item in select(metadata, wanted, metadata.name):
            marker = _both(asking.marker, item.requirement.marker)
            requirement = item.requirement._replace(marker=marker)
            yield item._replace(requirement=requirement, package=metadata.name)


def directory_of(url: str, directory: str, root: str) -> str | None:
    """The path in the repository that a path or `file:` URL means, None for anything else.

    Both tools take a relative path from where they run, whichever file holds it.
    """
    place, _, fragment = url.partition("#")
    if match := FILE_URL.match(place):
        place = unquote(place[match.end() :])
    elif not place or re.match(r"[\w+.-]{2,}:", place) or " " in place:
        return None
    place = place.replace("\\", "/")
    if subdirectory := SUBDIRECTORY.search(fragment):
        place = posixpath.join(place, subdirectory[1])
    if place == root or place.startswith(f"{root}/"):
        place, directory = place[len(root) :].strip("/") or ".", ""
    try:
        return paths.join(directory, place)
    except ValueError:
        return None


def named_pin(
    requirement: Requirement, directory: str, root: str, names: Mapping[str, str]
) -> Requirement:
    """A pin of a local project under its name; any other as it is."""
    if not requirement.url:
        return requirement
    place = directory_of(requirement.url, directory, root)
    if place not in names:
        place = _likely(requirement, names)
    return requirement if place is None else _at(requirement, place, names[place])


def _likely(requirement: Requirement, names: Mapping[str, str]) -> str | None:
    """The local project that a path means which was compiled elsewhere, or from another place."""
    url = requirement.url.partition("#")[0]
    if re.match(r"[\w+.-]{2,}:", url) and not FILE_URL.match(url):
        return None
    if requirement.name:
        found = [place for place, name in names.items() if name == requirement.name]
    else:
        last = posixpath.basename(FILE_URL.sub("", url).rstrip("/"))
        found = [place for place in names if place and paths.name(place) == last]
    return found[0] if len(found) == 1 else None


def _at(requirement: Requirement, directory: str, name: str) -> Requirement:
    return requirement._replace(name=name or requirement.name, url=f"./{directory}")


def _both(one: str, other: str) -> str:
    """The marker that holds where both do."""
    if not (one and other):
        return one or other
    return parse_requirement(f"x; ({one}) and ({other})").marker
