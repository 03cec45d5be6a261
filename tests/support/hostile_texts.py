"""The parsers of the package, and how long texts of one or two characters take them."""

from __future__ import annotations

import ast
import string
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from locksync.command_line import split_command
from locksync.command_line.shell import read_script
from locksync.discovery import snippets, structured_snippets
from locksync.discovery.configuration import parse_configuration
from locksync.discovery.headers import program_named
from locksync.discovery.written_commands import LARGEST_FILE
from locksync.discovery.yaml_text import parse_yaml
from locksync.documents import parse_json, parse_toml
from locksync.findings import FindingError
from locksync.repository import paths
from locksync.requirements.credentials import without_credentials
from locksync.requirements.edited import sides
from locksync.requirements.globs import matches
from locksync.requirements.limits import excess
from locksync.requirements.lines import split_lines
from locksync.requirements.markers import holds_alike
from locksync.requirements.parsing import decode, parse
from locksync.requirements.traces import read_traces
from locksync.tools.compiled.lock import parse_compiled
from locksync.tools.uv_export.atoms import parse_atom
from locksync.tools.uv_export.errors import UndecidableError
from tests.support.hostile_files import readers
from tests.support.patterns import modules
from tests.support.worst_inputs import limit_processor_time

SMALL = 2**11
LARGE = (2**15, 2**18, 2**20)
"""The sizes of large texts. What is refused at 1 MiB may take longest where it is not yet."""


TEXTS = ("text", "content", "script", "head", "marker", "raw")
TYPES = ("str", "bytes")


class Parser(NamedTuple):
    """Something that reads a text, and what stands between the parts of such a text."""

    read: Callable[[str], object]
    delimiters: Sequence[str]
    refuses: tuple[type[Exception], ...] = (FindingError,)
    most: int = LARGE[-1]
    """The longest text: 1 MiB, or that of the largest file that is read."""


def _in_toml(before: str, after: str = '"\n') -> Callable[[str], str]:
    return lambda text: before + text.replace("\\", "\\\\").replace('"', '\\"') + after


def _unless_refused(read: Callable[[str], object]) -> Callable[[str], object]:
    """What reads a text unless it is refused before: all that ask do that."""
    return lambda text: excess(text.encode()) or read(text)


def _atom(text: str) -> object:
    return parse_atom(f"python_full_version {text}")


PARSERS = {
    "requirements": Parser(parse, "\n\\#;-=[,] @"),
    "requirement": Parser(lambda text: parse("a[" + text), "[],;@ ("),
    "lines": Parser(_unless_refused(lambda text: split_lines(text, lambda _: False)), "\n\\#; "),
    "traces": Parser(lambda text: read_traces("a.txt", text), "\n#=;"),
    "marker": Parser(lambda text: holds_alike(text, "os_name == 'a'"), "()'\" ="),
    "compiled": Parser(_unless_refused(parse_compiled), "\n# ,="),
    "header": Parser(lambda text: program_named(text.encode()), "# \n"),
    "toml": Parser(lambda text: parse_toml(text.encode(), "a"), "[]{}\"'=.#\n\\"),
    "json": Parser(lambda text: parse_json(text.encode(), "a"), '[]{}",:\\'),
    "yaml": Parser(parse_yaml, "\n -:[]{}\"'#&!|"),
    "configuration": Parser(
        lambda text: parse_configuration(
            _in_toml('exports = ["')(text).encode() + b"]", "locksync.toml"
        ),
        " '>$;(`",
    ),
    "command": Parser(split_command, " '\"\\>|;&$()`#\n", (ValueError,)),
    "script": Parser(
        lambda text: read_script(text[:4000], str), " '\"\\>|;&$(){}`\n", (ValueError,)
    ),
    "path": Parser(lambda text: paths.join("a", text), "/.\\:", (ValueError,)),
    "glob": Parser(lambda text: paths.matches(text, "**/*a/**/b*b"), "/.ab"),
    "glob-of-lines": Parser(lambda text: matches(text, "*a?a*b"), "ab "),
    "make": Parser(lambda text: [*snippets.make_snippets(text)], "\n\t:=$(){}"),
    "just": Parser(lambda text: [*snippets.just_snippets(text)], "\n :={}\"'"),
    "ini": Parser(lambda text: [*snippets.ini_snippets(text)], "\n=[]{}"),
    "document": Parser(lambda text: [*snippets.document_snippets(text)], "\n`<>$~ "),
    "docker": Parser(lambda text: [*snippets.docker_snippets("RUN " + text)], "\n<\\[\"'"),
    "quoted": Parser(lambda text: [*snippets.quoted_snippets(text)], "\n\"'"),
    "shell": Parser(lambda text: [*snippets.shell_snippets(text)], "\n\\ "),
    "python": Parser(lambda text: [*structured_snippets.python_snippets(text)], "\n()[]\"'#:\\"),
    "credentials": Parser(without_credentials, "/:@# "),
    "conflict": Parser(sides, ("<<<<<<< a\n", "=======\n", ">>>>>>> a\n", "|||||||\n", "\n")),
    "marker of uv": Parser(_atom, "<>=!~.'\" *", (UndecidableError,)),
    **{name: Parser(*found) for name, found in readers().items()},
}


def _dockerfile(text: str) -> object:
    from locksync.dockerfiles.parsing import parse as parse_dockerfile

    return parse_dockerfile(b"FROM a\nRUN pip " + text.encode())


PARSERS["dockerfile"] = Parser(_dockerfile, "\n\\#<'\"$ ", (ValueError,))
PARSERS["dockerfile-lines"] = Parser(
    lambda text: _dockerfile("\n".join(text[at : at + 60_000] for at in range(0, 240_000, 60_000))),
    "<\\#'\"$ ",
    (ValueError,),
)


for _name in ("make", "just", "ini", "document", "docker", "quoted", "shell", "python", "yaml"):
    PARSERS[_name] = PARSERS[_name]._replace(most=LARGEST_FILE)


def units(parser: Parser) -> Iterator[str]:
    """What a hostile text repeats: each printable character, each pair of the delimiters."""
    yield from string.printable
    yield from parser.delimiters
    yield from map("".join, product(parser.delimiters, repeat=2))


def seconds(parser: Parser, unit: str, size: int) -> float:
    """How long a parser takes for a text that repeats a unit. Raises what it must not raise."""
    text = decode((unit * max(size // len(unit), 1)).encode())
    start = time.process_time()
    with suppress(*parser.refuses):
        parser.read(text)
    return time.process_time() - start


def worst(parser: Parser, share: int) -> float:
    """The longest time of large texts: of all, or of those alone whose small ones take longest."""
    found = sorted(dict.fromkeys(units(parser)), key=lambda unit: seconds(parser, unit, SMALL))
    sizes = [min(size, parser.most) for size in LARGE]
    return max(seconds(parser, *large) for large in product(found[-share:], sizes))


def called() -> set[tuple[str, str]]:
    """The functions, each with its file, that short texts of all parsers call."""
    found: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            found.add((frame.f_code.co_filename, frame.f_code.co_name))

    sys.setprofile(note)
    for parser in PARSERS.values():
        for unit in parser.delimiters:
            seconds(parser, unit, 64)
    sys.setprofile(None)
    return found


def forgotten() -> list[str]:
    """The public functions of the package that take a text, and that no parser calls."""
    known = called()
    return [
        f"{name}:{function.name}"
        for name, module in modules()
        for function in ast.walk(ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and _reads(function)
        if not function.name.startswith("_") and (module.__file__, function.name) not in known
    ]


def _reads(function: ast.FunctionDef) -> bool:
    """Whether a function takes a text that may be that of a file."""
    return any(
        argument.arg in TEXTS and ast.unparse(argument.annotation or ast.Constant("")) in TYPES
        for argument in (*function.args.args, *function.args.kwonlyargs)
    )


def main(number: int, count: int, share: int) -> None:
    """Print each parser of a share before it is tried, and then what the worst text takes."""
    for name in sorted(PARSERS)[number::count]:
        print(name, end="\t", flush=True)
        print(f"{worst(PARSERS[name], share):.2f}", flush=True)


if __name__ == "__main__":
    limit_processor_time()
    if sys.argv[1:] == ["forgotten"]:
        print(*forgotten(), sep="\n")
        sys.exit()
    main(*map(int, sys.argv[1:]))
