"""How to run pip-compile."""

from __future__ import annotations

from locksync.command_line import join_words
from locksync.model import Export, Invocation
from locksync.repository.protocol import Tree
from locksync.tools.compiled.run import compiled_python, runnable_options
from locksync.tools.pip_compile.options import COMPILER, NOT_GIVEN


def invoke(export: Export, tree: Tree, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.protocol.Tool.invoke`."""
    given = runnable_options(COMPILER, export).output
    python = compiled_python(export, tree)
    subcommand = ("compile",) if python else ()
    written = f"--output-file={join_words([output])}"
    arguments = (word for word in export.arguments if not NOT_GIVEN.fullmatch(word))
    original = f"--output-file={join_words([given])}" if given else ""
    return Invocation(
        arguments=(*subcommand, *arguments, "--quiet", "--output-file", output),
        output=output,
        environment={"CUSTOM_COMPILE_COMMAND": None},
        module="piptools" if python else None,
        python=python,
        keeps_pins=True,
        restored=((written if original else f" {written}", original),),
    )
