"""Command lines read without a shell."""

from __future__ import annotations

import re

import pytest

from locksync.command_line import Command, command_in, join_words, redirect, split_command


@pytest.mark.parametrize(
    ("text", "words", "stdout"),
    [
        ("poetry export -o a.txt", ("poetry", "export", "-o", "a.txt"), None),
        ("poetry export -o 'a b.txt'", ("poetry", "export", "-o", "a b.txt"), None),
        ('poetry export -E "x y"', ("poetry", "export", "-E", "x y"), None),
        ("pipenv requirements > a.txt", ("pipenv", "requirements"), "a.txt"),
        ("pipenv requirements >a.txt", ("pipenv", "requirements"), "a.txt"),
        ("pipenv requirements>a.txt", ("pipenv", "requirements"), "a.txt"),
        ("pipenv requirements > 'a b.txt'", ("pipenv", "requirements"), "a b.txt"),
        ("  poetry   export  ", ("poetry", "export"), None),
        ("poetry export # no comment", ("poetry", "export", "#", "no", "comment"), None),
        ("", (), None),
    ],
)
def test_splits_words_as_a_shell_does(
    text: str, words: tuple[str, ...], stdout: str | None
) -> None:
    assert split_command(text) == Command(words, stdout)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "poetry export | tee a.txt",
            "'|': write one command, with at most one '> FILE' at its end",
        ),
        ("poetry export && rm -rf .", "'&&': write one command"),
        ("poetry export; rm", "';': write one command"),
        ("poetry export >> a.txt", "'>>': write one command"),
        ("poetry export > a.txt > b.txt", "'>': write one command"),
        ("> a.txt poetry export", "'>': write one command"),
        ("poetry export < a.txt", "'<': write one command"),
        ("(poetry export)", "'(': write one command"),
        ("poetry export -o $OUT", "variables and substitutions are not expanded"),
        ("poetry export -o `date`", "variables and substitutions are not expanded"),
        ("poetry export -o 'a.txt", "No closing quotation"),
    ],
)
def test_refuses_what_needs_a_shell(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        split_command(text)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("--dev",), Command(("--dev",))),
        (("--dev", ">", "a.txt"), Command(("--dev",), "a.txt")),
        (("--dev", "> a b.txt"), Command(("--dev",), "a b.txt")),
        (("--dev", ">a.txt"), Command(("--dev",), "a.txt")),
    ],
)
def test_reads_a_redirection_among_words(words: tuple[str, ...], command: Command) -> None:
    assert redirect(("x", *words)) == command._replace(words=("x", *command.words))


def test_writes_commands_that_a_shell_reads_back() -> None:
    words = ("git", "add", "a b.txt", "it's")
    assert split_command(join_words(words)).words == words
    assert command_in("", ("poetry", "lock")) == "poetry lock"
    assert command_in("a b", ("poetry", "lock")) == "cd 'a b' && poetry lock"
