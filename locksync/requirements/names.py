"""The names of packages, in the one form in which they can be compared, and those of files."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packaging.utils import NormalizedName

SEPARATORS = re.compile(r"[-_.]+")
PYLOCK = re.compile(r"(?:.*/)?pylock(?:\.[^./]+)?\.toml")


def canonicalize_name(name: str) -> NormalizedName:
    """The normalized name of a package, PEP 503.

    As packaging.utils has it, which takes a fifth of a check to load.
    """
    return SEPARATORS.sub("-", name).lower()  # type: ignore[return-value]


def is_pylock(path: str) -> bool:
    """Whether a file has a name that those in the format of PEP 751 must have."""
    return PYLOCK.fullmatch(path) is not None
