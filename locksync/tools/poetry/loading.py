"""Loading poetry-core without what it would load for one function."""

from __future__ import annotations

import sys
from types import ModuleType


def _url2pathname(path: str) -> str:
    from urllib.request import url2pathname

    return url2pathname(path)


# One of the first modules of poetry-core takes this function from an HTTP client, which would be
# loaded for it, in a tenth of a check.
if "urllib.request" not in sys.modules:
    stand_in = ModuleType("urllib.request")
    stand_in.url2pathname = _url2pathname  # type: ignore[attr-defined]
    sys.modules["urllib.request"] = stand_in
    try:
        pass
    finally:
        del sys.modules["urllib.request"]
