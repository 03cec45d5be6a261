"""The parsers of the package, and how long texts of one or two characters take them."""

from __future__ import annotations

import string
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
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
from locksync.requirements.globs import matches
from locksync.requirements.lines import split_lines
from locksync.requirements.markers import holds_alike
from locksync.requirements.parsing import decode, parse
from locksync.requirements.traces import read_traces
from locksync.tools.compiled.lock import parse_compiled
from locksync.tools.registry import TOOLS, read_export
from tests.support.memory import MemoryTree
from tests.support.projects import pdm_project, pipenv_project, poetry_project
from tests.support.worst_inputs import limit_processor_time

SMALL, LARGE = 2**12, 2**20


class Parser(NamedTuple):
    """Something that reads a text, and what stands between the parts of such a text."""

    read: Callable[[str], object]
    delimiters: str
    refuses: tuple[type[Exception], ...] = (FindingError,)
    size: int = LARGE
    """The size of the large texts: 1 MiB, or that of the largest file that is read."""


def _answer(command: str, files: dict[str, str], replaced: str) -> Callable[[str], object]:
    """A project's export, with a text in the place of one of its files."""

    def read(text: str) -> object:
        from locksync.command_line import split_command

        export = read_export(split_command(command), "")
        return TOOLS[export.tool].answer(export, MemoryTree({**files, replaced: text}))

    return read


def _in_toml(before: str, after: str = '"\n') -> Callable[[str], str]:
    return lambda text: before + text.replace("\\", "\\\\").replace('"', '\\"') + after


PARSERS = {
    "requirements": Parser(parse, "\n\\#;-=[,] @"),
    "requirement": Parser(lambda text: parse("a[" + text), "[],;@ ("),
    "lines": Parser(lambda text: split_lines(text, lambda _: False), "\n\\#; "),
    "traces": Parser(lambda text: read_traces("a.txt", text), "\n#=;"),
    "marker": Parser(lambda text: holds_alike(text, "os_name == 'a'"), "()'\" ="),
    "compiled": Parser(parse_compiled, "\n# ,="),
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
    "poetry-lock": Parser(
        _answer("poetry export -o r.txt", poetry_project(), "poetry.lock"), "[]\n"
    ),
    "pdm-lock": Parser(_answer("pdm export -o r.txt", pdm_project(), "pdm.lock"), "[]\n"),
    "pipfile-lock": Parser(
        _answer("pipenv requirements > r.txt", pipenv_project(), "Pipfile.lock"), "{}[]"
    ),
    "setup-py": Parser(
        _answer("pip-compile setup.py -o r.txt", {"setup.py": "", "r.txt": "a==1\n"}, "setup.py"),
        "()[]\n'\"",
    ),
    "setup-cfg": Parser(
        _answer(
            "pip-compile setup.cfg -o r.txt", {"setup.cfg": "", "r.txt": "a==1\n"}, "setup.cfg"
        ),
        "[]=\n;",
    ),
    "input": Parser(
        _answer("pip-compile r.in -o r.txt", {"r.in": "", "r.txt": "a==1\n"}, "r.in"), "\n\\#;=-"
    ),
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
    PARSERS[_name] = PARSERS[_name]._replace(size=LARGEST_FILE)


# These take some microseconds for each line, in proportion: a MiB of empty lines takes seconds.
for _name in ("lines", "compiled", "setup-py"):
    PARSERS[_name] = PARSERS[_name]._replace(size=2**17)


def units(parser: Parser) -> Iterator[str]:
    """What a hostile text repeats: each printable character, each pair of the delimiters."""
    yield from string.printable
    yield from map("".join, product(parser.delimiters, repeat=2))


def seconds(parser: Parser, unit: str, size: int) -> float:
    """How long a parser takes for a text that repeats a unit. Raises what it must not raise."""
    text = decode((unit * (size // len(unit))).encode())
    start = time.process_time()
    with suppress(*parser.refuses):
        parser.read(text)
    return time.process_time() - start


def worst(parser: Parser, share: int) -> float:
    """The longest time of large texts: of all, or of those alone whose small ones take longest."""
    found = sorted(units(parser), key=lambda unit: seconds(parser, unit, SMALL))
    return max(seconds(parser, unit, parser.size) for unit in found[-share:])


def main(number: int, count: int, share: int) -> None:
    """Print each parser of a share before it is tried, and then what the worst text takes."""
    for name in sorted(PARSERS)[number::count]:
        print(name, end="\t", flush=True)
        print(f"{worst(PARSERS[name], share):.2f}", flush=True)


if __name__ == "__main__":
    limit_processor_time()
    main(*map(int, sys.argv[1:]))
