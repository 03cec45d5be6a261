"""The arguments of a tool's command, wherever its program takes them."""

from __future__ import annotations

import posixpath

from locksync.tools.protocol import About

Words = tuple[str, ...]


def arguments_of(words: Words, about: About) -> tuple[Words, str] | None:
    """The arguments of a tool's command, those that stand before its subcommand among them.

    With the directory that they have it run in.

    None for another command. Raises ValueError for an option there that is not known.
    """
    if about.module and words[: len(about.module)] == about.module:
        return words[len(about.module) :], ""
    if words[:1] != about.command[:1]:
        return None
    known = about.before_subcommand
    if words[: len(about.command)] == about.command:
        return _without(known.directories, words[len(about.command) :])
    from locksync.tools.runners import take_options

    moved: list[str] = []
    unknown: list[str] = []
    directory, left = "", words[1:]
    for subcommand in about.command[1:]:
        taken = take_options(left, (*known.values, *known.mute_values), known.directories)
        if taken.rest[:1] != (subcommand,):
            return None
        given = [*((flag,) for flag in taken.flags), *taken.values]
        moved += [word for option in given if option[0] in known.takes_too for word in option]
        unknown += [option[0] for option in given if option[0] not in known.all]
        directory, left = taken.directory or directory, taken.rest[1:]
    if unknown:
        command = " ".join(about.command)
        raise ValueError(f"the effect of {unknown[0]} before {command.split()[-1]} is not known")
    kept, later = _without(known.directories, left)
    return (*moved, *kept), posixpath.join(directory, later)


def _without(options: Words, words: Words) -> tuple[Words, str]:
    """The words without those options and their values, and the last of the values."""
    kept: list[str] = []
    found = ""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in options:
            found = value if equals else next(rest, "")
        else:
            kept.append(word)
    return tuple(kept), found
