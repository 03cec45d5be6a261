"""A tool's options in one table: each is proved, without effect on the proof, or refused."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.tools.shared.arguments import OptionParser


class Option(NamedTuple):
    """One option of a tool, in all its spellings."""

    names: tuple[str, ...]
    takes_value: bool
    why: str
    """What it does to the proof, or why it does nothing to it."""
    into: str = ""
    """Where the parser keeps it; "" for one that is read and forgotten."""
    is_list: bool = False
    turns_off: bool = False
    """Whether it takes back the flag that it is kept with."""
    is_refused: bool = False


Table = tuple[Option, ...]


def proved(into: str, spec: str, why: str) -> Option:
    """An option that decides what the output must hold."""
    return _option(spec, why)._replace(into=into)


def listed(into: str, spec: str, why: str) -> Option:
    """Such an option that may be given several times."""
    return proved(into, spec, why)._replace(is_list=True)


def turned_off(into: str, spec: str, why: str) -> Option:
    """A flag that takes back another one."""
    return proved(into, spec, why)._replace(turns_off=True)


def no_matter(why: str, *specs: str) -> Iterator[Option]:
    """Options that change nothing in a file that holds its pins, each for the same reason."""
    yield from (_option(spec, why) for spec in specs)


def refused(why: str, *specs: str) -> Iterator[Option]:
    """Options with which nothing can be told, or nothing must be run."""
    yield from (_option(spec, why)._replace(is_refused=True) for spec in specs)


def _option(spec: str, why: str) -> Option:
    """The option of a text such as "-o --output-file=", where "=" stands for a value."""
    return Option(tuple(spec.rstrip("=").split()), spec.endswith("="), why)


ASKED = "it chooses what the inputs ask for"
SHOWN = "the pins show it"
NOT_PINNED = "it decides which packages are left out"
COMMON: Table = (
    proved("output_file", "-o --output-file=", "it names the output"),
    listed("extra", "--extra=", ASKED),
    proved("all_extras", "--all-extras", ASKED),
    proved("generate_hashes", "--generate-hashes", SHOWN),
    turned_off("generate_hashes", "--no-generate-hashes", SHOWN),
)
"""The options that the compilers share, in the same spellings."""


def parser_of(table: Iterable[Option]) -> OptionParser:
    """The parser for the options of a table, and for files."""
    parser = OptionParser()
    parser.add_argument("sources", nargs="*")
    for option in table:
        if option.is_refused:
            _add_refused(parser, option)
        elif not option.takes_value:
            action = "store_false" if option.turns_off else "store_true"
            parser.add_argument(
                *option.names, action=action, dest=option.into or "ignored", default=False
            )
        elif option.is_list:
            parser.add_argument(*option.names, action="append", dest=option.into, default=[])
        else:
            parser.add_argument(*option.names, dest=option.into or "ignored_value")
    return parser


def _add_refused(parser: OptionParser, option: Option) -> None:
    name = option.names[-1]
    if option.takes_value:
        parser.add_argument(
            *option.names, action="append", dest="refused", type=f"{name} {{}}".format, default=[]
        )
    else:
        parser.add_argument(
            *option.names, action="append_const", const=name, dest="refused", default=[]
        )


def names_in(values: Iterable[str]) -> Iterator[str]:
    """The names in values that may each hold several, with commas between them."""
    yield from (name for value in values for part in value.split(",") if (name := part.strip()))


def without(table: Iterable[Option], words: Sequence[str], names: Iterable[str]) -> Iterator[str]:
    """The words of a command without some of its options and their values."""
    left_out: Mapping[str, bool] = {
        spelling: option.takes_value
        for option in table
        for spelling in option.names
        if {*option.names} & {*names}
    }
    rest = iter(words)
    for word in rest:
        name, equals, _ = word.partition("=")
        if name not in left_out:
            yield word
        elif left_out[name] and not equals:
            next(rest, None)


def keyring_in(providers: Iterable[str]) -> tuple[str, ...]:
    """The option that has another program asked for passwords, if it is given so."""
    return tuple(f"--keyring-provider {name}" for name in providers if name not in ("", "disabled"))


def refused_in(given: Namespace) -> tuple[str, ...]:
    """The refused options among those that were given."""
    return tuple(getattr(given, "refused", ()))
