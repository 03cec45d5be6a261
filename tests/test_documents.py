"""Untyped documents asked for typed values."""

from __future__ import annotations

import pytest

from locksync.documents import MalformedError, SmuggledError, Table, blaming, parse_json, parse_toml
from locksync.findings import Code, Finding, FindingError

DOCUMENT = parse_toml(
    b"""
name = "x"
line = "a\\nb"
number = 1
flag = true
list = ["a", "b"]
mixed = ["a", 1]
[table]
inner = 1
[[tables]]
name = "first"
[[tables]]
name = 2
""",
    "file.toml",
)


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda table: table.string("number"), "number is not a string"),
        (lambda table: table.string("nothing"), "nothing is missing"),
        (lambda table: table.boolean("name", True), "name is not a boolean"),
        (lambda table: table.strings("mixed"), "mixed is not a list of strings"),
        (lambda table: table.strings("name"), "name is not a list"),
        (lambda table: table.table("list"), "list is not a table"),
        (lambda table: table.table("table").string("inner"), "table.inner is not a string"),
        (lambda table: list(table.tables("list")), "list[0] is not a table"),
        (lambda table: list(table.items("mixed")), "mixed[1] is not a table"),
        (
            lambda table: [one.string("name") for one in table.tables("tables")],
            "tables[1].name is not a string",
        ),
    ],
)
def test_names_the_route_to_a_value_of_the_wrong_kind(ask, complaint: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedError) as caught:
        ask(DOCUMENT)
    assert str(caught.value) == complaint


def test_gives_values_of_the_right_kind() -> None:
    assert DOCUMENT.string("name") == "x"
    assert DOCUMENT.string("nothing", "default") == "default"
    assert DOCUMENT.boolean("flag", default=False) is True
    assert DOCUMENT.boolean("nothing", default=False) is False
    assert DOCUMENT.strings("list") == ("a", "b")
    assert DOCUMENT.strings("nothing") == ()
    assert DOCUMENT.table("nothing").values == {}
    assert "name" in DOCUMENT


@pytest.mark.parametrize(
    "text", ["a\nb", "a\rb", "a\0b", "a\x0bb", "a\x85b", "a\u2028b", "a\u2029b"]
)
def test_a_line_has_no_control_characters(text: str) -> None:
    with pytest.raises(SmuggledError):
        Table({"name": text}).line("name")


@pytest.mark.parametrize(
    ("parse", "content", "code", "message", "line"),
    [
        (
            parse_toml,
            b"a = [",
            Code.MALFORMED,
            "f is not valid TOML: Invalid value (at end of document)",
            1,
        ),
        (
            parse_toml,
            b"\xff",
            Code.MALFORMED,
            "f is not valid TOML: 'utf-8' codec can't decode byte 0xff in position 0: "
            "invalid start byte",
            None,
        ),
        (
            parse_toml,
            b"a = " + b"[" * 10000,
            Code.MALFORMED,
            "f is not valid TOML: it is nested too deeply",
            None,
        ),
        (
            parse_json,
            b"{",
            Code.MALFORMED,
            "f is not valid JSON: Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1)",
            1,
        ),
        (
            parse_json,
            b"[]",
            Code.MALFORMED,
            "f is not valid JSON: the top level is not an object",
            None,
        ),
        (
            parse_json,
            b'{"a":' + b"[" * 100000,
            Code.MALFORMED,
            "f is not valid JSON: it is nested too deeply",
            None,
        ),
        (
            parse_toml,
            b"a = 1\n<<<<<<< HEAD\nb = 1\n=======\n>>>>>>> x\n",
            Code.CONFLICTED,
            "f holds the conflict markers of an unfinished merge",
            2,
        ),
    ],
)
def test_a_document_that_cannot_be_read_is_a_finding(  # type: ignore[no-untyped-def]
    parse, content: bytes, code: Code, message: str, line: int | None
) -> None:
    with pytest.raises(FindingError) as caught:
        parse(content, "f")
    assert caught.value.finding._replace(advice="") == Finding(code, message, "f", line)


def test_json_may_start_with_a_byte_order_mark() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": "b"}', "f").string("a") == "b"


def test_blames_a_file_for_a_value_error() -> None:
    with pytest.raises(FindingError) as caught, blaming("f"):
        raise ValueError("this\nand more")
    expected = Finding(Code.MALFORMED, "f cannot be used: this", "f", advice="Correct it by hand")
    assert caught.value.finding == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [(b'{"a": [{"b": 1}]}', Code.MALFORMED), (b'{"a": [{"b": "\\n"}]}', Code.HOSTILE)],
)
def test_blames_the_file_that_holds_the_value(content: bytes, code: Code) -> None:
    (item,) = parse_json(content, "f").tables("a")
    with pytest.raises(FindingError) as caught, blaming("g"):
        item.line("b")
    assert (caught.value.finding.code, caught.value.finding.file) == (code, "f")
