"""The names of packages, in the one form in which they can be compared."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packaging.utils import NormalizedName

SEPARATORS = re.compile(r"[-_.]+")


def canonicalize_name(name: str) -> NormalizedName:
    """The normalized name of a package, PEP 503.

    As packaging.utils has it, which takes a fifth of a check to load.
    """
    return SEPARATORS.sub("-", name).lower()  # type: ignore[return-value]
