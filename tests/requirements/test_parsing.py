"""Requirements files as pip reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from locksync.requirements.parsing import (
    Requirement,
    RequirementsFile,
    decode,
    first_unreadable,
    parse,
)


def _requirement(name: str, specifier: str = "", **fields: object) -> Requirement:
    empty = Requirement(
        name, frozenset(), SpecifierSet(specifier), "", "", frozenset(), frozenset()
    )
    return empty._replace(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("flask==3.0.3", _requirement("flask", "==3.0.3")),
        ("Flask_Login == 0.6", _requirement("flask-login", "==0.6")),
        (
            "requests[socks, Security]==2",
            _requirement("requests", "==2", extras=frozenset({"socks", "security"})),
        ),
        (
            "a==1 ; python_version<'3'",
            _requirement("a", "==1", marker='python_version < "3"'),
        ),
        (
            "a==1; os_name=='nt' --hash=sha256:aa --hash=sha256:bb",
            _requirement(
                "a",
                "==1",
                marker='os_name == "nt"',
                hashes=frozenset({"sha256:aa", "sha256:bb"}),
            ),
        ),
        (
            "a==1 \\\n    --hash=sha256:aa \\\n    --hash sha256:bb",
            _requirement("a", "==1", hashes=frozenset({"sha256:aa", "sha256:bb"})),
        ),
        ("a==1  # why", _requirement("a", "==1")),
        (
            "a @ https://example.org/a.tar.gz#sha256=1",
            _requirement("a", url="https://example.org/a.tar.gz#sha256=1"),
        ),
        (
            "a @ git+https://example.org/a@v1 ; os_name == 'nt'",
            _requirement("a", url="git+https://example.org/a@v1", marker='os_name == "nt"'),
        ),
        (
            "-e git+https://example.org/A.git@v1#egg=A",
            _requirement(
                "a",
                url="git+https://example.org/A.git@v1#egg=A",
                options=frozenset({"--editable"}),
            ),
        ),
        ("./lib", _requirement("", url="./lib")),
        ("./my lib [x]", _requirement("", url="./my lib", extras=frozenset({"x"}))),
        ("foo.zip", _requirement("", url="foo.zip")),
        ("foo_x-1.0-py3-none-any.whl", _requirement("foo-x", url="foo_x-1.0-py3-none-any.whl")),
        (
            "git+https://e.org/a#subdirectory=s&egg=A_b",
            _requirement("a-b", url="git+https://e.org/a#subdirectory=s&egg=A_b"),
        ),
        ("https://e.org/a;b", _requirement("", url="https://e.org/a;b")),
        ("a==1;", _requirement("a", "==1")),
        ("a==1 \\\n # b", _requirement("a", "==1")),
        ("  a==1 \\\n   # b \\\n", _requirement("a", "==1")),
        ('a==1 --hash="sha256:aa"', _requirement("a", "==1", hashes=frozenset({"sha256:aa"}))),
        ("a==1 --index-url x --pre", _requirement("a", "==1")),
        ("-elib", _requirement("", url="./lib", options=frozenset({"--editable"}))),
        (
            "-e './my lib' ; os_name == 'nt'",
            _requirement(
                "", url="./my lib", marker='os_name == "nt"', options=frozenset({"--editable"})
            ),
        ),
        (
            "a==1 --config-settings=x=y",
            _requirement("a", "==1", options=frozenset({"--config-settings x=y"})),
        ),
        (
            "a==1 -C 'x=y z'",
            _requirement("a", "==1", options=frozenset({"--config-settings x=y z"})),
        ),
    ],
)
def test_reads_a_requirement(line: str, requirement: Requirement) -> None:
    assert parse(line) == RequirementsFile((requirement,), ())


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("-i https://example.org/simple", "--index-url https://example.org/simple"),
        ("--index-url=https://example.org/simple", "--index-url https://example.org/simple"),
        ("--extra-index-url  https://e.org/?a=b", "--extra-index-url https://e.org/?a=b"),
        ("-r other.txt", "--requirement other.txt"),
        ("--no-index", "--no-index"),
        ("-i 'https://e.org/a b'", "--index-url https://e.org/a b"),
        ("--extra-index x", "--extra-index-url x"),
        ("-rother.txt", "--requirement other.txt"),
        ("-c a -r b -i c", "--requirement b"),
        ("-i a -i b", "--index-url b"),
        ("--find-links a -f b", "--find-links a"),
        ("--no-such-option a b", "--no-such-option a b"),
    ],
)
def test_reads_an_option_line(line: str, option: str) -> None:
    assert parse(line) == RequirementsFile((), (option,))


def test_reads_several_options_of_one_line() -> None:
    line = "--extra-index-url a --trusted-host=b --extra-index-url c"
    options = ("--extra-index-url a", "--trusted-host b", "--extra-index-url c")
    assert parse(line) == RequirementsFile((), options)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a comment\n", "  # --index-url https://e.org\n"]
)
def test_sees_nothing_in_comments_and_empty_lines(text: str) -> None:
    assert parse(text) == RequirementsFile((), ())


@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_comment_ends_wherever_a_line_ends_for_pip(end: str) -> None:
    assert [found.name for found in parse(f"a==1  # comment{end}b==2\n").requirements] == ["a", "b"]


def test_a_comment_does_not_swallow_the_line_after_it() -> None:
    assert parse("# a \\\nflask==1\n").requirements == (_requirement("flask", "==1"),)


@pytest.mark.parametrize(
    "content",
    [
        b"a==1\nb==2\n",
        b"a==1\r\nb==2\r\n",
        b"\xef\xbb\xbfa==1\nb==2\n",
        "a==1\nb==2\n".encode("utf-16"),
        "a==1\nb==2\n".encode("utf-32"),
        b"\xfe\xff" + "a==1\nb==2\n".encode("utf-16-be"),
        b"a==1\rb==2\r",
    ],
)
def test_decodes_what_editors_and_shells_write(content: bytes) -> None:
    assert decode(content) == "a==1\nb==2\n"


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("# -*- coding: latin-1 -*-", "\u00fc"),
        ("#\n# vim: set fileencoding=cp1252 :", "\u00fc"),
        ("#\n#\n# coding: latin-1", "\ufffd"),
        ("# coding: punycode", "\ufffd"),
        ("# coding: iso-8859-99", "\ufffd"),
    ],
)
def test_a_comment_names_the_encoding(comment: str, text: str) -> None:
    content = f"{comment}\n./".encode() + b"\xfc\n"
    assert parse(decode(content)).requirements[0].url == f"./{text}"
    kept = decode(content, "surrogateescape")
    assert kept.encode("utf-8", "surrogateescape") == content


@given(st.binary())
def test_reads_any_bytes(content: bytes) -> None:
    parse(decode(content))


def test_a_marker_that_is_nested_too_deeply_is_no_requirement() -> None:
    text = f"a==1 ; {'(' * 5000}os_name == 'a'{')' * 5000}"
    (found,) = parse(text).requirements
    assert (found.name, found.url) == ("", text)


@pytest.mark.parametrize("line", [".", ".[dev] ; os_name == 'nt'", "./a", "..\\b", "-e ."])
def test_a_line_of_a_local_project_can_be_read(line: str) -> None:
    assert first_unreadable(f"a==1\n{line}\n") is None


@pytest.mark.parametrize("line", ["...x", "Creating a", "Resolved 3 packages in 1s"])
def test_what_a_tool_says_cannot_be_read(line: str) -> None:
    assert first_unreadable(f"a==1\n{line}\n") == line
