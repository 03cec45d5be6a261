"""The lines that pip itself reads, and refuses where it cannot."""

from __future__ import annotations

from locksync.requirements.option_words import (
    EDITABLE,
    START,
    Option,
    check,
    controls,
    heeded,
    split_line,
    split_options,
)
from locksync.requirements.parsing import (
    URL,
    Requirement,
    is_readable,
    parse_requirement,
    with_own_options,
)


def read_options_as_pip(line: str) -> list[Option]:
    """The options that pip heeds in a line of either kind. Raises ValueError for what it refuses.

    So does what means one thing to pip and another to everybody else.
    """
    start = START.search(line)
    if start and start[0] not in ("-", " -"):
        raise ValueError("no space stands before its options")
    body, text = split_line(line)
    options = split_options(text)
    check(options)
    if body:
        _check_requirement(parse_requirement(line), body)
        return controls(options)
    for name, value in options:
        if name == EDITABLE and (value.endswith(";") or START.search(value)):
            raise ValueError(f"{value} is no place")
    return with_own_options(heeded(options), options)


def _check_requirement(found: Requirement, body: str) -> None:
    is_url = URL.match(body)
    if is_url and (body.endswith(";") or (" ;" in body and "; " not in body)):
        raise ValueError("a URL may hold a semicolon")
    if not (is_url or found.name) and "://" in body:
        raise ValueError("pip knows no such URL")
    if found.extras and body.startswith("file:"):
        raise ValueError("a URL has no extras")
    if not is_url and found.url and not found.name and ";" in found.url:
        raise ValueError("its marker cannot be read")
    if not is_readable(found):
        raise ValueError("it is no requirement")
