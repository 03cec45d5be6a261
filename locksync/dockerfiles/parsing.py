"""Parse a Dockerfile into its stages: what each copies from the build context, and installs.

The format is that of the Dockerfile reference, as BuildKit parses it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from locksync.dockerfiles.shell import SHELLS, Install, find_in_words, find_installs

if TYPE_CHECKING:
    from e2b_dockerfile_utils import DockerfileInstruction

LONGEST_LINE = 65535
"""The longest line that BuildKit reads, in bytes."""
LARGEST = 2**18
"""The largest Dockerfile that is read, in bytes. A larger one would slow down a hook."""
LONGEST_WORD = 2**13
"""The longest word that is expanded. No path is that long."""
MOST_STEPS = 500
"""The most steps that are read. No image has that many layers."""
HEREDOC = re.compile(r"(?<!\d)\d*<<-?\s*['\"]?[\w.-]+['\"]?")
REMOTE = re.compile(r"\w+://|\w+@")
UNCERTAIN_FLAGS = ("--from", "--exclude", "--parents")


class Copy(NamedTuple):
    """Files of the build context that are copied into the image, or mounted for one command."""

    line: int
    sources: tuple[str, ...] | None
    """Paths or patterns relative to the context; "" is all of it. None: unknown."""
    destination: str
    """An absolute path in the image."""


class Run(NamedTuple):
    """A command that installs, with the mounts of that command."""

    line: int
    install: Install
    mounts: tuple[Copy, ...] = ()


class Stage(NamedTuple):
    """What a stage copies and installs, in order."""

    steps: tuple[Copy | Run, ...]
    inherited: tuple[Copy | Run, ...] = ()
    """The steps of the stages on which it is based."""


class Dockerfile(NamedTuple):
    """The stages of a Dockerfile."""

    stages: tuple[Stage, ...]
    obscure: tuple[int, ...] = ()
    """The line numbers of instructions that were not understood."""


def parse(content: bytes) -> Dockerfile:
    """Parse a Dockerfile. Raises ValueError if no builder would accept it."""
    from e2b_dockerfile_utils import DockerfileSyntaxError, parse_dockerfile_ast

    if len(content) > LARGEST or max(map(len, content.split(b"\n"))) > LONGEST_LINE:
        raise ValueError("the file or one of its lines is too long")
    if b"\0" in content:
        raise ValueError("it holds a NUL character")
    try:
        syntax = parse_dockerfile_ast(content.decode())
    except (DockerfileSyntaxError, RecursionError) as error:
        raise ValueError(str(error)) from error
    reader = _Reader(syntax.escape_token)
    for instruction in syntax.instructions[: MOST_STEPS + 1]:
        reader.read(instruction)
    stages = tuple(stage.finished() for stage in reader.stages)
    steps = sum(len(stage.inherited) + len(stage.steps) for stage in stages)
    if max(len(syntax.instructions), steps) > MOST_STEPS:
        raise ValueError(f"it has more than {MOST_STEPS} steps")
    return Dockerfile(stages, tuple(reader.obscure))


class _Stage:
    """A stage while it is being read."""

    def __init__(self, name: str, base: _Stage | None) -> None:
        self.name = name
        self.inherited: tuple[Copy | Run, ...] = (*base.inherited, *base.steps) if base else ()
        self.directory: str = base.directory if base else "/"
        self.arguments: dict[str, str] = dict(base.arguments) if base else {}
        self.environment: dict[str, str] = dict(base.environment) if base else {}
        self.steps: list[Copy | Run] = []

    def variables(self) -> dict[str, str]:
        """The known variables. An environment variable wins over a build argument."""
        return {**self.arguments, **self.environment}

    def finished(self) -> Stage:
        return Stage(tuple(self.steps), self.inherited)


class _Reader:
    """Reads one instruction after the other."""

    def __init__(self, escape: str) -> None:
        self._escape = escape
        self._arguments: dict[str, str] = {}
        """The defaults of the build arguments before the first stage."""
        self.stages: list[_Stage] = []
        self.obscure: list[int] = []

    def read(self, instruction: DockerfileInstruction) -> None:
        """Read one instruction. ONBUILD is skipped: it triggers in builds with other contexts."""
        try:
            if instruction.name == "FROM":
                self._read_from(instruction.args)
            elif self.stages:
                self._read_in_stage(instruction, self.stages[-1])
            elif instruction.name == "ARG":
                self._arguments.update(self._defaults(instruction.args, self._arguments))
        except ValueError:
            self.obscure.append(instruction.start_line)

    def _read_from(self, words: list[str]) -> None:
        stages = {stage.name: stage for stage in self.stages if stage.name}
        is_named = len(words) > 2 and words[1].lower() == "as"
        self.stages.append(_Stage(words[2].lower() if is_named else "", None))
        base = stages.get(self._expand("".join(words[:1]), self._arguments).lower())
        if base:
            self.stages[-1] = _Stage(self.stages[-1].name, base)

    def _read_in_stage(self, instruction: DockerfileInstruction, stage: _Stage) -> None:
        words = instruction.args
        match instruction.name:
            case "ARG":
                stage.arguments.update(self._defaults(words, stage.variables()))
            case "ENV":
                pairs = zip(words[::3], words[1::3], strict=False)
                before = stage.variables()
                stage.environment.update(
                    {name: self._expand(value, before) for name, value in pairs}
                )
            case "WORKDIR":
                path = self._expand(" ".join(words), stage.variables())
                stage.directory = _absolute(path, stage)
            case "RUN":
                stage.steps.extend(self._runs(instruction, stage))
            case "COPY" | "ADD":
                stage.steps.append(self._copy(instruction, stage))

    def _defaults(self, words: list[str], known: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for word in words:
            name, given, value = word.partition("=")
            if given:
                found[name] = self._expand(value, known)
            elif name in self._arguments:
                found[name] = self._arguments[name]
        return found

    def _expand(self, word: str, variables: Mapping[str, str]) -> str:
        """A word without its quotes, with known variables replaced."""
        from e2b_dockerfile_utils import ShellLex

        longest = max(map(len, variables.values()), default=0)
        if len(word) + word.count("$") * longest > LONGEST_WORD:
            raise ValueError("it is too long")
        return ShellLex(self._escape, env=variables).process_word(word)

    def _copy(self, instruction: DockerfileInstruction, stage: _Stage) -> Copy:
        variables = stage.variables()
        words = [self._expand(word, variables) for word in instruction.args]
        if len(words) < 2:
            raise ValueError("nothing is copied")
        *sources, destination = words
        uncertain = instruction.heredocs or any(
            flag.partition("=")[0] in UNCERTAIN_FLAGS for flag in instruction.flags
        )
        return Copy(
            instruction.start_line,
            None if uncertain else _in_context(*sources),
            _absolute(destination, stage),
        )

    def _runs(self, instruction: DockerfileInstruction, stage: _Stage) -> Iterator[Run]:
        variables = stage.variables()

        def expand(word: str) -> str | None:
            expanded = self._expand(word, variables)
            return None if "$" in expanded else expanded

        found: list[Install] = []
        if instruction.json:
            found.extend(find_in_words(instruction.args, stage.directory, expand))
        else:
            for script in _scripts(instruction):
                found.extend(find_installs(script, stage.directory, expand))
        mounts = tuple(self._mounts(instruction, stage)) if found else ()
        for install in found:
            yield Run(instruction.start_line, install, mounts)

    def _mounts(self, instruction: DockerfileInstruction, stage: _Stage) -> Iterator[Copy]:
        for flag in instruction.flags:
            name, _, value = flag.partition("=")
            if name != "--mount":
                continue
            parts = (part.partition("=") for part in value.split(","))
            options = {key: self._expand(text, stage.variables()) for key, _, text in parts}
            if options.get("type", "bind") != "bind":
                continue
            source = options.get("source", options.get("src", "."))
            target = options.get("target", options.get("dst", options.get("destination", "")))
            sources = None if "from" in options else _in_context(source)
            yield Copy(instruction.start_line, sources, _absolute(target, stage))


def _scripts(instruction: DockerfileInstruction) -> Iterator[str]:
    """The scripts that a shell runs: the words of the command, or its here-documents."""
    line = " ".join(instruction.args)
    if not instruction.heredocs:
        yield line
    elif (before := HEREDOC.sub("", line).strip()) == "" or before in SHELLS:
        for document in instruction.heredocs:
            first = document.content.partition("\n")[0]
            if not first.startswith("#!") or any(first.endswith(shell) for shell in SHELLS):
                yield document.content


def _absolute(path: str, stage: _Stage) -> str:
    return posixpath.normpath(posixpath.join(stage.directory, path))


def _in_context(*sources: str) -> tuple[str, ...] | None:
    """Sources relative to the build context, or None if one is unknown or lies outside."""
    if any("$" in source or REMOTE.match(source) for source in sources):
        return None
    # Nothing is above the context: both `/` and `..` at its top mean the context itself.
    return tuple(posixpath.normpath(f"/{source}").lstrip("/") for source in sources)
