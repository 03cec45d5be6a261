"""Settings files of compile commands, whose values stand for options that are not given."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from locksync.documents import Table


def as_words(values: Mapping[str, object], understood: Collection[str]) -> Iterator[list[str]]:
    """The words of a command line for each understood setting."""
    for key, value in values.items():
        name = key.lstrip("-").replace("_", "-").lower()
        if name not in understood:
            continue
        if isinstance(value, bool):
            yield [f"--{name}"] if value else []
        else:
            items = value if isinstance(value, list) else [value]
            yield [f"--{name}={item}" for item in items]


def is_given(words: Sequence[str], arguments: Sequence[str]) -> bool:
    """Whether a command line has the option that the words give, or its contrary."""
    names = {word.partition("=")[0] for word in words}
    names |= {f"--no-{name[2:]}" for name in names}
    return any(argument.partition("=")[0] in names for argument in arguments)


def others(table: Table, known: Collection[str]) -> Mapping[str, object]:
    """The settings of a table that are not among those known."""
    return {key: value for key, value in table.values.items() if key.replace("_", "-") not in known}
