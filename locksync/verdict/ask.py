"""Run a tool's export command in a temporary place, to learn what it would write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from locksync.command_line import run_in
from locksync.documents import parse_toml, shown
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export, How, Invocation, Result
from locksync.repository import paths
from locksync.repository import process as running
from locksync.repository.protocol import Tree
from locksync.tools.protocol import Tool
from locksync.tools.registry import TOOLS
from locksync.verdict.check import adopt, conclude

VIRTUAL_ENVIRONMENTS = (".venv", "venv")
OPTIONS_OF_INDEXES = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host")


def ask(result: Result, repository: Tree) -> Result:
    """The result after its tool has run in a temporary place. The output file is not touched."""
    tool = TOOLS[result.export.tool]
    asked = (Code.UNSUPPORTED, Code.MISSING)
    left = tuple(
        finding
        for finding in result.findings
        if finding.code not in asked or finding.file != result.export.output
    )
    try:
        program, text = _asked(result, tool, repository)
        if result.how is How.PROVED:
            _refuse_own_indexes(text, result, repository)
    except FindingError as error:
        return result._replace(findings=left, how=How.RAN).failed(error.finding)
    if result.how is How.PROVED:
        return adopt(result._replace(program=program), text)
    result = result._replace(findings=left, how=How.RAN, program=program)
    return conclude(result, text, tool, repository)


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


def _asked(result: Result, tool: Tool, repository: Tree) -> tuple[tuple[str, ...], str]:
    """The words that start the tool, and the text that its command writes. Raises FindingError."""
    export = result.export
    with tempfile.TemporaryDirectory(prefix="locksync-") as above:
        place = os.path.join(above, "place")
        output = os.path.join(place, *export.output.split("/"))
        os.makedirs(os.path.dirname(output), exist_ok=True)
        invocation = tool.invoke(export, repository, output)
        program = _find(tool, invocation, result, repository)
        directory = repository.absolute(export.directory)
        if invocation.copied:
            directory = os.path.join(place, *export.directory.split("/"))
            _copy(invocation.copied, repository, place, directory)
        for name, text in invocation.above.items():
            with open(os.path.join(above, name), "w", encoding="utf-8") as file:
                file.write(text)
        if invocation.keeps_pins and (pins := _pins(result, repository)) is not None:
            with open(output, "wb") as kept:
                kept.write(pins)
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
            copy = os.path.join(place, *path.split("/"))
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            with open(copy, "wb") as file:
                file.write(content)


def _find(tool: Tool, invocation: Invocation, result: Result, repository: Tree) -> tuple[str, ...]:
    export = result.export
    if invocation.module and invocation.python:
        program = running.find_python(invocation.python, invocation.module)
    else:
        environments = _environments(export, repository)
        program = running.find_program(tool.about.program, environments)
        # The question is asked only to be recorded: the verdict depends on its answer.
        repository.programs(tool.about.program, *environments)
    if program:
        return program
    raise FindingError(_missing_tool(tool, invocation.python, result))


def _missing_tool(tool: Tool, python: str | None, result: Result) -> Finding:
    told = (Code.UNSUPPORTED, Code.STALE)
    reasons = [finding.message for finding in result.findings if finding.code in told]
    reason = reasons[0] if reasons else f"{result.export.output} is missing"
    packages = ", ".join(tool.about.packages)
    where, setting, interpreter = "", f"additional_dependencies: [{packages}]", "python"
    if python:
        interpreter = f"python{python}"
        where, setting = f" for Python {python}", f"language_version: {interpreter}"
    message = (
        f"{reason}, and {tool.about.program} is not installed{where}: install it, or for the hook "
        f"add `{setting}` to its entry in .pre-commit-config.yaml"
    )
    install = f"{interpreter} -m pip install {' '.join(tool.about.packages)}"
    return Finding(Code.NO_TOOL, message, result.export.output, None, install)


def _environments(export: Export, repository: Tree) -> list[str]:
    """The project's virtual environments, except those that a commit could have put there."""
    return [
        repository.absolute(place)
        for directory in dict.fromkeys((export.directory, ""))
        for place in (paths.join(directory, name) for name in VIRTUAL_ENVIRONMENTS)
        if not repository.is_tracked(place)
        and not any(paths.is_within(file, place) for file in repository.files())
    ]


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
    known = decode(result.current or b"") + export.command
    known += "".join(decode(repository.read(path) or b"") for path in result.inputs)
    for option in parse(text).options:
        name, _, value = option.partition(" ")
        if name in OPTIONS_OF_INDEXES and value.rstrip("/") not in known:
            message = (
                f"{export.output} is not written: this machine's settings would add {option}, "
                f"which no input file has: add it there, or keep it out of `{export.command}`"
            )
            raise FindingError(Finding(Code.REFUSED, message, export.output))


def _failed(tool: Tool, export: Export, what: str) -> FindingError:
    # Run by hand, it would take out what was put into the file.
    by_hand = None if export.edits else run_in(export.directory, export.command)
    message = (
        f"{export.output} cannot be regenerated by `{export.command}`: {tool.about.program} {what}"
    )
    return FindingError(Finding(Code.REFUSED, message, export.output, None, by_hand))
