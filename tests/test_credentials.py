"""Credentials in URLs."""

from __future__ import annotations

import pytest

from locksync.credentials import find_credentials, without_credentials


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("-i https://user:pw@e.org/simple", "-i https://****@e.org/simple"),
        ("-i https://token@e.org/simple", "-i https://****@e.org/simple"),
        ("git+https://user:pw@e.org/a.git@v1", "git+https://****@e.org/a.git@v1"),
        ("-i https://${USER}:${TOKEN}@e.org/simple", "-i https://${USER}:${TOKEN}@e.org/simple"),
        ("-i https://${TOKEN}@e.org/simple", "-i https://${TOKEN}@e.org/simple"),
        ("-i https://ci:${TOKEN}@e.org/simple", "-i https://ci:${TOKEN}@e.org/simple"),
        ("-i https://${USER}:pw@e.org/simple", "-i https://****@e.org/simple"),
        ("git+ssh://git@e.org/a.git", "git+ssh://git@e.org/a.git"),
        ("git+ssh://me@e.org/a.git", "git+ssh://me@e.org/a.git"),
        ("git+ssh://me:pw@e.org/a.git", "git+ssh://****@e.org/a.git"),
        ("git+https://git@e.org/a.git", "git+https://git@e.org/a.git"),
        ("https://e.org/a@v1", "https://e.org/a@v1"),
        ("nobody@example.org", "nobody@example.org"),
    ],
)
def test_credentials_are_masked(text: str, masked: str) -> None:
    assert without_credentials(text) == masked
    assert (find_credentials(text) is None) is (text == masked)
