"""Run a command without a network, or where it may mount file systems."""

from __future__ import annotations

import subprocess

import pytest


def unshared(*namespaces: str) -> list[str]:
    """The words that run a command in its own namespaces, such as "--net". Skips if refused."""
    words = ["unshare", "--map-root-user", *namespaces]
    try:
        is_allowed = subprocess.run([*words, "true"], check=False, capture_output=True).returncode
    except OSError:
        is_allowed = 1
    if is_allowed != 0:
        pytest.skip("this system lets nobody but root have namespaces")
    return words
