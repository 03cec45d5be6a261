"""The URLs and paths of requirements, compared as places."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from locksync.requirements.parsing import Requirement

MOST_PLACES = 4096
REVISION = re.compile(
    r"^(?P<place>[a-z]+\+[a-z+]+://[^/]*/.+|[a-z]+\+file:.+|(?![a-z+]+:).*[^/:@])@(?P<revision>[^@]*)$"
)
"""What follows the last @ in the path of a repository, which may hold a slash."""


def place_of(requirement: Requirement) -> str:
    """The URL or path of a requirement, without scheme, revision and fragment."""
    return _place(requirement.url)


@lru_cache(MOST_PLACES)
def _place(url: str) -> str:
    place = url.partition("#")[0].strip()
    revision = REVISION.match(place)
    place = revision["place"] if revision else place
    if place.startswith("git+"):
        place = place.removesuffix(".git")
    return posixpath.normpath(re.sub(r"^(?:git\+)?file:(?://)?", "", place)).removeprefix("./")


def are_same_place(one: Requirement, other: Requirement) -> bool:
    """Whether two requirements have the same URL or path."""
    if not (one.url and other.url):
        return False
    if one.url == other.url:
        return True
    shorter, longer = sorted((place_of(one), place_of(other)), key=len)
    # The compiled file may hold the absolute path.
    return shorter == longer or (
        "://" not in shorter and (longer.endswith(f"/{shorter}") or shorter == ".")
    )


def are_same_reference(one: Requirement, other: Requirement, *, same_revision: bool) -> bool:
    """Whether two requirements of the same place want the same thing there."""
    if ("--editable" in one.options) != ("--editable" in other.options):
        return False
    (revision, fragment), (other_revision, other_fragment) = map(_reference, (one.url, other.url))
    return fragment == other_fragment and (revision == other_revision or not same_revision)


def _reference(url: str) -> tuple[str, str]:
    """The revision of a URL, and its fragment without the name."""
    place, _, fragment = url.partition("#")
    revision = REVISION.search(place)
    parts = sorted(part for part in fragment.split("&") if part and not part.startswith("egg="))
    return (revision["revision"] if revision else ""), "&".join(parts)
