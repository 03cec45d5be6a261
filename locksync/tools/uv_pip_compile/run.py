"""How to run `uv pip compile`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from locksync.model import Export, Invocation
from locksync.tools.compiled.run import runnable_options
from locksync.tools.uv_pip_compile.options import COMPILER


def invoke(export: Export, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.protocol.Tool.invoke`."""
    given = runnable_options(COMPILER, export).output
    return Invocation(
        arguments=(*COMPILER.command[1:], *_with_output(export.arguments, output)),
        output=output,
        to_stdout=given is None,
        environment={"UV_CUSTOM_COMPILE_COMMAND": None},
        keeps_pins=given is not None,
        restored=((output, given or ""),),
    )


def _with_output(arguments: Sequence[str], output: str) -> Iterator[str]:
    """The arguments with another output file in place: uv accepts the option only once."""
    is_value = False
    for word in arguments:
        if is_value:
            yield output
        elif word.startswith("--output-file="):
            yield f"--output-file={output}"
        elif word.startswith("-o") and len(word) > len("-o"):
            yield f"-o{output}"
        else:
            yield word
        is_value = not is_value and word in ("-o", "--output-file")
