"""Loads a part of poetry-core without the HTTP client that it would load for one function."""

from __future__ import annotations

import sys
from types import ModuleType


def _url2pathname(path: str) -> str:
    from urllib.request import url2pathname

    return url2pathname(path)


if "urllib.request" not in sys.modules:
    stand_in = ModuleType("urllib.request")
    stand_in.url2pathname = _url2pathname  # type: ignore[attr-defined]
    sys.modules["urllib.request"] = stand_in
    try:
        # It takes url2pathname from there, and keeps the function that it finds.
        import poetry.core.packages.utils.utils  # noqa: F401
    finally:
        del sys.modules["urllib.request"]
