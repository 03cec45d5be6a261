"""Run a tool's export command in a temporary place, to learn what it would write."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable

from locksync.command_line import join_words
from locksync.documents import parse_toml, shown
from locksync.findings import Code, Finding, FindingError, Repair
from locksync.model import OWN_PYTHON, Answer, Difference, Export, How, Invocation, Result
from locksync.repository import paths
from locksync.repository import process as running
from locksync.repository.protocol import Tree
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS
from locksync.verdict.check import adopt, conclude
from locksync.verdict.copies import copy, restored, write, write_above

VIRTUAL_ENVIRONMENTS = (".venv", "venv")
OPTIONS_OF_INDEXES = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host")


def ask(result: Result, repository: Tree, *, in_copy: bool = False) -> Result:
    """The result after its tool has run. The output file is not touched.

    What the tool writes goes to a temporary place. `in_copy`: it sees a copy of the repository
    there too, and nothing of what it does beside that reaches the repository.
    """
    tool = TOOLS[result.export.tool]
    asked = (Code.UNSUPPORTED, Code.MISSING)
    left = tuple(
        finding
        for finding in result.findings
        if finding.code not in asked
        # What a proof doubts may lie in an input.
        or (finding.file != result.export.output and not tool.about.proves)
    )
    try:
        program, text = _asked(result, tool, repository, in_copy=in_copy)
        if tool.about.proves:
            _refuse_own_indexes(text, result, repository)
    except FindingError as error:
        return result._replace(findings=left, how=How.RAN).failed(error.finding)
    if tool.about.proves:
        return adopt(result._replace(program=program), text, tool, repository)
    if result.how is How.PROVED:
        left = tuple(finding for finding in left if not finding.code.is_settled_by_the_tool)
        if _means_the_same(result, text):
            return result.settled()._replace(how=How.RAN, program=program, is_kept=True)
    result = result._replace(findings=left, how=How.RAN, program=program, difference=Difference())
    return conclude(result, text, tool, repository, tell if tool.about.is_inert else None)


def _means_the_same(result: Result, text: str) -> bool:
    """Whether a lock file that was proved is as its tool writes it, but for what an index knows."""
    from locksync.requirements.pylock import compare_contents

    current, export = result.current, result.export
    if current is None or export.strict:
        return current == text.encode()
    return not compare_contents(current, text.encode(), export.output, result.python)


def tell(export: Export, repository: Tree) -> Answer:
    """What a tool's command writes, as the tool tells. Raises FindingError."""
    tool = TOOLS[export.tool]
    findings = tool.answer(export, repository).findings
    for finding in findings:
        if finding.code is not Code.UNSUPPORTED:
            raise FindingError(finding)
    result = Result(export, tool.inputs(export), How.NONE, findings)
    _, text = _asked(result, tool, repository)
    return Answer(text, how=How.RAN)


def _asked(
    result: Result, tool: Tool, repository: Tree, *, in_copy: bool = False
) -> tuple[tuple[str, ...], str]:
    """The words that start the tool, and the text that its command writes. Raises FindingError."""
    export = result.export
    try:
        with tempfile.TemporaryDirectory(prefix="locksync-") as above:
            return _asked_in(os.path.realpath(above), result, tool, repository, in_copy=in_copy)
    except OSError as error:
        # A read-only system, or a full disk.
        reason = f"cannot be run: there is nowhere to write temporary files: {error.strerror}"
        raise _failed(tool, export, reason) from error


def _asked_in(
    above: str, result: Result, tool: Tool, repository: Tree, *, in_copy: bool
) -> tuple[tuple[str, ...], str]:
    """The same, by means of an empty directory."""
    export = result.export
    place = os.path.join(above, "place")
    output = os.path.join(place, *export.output.split("/"))
    os.makedirs(os.path.dirname(output), exist_ok=True)
    invocation = tool.invoke(export, repository, output)
    directory = repository.absolute(export.directory)
    if in_copy and not invocation.copied:
        invocation, directory = _within_a_copy(result, repository, place, output)
    invocation = _with_own_python(invocation)
    program = find_program(result, invocation, repository)
    if invocation.copied:
        directory = os.path.join(place, *export.directory.split("/"))
        _copy(invocation.copied, repository, place, directory)
    write_above(invocation, above)
    if invocation.keeps_pins and (pins := _pins(result, repository)) is not None:
        write(pins, output)
    try:
        content = running.run(program, invocation, directory)
        text = content.decode().replace("\r\n", "\n")
    except (running.ToolError, UnicodeDecodeError) as error:
        what = "wrote no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise _failed(tool, export, what) from error
    for temporary, original in invocation.restored:
        text = text.replace(temporary, original)
    if place in text:
        raise _failed(tool, export, f"wrote the temporary path {place} into it")
    if text.encode() != result.current:
        _refuse_chatter(text, tool, export)
    return program, text


def _within_a_copy(
    result: Result, repository: Tree, place: str, output: str
) -> tuple[Invocation, str]:
    """How to run the tool in a copy of the repository, and in which directory."""
    export = result.export
    # The tool sees its old output only where it keeps the pins.
    copied = copy(repository, place, result.inputs, export.output)
    invocation = TOOLS[export.tool].invoke(export, copied, output)
    again = (*invocation.restored, *restored(place, repository.root))
    directory = copied.absolute(export.directory)
    os.makedirs(directory, exist_ok=True)
    return invocation._replace(restored=again), directory


def _with_own_python(invocation: Invocation) -> Invocation:
    if OWN_PYTHON not in invocation.arguments:
        return invocation
    ours, theirs = join_words([sys.executable]), join_words([OWN_PYTHON])
    words = (sys.executable if word == OWN_PYTHON else word for word in invocation.arguments)
    restored = ((text.replace(theirs, ours), told) for text, told in invocation.restored)
    return invocation._replace(arguments=tuple(words), restored=tuple(restored))


def _pins(result: Result, repository: Tree) -> bytes | None:
    """The output whose pins the tool keeps: HEAD's version while a merge of it is unfinished."""
    if any(finding.code is Code.CONFLICTED for finding in result.findings):
        return repository.committed(result.export.output)
    return result.current


def _copy(files: Iterable[str], repository: Tree, place: str, directory: str) -> None:
    """Copy files of the repository to the same paths below another directory."""
    os.makedirs(directory, exist_ok=True)
    for path in files:
        content = repository.read(path)
        if content is not None:
            write(content, place, *path.split("/"))


def find_program(result: Result, invocation: Invocation, repository: Tree) -> tuple[str, ...]:
    """The words that start a tool. Raises FindingError where it is not installed."""
    export, tool = result.export, TOOLS[result.export.tool]

    def brought(path: str) -> bool:
        return is_brought(path, repository)

    if invocation.module and invocation.python:
        program = running.find_python(invocation.python, invocation.module, brought)
    else:
        environments = _environments(export, repository)
        program = running.find_program(tool.about.program, environments, brought)
        # The question is asked only to be recorded: the verdict depends on its answer.
        repository.programs(tool.about.program, *environments)
    if program:
        return program
    raise FindingError(_missing_tool(tool, invocation.python, result, repository))


def _missing_tool(tool: Tool, python: str | None, result: Result, repository: Tree) -> Finding:
    about, output = tool.about, result.export.output
    reasons = [found.message for found in result.findings if found.code is Code.UNSUPPORTED]
    reason = reasons[0] if reasons else f"{output} is not regenerated"
    between = ", and" if reasons else ":"
    if python:
        message = f"{reason}{between} {about.program} is not installed for Python {python}"
        setting = f"language_version: python{python}"
    else:
        message = f"{reason}{between} {about.program} is not installed"
        setting = f"additional_dependencies: [{', '.join(about.packages)}]"
    repair = _brought(tool, python, result.export, repository)
    install = "Or, for the hook," if repair else f"Install {about.packages[0]} or, for the hook,"
    advice = f"{install} add `{setting}` to its entry in .pre-commit-config.yaml"
    return Finding(Code.NO_TOOL, message, output, None, repair, advice=advice)


def _brought(tool: Tool, python: str | None, export: Export, repository: Tree) -> Repair | None:
    """The command that installs a tool for itself or, for one Python, runs it without that.

    Of the installers that are on this machine: no other is of any use to its user.
    """
    main, *more = tool.about.packages
    words = (tool.about.program, *export.arguments)
    if repository.programs("uv"):
        if python:
            run = ("uvx", "--python", python, "--from", main, *words)
            return Repair((run,), export.directory, writes=(export.output,))
        options = (word for package in more for word in ("--with", package))
        return Repair((("uv", "tool", "install", main, *options),))
    if repository.programs("pipx"):
        if python:
            run = ("pipx", "run", "--python", python, "--spec", main, *words)
            return Repair((run,), export.directory, writes=(export.output,))
        return Repair((("pipx", "install", main), *(("pipx", "inject", main, one) for one in more)))
    return None


def _environments(export: Export, repository: Tree) -> list[str]:
    """The project's virtual environments, except those that a commit could have put there."""
    return [
        repository.absolute(place)
        for directory in dict.fromkeys((export.directory, ""))
        for place in (paths.join(directory, name) for name in VIRTUAL_ENVIRONMENTS)
        if not repository.tracks_below(place)
    ]


def is_brought(program: str, repository: Tree) -> bool:
    """Whether a commit could have put a program, or what is beside it, where it is."""
    top = f"{repository.root}{os.sep}"
    return any(
        repository.tracks_below(paths.parent(path.removeprefix(top).replace(os.sep, "/")))
        for path in (program, os.path.realpath(program))
        if path.startswith(top)
    )


def _refuse_chatter(text: str, tool: Tool, export: Export) -> None:
    """Raise FindingError unless every line of the text belongs in such an output file."""
    if export.output.endswith(".toml"):
        parse_toml(text.encode(), export.output)
        return
    from locksync.requirements.parsing import first_unreadable

    if line := first_unreadable(text):
        raise _failed(tool, export, f"wrote a line that is not a requirement: {shown(line)}")


def _refuse_own_indexes(text: str, result: Result, repository: Tree) -> None:
    """Raise FindingError for an index option that comes from this machine's settings."""
    from locksync.requirements.parsing import decode, parse

    export = result.export
    if export.output.endswith(".toml"):
        return  # It has no option lines.
    given = "".join(decode(repository.read(path) or b"") for path in result.inputs)
    known = decode(result.current or b"") + export.command + given
    start = repository.absolute(export.directory)
    for option in parse(text).options:
        name, _, value = option.partition(" ")
        # pip-tools makes the relative paths of its inputs absolute.
        is_path = os.path.isabs(value)
        if is_path and os.path.relpath(value, start).replace(os.sep, "/") in given:
            continue
        if name in OPTIONS_OF_INDEXES and value.rstrip("/") not in known:
            message = (
                f"{export.output} is not written: this machine's settings would add {option}, "
                f"which no input file has: add it there, or keep it out of `{export.command}`"
            )
            raise FindingError(Finding(Code.REFUSED, message, export.output))


def _failed(tool: Tool, export: Export, what: str) -> FindingError:
    message = (
        f"{export.output} cannot be regenerated by `{export.command}`: {tool.about.program} {what}"
    )
    return FindingError(Finding(Code.REFUSED, message, export.output))
