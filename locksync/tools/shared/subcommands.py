"""The arguments of a tool's command, wherever its program takes them."""

from __future__ import annotations

import posixpath

from locksync.tools.protocol import About

Words = tuple[str, ...]


class UnknownOptionError(ValueError):
    """An option before a subcommand is not known."""

    def __init__(self, option: str, subcommand: str, arguments: Words) -> None:
        super().__init__(f"the effect of {option} before {subcommand} is not known")
        self.arguments = arguments
        """Those of the command, the option among them."""


def header_arguments(words: Words, about: About) -> Words | None:
    """The arguments of a tool's command in a header; None for another command.

    What is not known stays among them, for whoever reads them to refuse.
    """
    try:
        given = arguments_of(words, about)
    except UnknownOptionError as error:
        return error.arguments
    return given[0] if given else None


def arguments_of(words: Words, about: About) -> tuple[Words, str] | None:
    """The arguments of a tool's command, and the directory that they have it run in.

    Those that stand before its subcommand are among them and, first of all, the last word of its
    other command where it is that one. None for another command. Raises UnknownOptionError for an
    option before the subcommand that is not known.
    """
    found = _arguments_of(words, about, about.command)
    if found or not about.other_command:
        return found
    other = _arguments_of(words, about, about.other_command)
    return other and ((about.other_command[-1], *other[0]), other[1])


def _arguments_of(words: Words, about: About, command: Words) -> tuple[Words, str] | None:
    """The same, for one of its commands."""
    if about.module and words[: len(about.module)] == about.module:
        return words[len(about.module) :], ""
    if words[:1] != command[:1]:
        return None
    known = about.before_subcommand
    if words[: len(command)] == command:
        return _without(known.directories, words[len(command) :])
    from locksync.tools.runners import take_options

    moved: list[str] = []
    unknown: list[str] = []
    directory, left = "", words[1:]
    for subcommand in command[1:]:
        taken = take_options(left, (*known.values, *known.mute_values), known.directories)
        given = [*((flag,) for flag in taken.flags), *taken.values]
        moved += [word for option in given if option[0] in known.takes_too for word in option]
        unknown += [option[0] for option in given if option[0] not in known.all]
        # What is not known may have a value.
        start = 1 if unknown and taken.rest[1:2] == (subcommand,) else 0
        if taken.rest[start : start + 1] != (subcommand,):
            return None
        directory, left = taken.directory or directory, taken.rest[start + 1 :]
    if unknown:
        raise UnknownOptionError(unknown[0], command[-1], (*unknown, *moved, *left))
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
