"""What the text of a requirements file tells of the options it was written with."""

from __future__ import annotations

import re
from typing import NamedTuple

from locksync.repository import paths
from locksync.requirements.parsing import parse

OPTIONS_OF_INDEXES = frozenset(("--index-url", "--extra-index-url", "--trusted-host"))
COMMENT_LINE = re.compile(r"^[ \t]*#", re.MULTILINE)
WORD = re.compile(r"[a-z0-9]+")


class Traces(NamedTuple):
    """What can be read off a requirements file without knowing what it was written from."""

    path: str
    text: str
    """With line ends as "\\n"."""
    names: tuple[str, ...]
    """The normalised names of its requirements, in their order."""
    pinned: int
    """How many of its requirements are pinned to a version or a URL."""
    total: int
    """How many requirements it has."""
    hashes: bool
    markers: bool
    extras: bool
    """Whether any requirement asks for extras."""
    indexes: bool
    """Whether any line names an index."""
    comments: bool
    """Whether any line is a comment."""
    words: frozenset[str]
    """The words of its name, in lower case: those of requirements-dev.txt are "requirements",
    "dev" and "txt"."""

    @property
    def is_elaborate(self) -> bool:
        """Whether it holds what nobody writes by hand."""
        return self.is_pinned and (self.hashes or self.markers or self.indexes)

    @property
    def is_pinned(self) -> bool:
        """Whether at least half of the requirements are pinned, as an export's are."""
        return 0 < self.total <= 2 * self.pinned


def read_traces(path: str, text: str) -> Traces:
    """The traces in a file's text. No text is refused."""
    file = parse(text)
    found = file.requirements
    return Traces(
        path=path,
        text=text,
        names=tuple(requirement.name for requirement in found if requirement.name),
        pinned=sum(bool(one.url) or str(one.specifier).startswith("==") for one in found),
        total=len(found),
        hashes=any(requirement.hashes for requirement in found),
        markers=any(requirement.marker for requirement in found),
        extras=any(requirement.extras for requirement in found),
        indexes=any(option.partition(" ")[0] in OPTIONS_OF_INDEXES for option in file.options),
        comments=COMMENT_LINE.search(text) is not None,
        words=frozenset(WORD.findall(paths.name(path).lower())),
    )
