"""Running a command where it may not use the network, or may mount file systems of its own."""

from __future__ import annotations

import subprocess

import pytest


def unshared(*namespaces: str) -> list[str]:
    """The words that run a command in namespaces of its own, like "--net"; skips if not allowed."""
    words = ["unshare", "--map-root-user", *namespaces]
    try:
        is_allowed = subprocess.run([*words, "true"], check=False, capture_output=True).returncode
    except OSError:
        is_allowed = 1
    if is_allowed != 0:
        pytest.skip("this system lets nobody but root have namespaces")
    return words
