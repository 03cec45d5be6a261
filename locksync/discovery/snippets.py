"""The commands in files that people write: each kind of file as pieces of text for a shell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

UNSET = "${}"
"""What a shell would have to fill in, and nobody here can."""
CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\s*$")
FENCE = re.compile(r"\s*(?:```|~~~)")
PROMPT = re.compile(r"\s*(?:\([\w.-]+\)\s*)?(?:\$|%|>|PS[^>]*>)\s+")
SPAN = re.compile(r"(?P<ticks>`{1,3})(?P<code>[^`]+)(?P=ticks)|<code>(?P<html>[^<]+)</code>")
STRING = re.compile(
    r"'''(?P<three>.*?)'''|\"(?P<double>[^\"\n]+)\"|'(?P<single>[^'\n]+)'", re.DOTALL
)
MAKE_VARIABLE = re.compile(
    r"(?:export\s+|override\s+)*(?P<name>[\w.-]+)\s*(?::{1,3}|\?|)=\s*(?P<value>[^#]*)"
)
MAKE_RULE = re.compile(r"(?P<targets>[^\t#=:][^#=:]*)::?(?!=)(?P<needs>[^#;=|]*)")
MAKE_REFERENCE = re.compile(
    r"\$\$|\$\((?P<name>[\w.-]+)\)|\$\{(?P<other>[\w.-]+)\}|\$(?P<auto>[@<^])"
)
JUST_VARIABLE = re.compile(
    r"(?:export\s+)?(?P<name>[\w-]+)\s*:=\s*(?P<quote>[\"'])(?P<value>[^\"']*)(?P=quote)\s*$"
)
TEMPLATE = re.compile(r"\$?\{\{(?P<name>[^{}]*)\}\}")
TOX_REFERENCE = re.compile(r"\{(?P<name>[^{}:]*)(?::[^{}]*)?\}")
TOX_VALUES = {"posargs": "", "toxinidir": ".", "tox_root": ".", "envpython": "python", "/": "/"}
DOCKER_RUN = re.compile(r"\s*(?:RUN|CMD|ENTRYPOINT)\s+(?:--\w+=\S+\s+)*", re.IGNORECASE)
HEREDOC = re.compile(r"<<-?\s*[\"']?(?P<end>\w+)")
MOST_EXPANSIONS = 5
LONGEST = 4000

Line = tuple[int, str]


class Snippet(NamedTuple):
    """Lines that one shell runs, one after the other."""

    lines: tuple[Line, ...]
    """Each with its number in the file."""
    directory: str | None = None
    """Where it runs, relative to where its file is read from; None: the file does not say."""
    words: tuple[str, ...] = ()
    """The words of one command, where the file holds them apart."""
    variables: Mapping[str, str] = {}


def shell_snippets(text: str) -> Iterator[Snippet]:
    """A script, which is one snippet."""
    yield Snippet(tuple(logical_lines(enumerate(text.splitlines(), 1))))


def logical_lines(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with those joined that a backslash continues."""
    start, parts = 0, list[str]()
    for number, line in lines:
        start = start if parts else number
        if CONTINUED.search(line):
            parts.append(line.rstrip()[:-1])
            continue
        yield start, " ".join((*parts, line)) if parts else line
        parts = []
    if parts:
        yield start, " ".join(parts)


def make_snippets(text: str) -> Iterator[Snippet]:
    """The lines of the recipes of a Makefile, with its variables filled in."""
    lines = [*logical_lines(enumerate(text.splitlines(), 1))]
    variables = {
        match["name"]: match["value"].strip()
        for _, line in lines
        if not line.startswith("\t") and (match := MAKE_VARIABLE.match(line))
    }
    targets, needs = list[str](), list[str]()
    for number, line in lines:
        if line.startswith("\t"):
            command = line.lstrip("\t @+-")
            for target in targets if "$@" in command else targets[:1] or [""]:
                own = {"@": target, "<": needs[0] if needs else "", "^": " ".join(needs)}
                known = {key: value for key, value in own.items() if value and "%" not in value}
                yield Snippet(((number, _filled_in(command, {**variables, **known})),))
        elif rule := MAKE_RULE.match(line):
            targets, needs = (
                _filled_in(rule[part], variables).split() for part in ("targets", "needs")
            )


def _filled_in(text: str, variables: Mapping[str, str]) -> str:
    """A line of a Makefile as the shell gets it."""

    def value(match: re.Match[str]) -> str:
        if match["auto"]:
            return variables.get(match["auto"], UNSET)
        name = match["name"] or match["other"]
        # What is set nowhere is empty for make.
        return variables.get(name, "") if name else "$"

    for _ in range(MOST_EXPANSIONS):
        if not MAKE_REFERENCE.search(text) or len(text) > LONGEST:
            break
        text = MAKE_REFERENCE.sub(value, text)
    return text


def just_snippets(text: str) -> Iterator[Snippet]:
    """The lines of the recipes of a justfile, with its variables filled in."""
    lines = [*logical_lines(enumerate(text.splitlines(), 1))]
    found = (JUST_VARIABLE.match(line) for _, line in lines)
    variables = {match["name"]: match["value"] for match in found if match}
    for number, line in lines:
        if line[:1].isspace():
            yield Snippet(((number, fill_templates(line.lstrip("\t @-"), variables)),))


def fill_templates(text: str, variables: Mapping[str, str]) -> str:
    """A text with `{{name}}` filled in."""

    def value(match: re.Match[str]) -> str:
        name = match["name"].strip("- ").removeprefix(".").removeprefix("env.")
        return variables.get(name, UNSET)

    return TEMPLATE.sub(value, text)


def ini_snippets(text: str) -> Iterator[Snippet]:
    """The commands of a tox.ini or setup.cfg."""
    directory: str | None = None
    for number, line in logical_lines(enumerate(text.splitlines(), 1)):
        name, equals, value = line.partition("=")
        if line.startswith("["):
            directory = None
        elif equals and name.strip() in ("changedir", "change_dir"):
            directory = _of_tox(value.strip())
        is_setting = bool(equals) and re.fullmatch(r"[\w-]+\s*", name) is not None
        command = (value if is_setting else line).strip().lstrip("-! ")
        yield Snippet(((number, _of_tox(command)),), directory)


def _of_tox(text: str) -> str:
    return TOX_REFERENCE.sub(lambda match: TOX_VALUES.get(match["name"], UNSET), text)


def document_snippets(text: str) -> Iterator[Snippet]:
    """The code in a text for readers: blocks, indented lines and what stands in backticks."""
    block: list[Line] = []
    is_fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            is_fenced = not is_fenced
        elif is_fenced or line[:1] in (" ", "\t") or PROMPT.match(line):
            prompt = PROMPT.match(line)
            block.append((number, line[prompt.end() :] if prompt else line))
            if "`" not in line:
                continue
        else:
            yield Snippet(tuple(logical_lines(block)))
            block = []
        for span in SPAN.finditer(line):
            yield Snippet(((number, span["code"] or span["html"]),))
    yield Snippet(tuple(logical_lines(block)))


def docker_snippets(text: str) -> Iterator[Snippet]:
    """What a Dockerfile runs."""
    end = ""
    lines = ((at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()[:1] != "#")
    for number, line in logical_lines(lines):
        run = DOCKER_RUN.match(line)
        if end:
            end = "" if line.strip() == end else end
            yield Snippet(((number, line),))
        elif run:
            command = line[run.end() :]
            heredoc = HEREDOC.search(command)
            end = heredoc["end"] if heredoc else ""
            if command.startswith("["):
                strings = (match["double"] for match in STRING.finditer(command))
                yield Snippet(((number, ""),), words=tuple(word for word in strings if word))
            yield Snippet(((number, command),))


def quoted_snippets(text: str) -> Iterator[Snippet]:
    """What stands in quotes, in a file that is no more than text to us."""
    number, counted = 1, 0
    for match in STRING.finditer(text):
        number += text.count("\n", counted, match.start())
        counted = match.start()
        string = match["three"] or match["double"] or match["single"] or ""
        yield Snippet(tuple(logical_lines(enumerate(string.splitlines(), number))))
