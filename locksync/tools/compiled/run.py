"""What both compile commands check before they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from locksync.command_line import join_words
from locksync.findings import Code, Finding, FindingError
from locksync.model import Export
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.tools.compiled.header import split
from locksync.tools.compiled.lock import is_layered, read_header
from locksync.tools.compiled.options import CompileOptions, Compiler
from locksync.tools.protocol import About
from locksync.tools.shared.subcommands import arguments_of

Shown = Callable[[Sequence[str]], Sequence[str]]
ELSEWHERE = ("--cache-dir",)
"""The options that have a command write elsewhere than to its output."""


def kept_header(about: About, export: Export, tree: Tree, shown: Shown | None = None) -> str | None:
    """The command that the header is to name, where it is another one than is run.

    That is what the variable before the command says, or else the team's own command in the header
    that is there, or the same command in other words, for a tool that writes the words as they were
    typed. `shown` says which of them it writes.
    """
    given = _variable(about, export.command)
    text = decode(tree.read(export.output) or b"")
    named = read_header(text)[0]
    if given or not named or is_layered(text):
        return given
    words = split(named)
    if words[:1] != about.command[:1]:
        return named
    if shown is None:
        return None
    try:
        arguments = arguments_of(words, about)
    except ValueError:
        return None
    ours = [word.replace("\\", "/") for word in arguments[0]] if arguments else None
    return named if ours is not None and [*shown(ours)] == [*shown(export.arguments)] else None


def _variable(about: About, command: str) -> str | None:
    """What the variable for the header says before a command."""
    first = next(iter(split(command)), "")
    name, _, value = first.partition("=")
    return value if about.header_variable and name == about.header_variable else None


def runnable_options(compiler: Compiler, about: About, export: Export) -> CompileOptions:
    """The options of a command that locksync may run. Raises FindingError for any other.

    The command may come from a header, which is data and not an order.
    """
    options = compiler.read(export.arguments)
    if not compiler.is_named_by(export):
        reason = f"`{export.command}` compiled it, and locksync does not run that"
        raise _refused(compiler, export, reason)
    if words := (*options.unsupported, *options.not_run):
        reason = f"the effect of {' '.join(words)} is not known"
        raise _refused(compiler, export, reason)
    return options


def _refused(compiler: Compiler, export: Export, reason: str) -> FindingError:
    message = f"{export.output} is not regenerated: {reason}"
    command = join_words(compiler.command)
    advice = f"Run it by hand, or put a `{command}` command into exports of [tool.locksync]"
    if export.where:
        advice = f"Change its command ({export.where})"
    return FindingError(Finding(Code.REFUSED, message, export.output, advice=advice))
