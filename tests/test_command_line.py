"""Command lines read without a shell."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from locksync.command_line import Command, join_words, redirect, split_command
from locksync.command_line.shell import UNKNOWN, ShellCommand, read_script


def _then(word: str, end: str, directory: str = "") -> ShellCommand:
    return ShellCommand(Command((word,), None, directory), end=end)


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
        ("poetry export -o a#b # comment", ("poetry", "export", "-o", "a#b"), None),
        ("poetry \\\n  export", ("poetry", "export"), None),
        ("poetry export -o '$a'", ("poetry", "export", "-o", "$a"), None),
        ("poetry export 1> a.txt", ("poetry", "export"), "a.txt"),
        ("poetry export >| a.txt", ("poetry", "export"), "a.txt"),
        ("> a.txt poetry export", ("poetry", "export"), "a.txt"),
        ("poetry export -E 2 > a.txt", ("poetry", "export", "-E", "2"), "a.txt"),
        ("poetry export 2>/dev/null > a.txt", ("poetry", "export"), "a.txt"),
        ("poetry export -o a.txt 2>&1", ("poetry", "export", "-o", "a.txt"), None),
        ("poetry export -o a.txt </dev/null", ("poetry", "export", "-o", "a.txt"), None),
        ("poetry export | tee a.txt", ("poetry", "export"), "a.txt"),
        ("poetry export | sudo tee a.txt > /dev/null", ("poetry", "export"), "a.txt"),
        ("poetry export -o a.txt || exit 1", ("poetry", "export", "-o", "a.txt"), None),
        ("poetry export -o a.txt || true", ("poetry", "export", "-o", "a.txt"), None),
        ("(poetry export)", ("poetry", "export"), None),
        ("A=1 poetry export", ("A=1", "poetry", "export"), None),
        ("''", ("",), None),
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
            "poetry export | sort > a.txt",
            "'|': write one command, with at most one '> FILE' at its end",
        ),
        ("poetry export | tee -a a.txt", "'|': write one command"),
        ("poetry export | sort | tee a.txt", "'|': write one command"),
        ("poetry export && rm -rf .", "'&&': write one command"),
        ("poetry export; rm", "';': write one command"),
        ("poetry export >> a.txt", "'>>': write one command"),
        ("poetry export > a.txt > b.txt", "'>': write one command"),
        ("poetry export < a.txt", "'<': write one command"),
        ("poetry export &> a.txt", "'&>': write one command"),
        ("poetry export > a.txt 2>&1", "'2>&': write one command"),
        ("poetry export >&2", "'>&': write one command"),
        ("poetry export || poetry lock", "'||': write one command"),
        ("poetry export &", "'&': write one command"),
        ("(echo a; poetry export) > a.txt", "'(': write one command"),
        ("diff a.txt <(poetry export)", "'<(': write one command"),
        ("poetry export)", "')': write one command"),
        ("(poetry export", "No closing parenthesis"),
        ("(" * 99, "too many parentheses"),
        ("poetry export \\", "nothing follows its last backslash"),
        ("cd && poetry export", "`cd` is understood with the name of one directory"),
        ("cd - && poetry export", "`cd` is understood with the name of one directory"),
        ("poetry export -o ${OUT}", "variables and substitutions are not expanded"),
        ('poetry export -o "$(pwd)/a"', "variables and substitutions are not expanded"),
        ("poetry export -o $(", "variables and substitutions are not expanded"),
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


@pytest.mark.parametrize(
    ("text", "directory", "stdout"),
    [
        ("cd a && x", "a", None),
        ("cd a; x", "a", None),
        ("cd a && cd ../b && x > c", "b", "c"),
        ("cd . && x", "", None),
        ("cd -- 'a b' && x", "a b", None),
        ("pushd a && x", "a", None),
        ("(cd a && x)", "a", None),
        ("(cd a && x > b)", "a", "b"),
        ("(cd a && x) > b", "a", "../b"),
        ("(cd a && x) | tee c/b", "a", "../c/b"),
        ("{ cd a; x; }", "a", None),
        ("{ cd a && x; } > b", "a", "../b"),
    ],
)
def test_a_command_runs_where_a_cd_leads(text: str, directory: str, stdout: str | None) -> None:
    assert split_command(text) == Command(("x",), stdout, directory)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a $X ${X} '$X' $Y", [ShellCommand(Command(("a", "1", "1", "$X", UNKNOWN)))]),
        ('a "-$X-$(date "+%d")"', [ShellCommand(Command(("a", f"-1-{UNKNOWN}")))]),
        ("cd $Y/b; a", [ShellCommand(Command(("a",), None, UNKNOWN))]),
        ("cd $Y; cd /b; a", [ShellCommand(Command(("a",), None, "/b"))]),
        ("(cd b; a) && c", [_then("a", "&&", directory="b"), ShellCommand(Command(("c",)))]),
        ("a | b > c", [ShellCommand(Command(("a",), "c"), "|")]),
        ("a >> c", [ShellCommand(Command(("a",), "c"), ">>")]),
        ("diff -w c <(a b)", [ShellCommand(Command(("a", "b")), compared=("c",))]),
        ("if ! a; then b; fi", [_then("a", ";"), _then("b", ";"), ShellCommand(Command(("fi",)))]),
        ("a\n# b\nc", [_then("a", "\n"), ShellCommand(Command(("c",)))]),
        ("x) a ;;", [_then("x", ")"), _then("a", ";;")]),
    ],
)
def test_reads_the_commands_of_a_script(text: str, found: list[ShellCommand]) -> None:
    values = {"X": "1"}
    assert read_script(text, values.get) == found


@pytest.mark.parametrize(
    "text", ['"' + "$@ $(a) ${b} " * 9999, "$(" * 9999, "a '" * 9999, "a|" * 9999, "<(" * 9999]
)
def test_no_text_takes_long(text: str) -> None:
    with suppress(ValueError):
        read_script(text, lambda name: None)


def test_writes_commands_that_a_shell_reads_back() -> None:
    words = ("git", "add", "a b.txt", "it's")
    assert split_command(join_words(words)).words == words
