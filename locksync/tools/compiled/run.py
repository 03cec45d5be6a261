"""What both compile commands check before they run."""

from __future__ import annotations

from locksync.command_line import join_words
from locksync.findings import Code, Finding, FindingError
from locksync.model import Export
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.tools.compiled.lock import read_header
from locksync.tools.compiled.options import CompileOptions, Compiler


def compiled_python(export: Export, tree: Tree) -> str | None:
    """The Python version in the output's header, if there is one."""
    return read_header(decode(tree.read(export.output) or b""))[1]


def runnable_options(compiler: Compiler, export: Export) -> CompileOptions:
    """The options of a command that locksync may run. Raises FindingError for any other.

    The command may come from a header, which is data and not an order.
    """
    options = compiler.read(export.arguments)
    if not export.command.startswith(join_words((*compiler.command, *export.arguments))):
        reason = f"`{export.command}` compiled it, and locksync does not run that"
        raise _refused(compiler, export, reason)
    if options.unsupported:
        reason = f"the effect of {' '.join(options.unsupported)} is not known"
        raise _refused(compiler, export, reason)
    return options


def _refused(compiler: Compiler, export: Export, reason: str) -> FindingError:
    message = (
        f"{export.output} is not regenerated: {reason}: run the command by hand, or put a "
        f"`{join_words(compiler.command)}` command into the configuration"
    )
    return FindingError(Finding(Code.REFUSED, message, export.output))
