"""Credentials in URLs: found so as not to be written, masked so as not to be shown."""

from __future__ import annotations

import re

USER_INFO = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{0,40})://(?P<user_info>[^/\s]+)@", re.IGNORECASE
)
"""Schemes are not that long: looking for longer ones could take hours."""
MAY_BE_GIVEN = re.compile(r"://[^/\s]+@")
SHORTEST_TOKEN = 20
VARIABLE = re.compile(r"\$\{\w+\}")


def find_credentials(text: str) -> str | None:
    """The first URL start of a text that holds a secret, masked; None where there is none.

    What a variable stands for is no secret in the text, and neither is a name to log in with.
    """
    if not MAY_BE_GIVEN.search(text):
        return None  # Told many times faster.
    for match in USER_INFO.finditer(text):
        name, colon, _ = match["user_info"].partition(":")
        # A long name is a token in the place of one.
        if _is_given(match) and (colon or len(name) >= SHORTEST_TOKEN):
            return _masked(match)
    return None


def without_credentials(text: str) -> str:
    """The text with the user and password of every URL masked where they are given."""
    if not MAY_BE_GIVEN.search(text):
        return text
    return USER_INFO.sub(lambda match: _masked(match) if _is_given(match) else match[0], text)


def _is_given(match: re.Match[str]) -> bool:
    name, colon, password = match["user_info"].partition(":")
    if VARIABLE.fullmatch(password if colon else name):
        return False
    is_login = name == "git" or match["scheme"].lower().endswith("ssh")
    return bool(colon) or not is_login


def _masked(match: re.Match[str]) -> str:
    return f"{match['scheme']}://****@"
