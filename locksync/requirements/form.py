"""The form of a requirements file: what is left of it without its versions and hashes."""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple

from locksync.requirements.names import canonicalize_name

PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?P<extras>\[[^\]]*\])?(?P<operator>==|\s*@\s*)\S+")
HASH = re.compile(r"(?<![ \t\\\n])(?:[ \t\\\n]*--hash=\S+)+")
LEAST_SHARED = 0.9
"""The part of the requirements on either side that both sides must have."""


class _Form(NamedTuple):
    requirements: dict[str, str]
    """Each requirement by its name, without its version and with one hash for all that it has."""
    others: tuple[str, ...]
    """All other lines."""


def has_form_of(text: str, other: str) -> bool:
    """Whether two files could be written by one command from other states of one lock file.

    They name the same packages but for a few, write each in the same way and have the same other
    lines. Plain lists of pins have no form: anybody writes them so.
    """
    one, another = _form_of(text), _form_of(other)
    shared = one.requirements.keys() & another.requirements.keys()
    most = max(len(one.requirements), len(another.requirements))
    return (
        len(shared) >= LEAST_SHARED * most > 0
        and one.others == another.others
        and all(one.requirements[name] == another.requirements[name] for name in shared)
        and bool(one.others or any(_is_elaborate(one.requirements[name]) for name in shared))
    )


def _is_elaborate(line: str) -> bool:
    return ";" in line or "--hash" in line


def _form_of(text: str) -> _Form:
    requirements: dict[str, str] = {}
    others: list[str] = []
    hashed = HASH.sub(lambda match: match[0].split("--hash=", 1)[0] + "--hash", text)
    for _, lines in groupby(_joined(hashed)):
        line = next(lines)
        if match := PIN.match(line):
            name = canonicalize_name(match["name"])
            requirements[name] = match["name"] + (match["extras"] or "") + line[match.end() :]
        elif line:
            others.append(line)
    return _Form(requirements, tuple(others))


def _joined(text: str) -> list[str]:
    """The lines, those that end in a backslash together with the next."""
    return text.replace("\\\n", "\\ ").split("\n")
