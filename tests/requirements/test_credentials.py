"""Credentials in URLs."""

from __future__ import annotations

import pytest

from locksync.requirements.credentials import find_credentials, without_credentials


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("-i https://user:pw@e.org/simple", "-i https://****@e.org/simple"),
        ("-i https://token@e.org/simple", "-i https://****@e.org/simple"),
        ("-i https://user:hunter@2@e.org/simple", "-i https://****@e.org/simple"),
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-i https://user:pw@e.org/simple", "https://****@"),
        ("-i https://user:hunter@2@e.org/simple", "https://****@"),
        ("-i https://0123456789abcdef01234567@e.org/simple", "https://****@"),
        ("-i https://me@e.org/simple", None),
        ("git+ssh://git@e.org/a.git", None),
        ("git+ssh://me:pw@e.org/a.git", "ssh://****@"),
        ("-i https://ci:${TOKEN}@e.org/simple", None),
        ("a @ https://e.org/a@v1", None),
    ],
)
def test_credentials_are_found(text: str, found: str | None) -> None:
    told = find_credentials(text)
    assert told == found or (found and told and told.endswith(found))


def test_long_words_are_looked_through_in_time() -> None:
    text = "https://me@e.org " + "a." * 500_000
    assert find_credentials(text) is None
    assert without_credentials(text).endswith(text[20:])


def test_credentials_are_found_in_the_middle_of_a_word() -> None:
    assert find_credentials("1http://user:pw@e.org") == "http://****@"
    long = f"{'a' * 60}://user:pw@e.org"
    assert without_credentials(long) == f"{'a' * 60}://****@e.org"
