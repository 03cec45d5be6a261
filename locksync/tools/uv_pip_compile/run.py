"""How to run `uv pip compile`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from locksync.command_line import join_words
from locksync.model import OWN_PYTHON, Export, Invocation
from locksync.repository.protocol import Tree
from locksync.tools.compiled.option_table import without
from locksync.tools.compiled.run import ELSEWHERE, kept_header, runnable_options
from locksync.tools.protocol import About
from locksync.tools.uv_pip_compile.option_table import TABLE
from locksync.tools.uv_pip_compile.options import COMPILER

NEVER_SHOWN = ("-q", "-v", "--no-progress", "--native-tls", "--upgrade", "--upgrade-package")
OURS = ("--python", OWN_PYTHON)
"""uv would start each Python that it finds, and looks for them in the repository too."""
VERSION = re.compile(r"(?:--python=|-p=?)(?P<version>.+)")


def invoke(about: About, export: Export, tree: Tree, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.protocol.Tool.invoke`."""
    given = runnable_options(COMPILER, about, export).output
    words = tuple(_with_output(tuple(without(TABLE, export.arguments, ELSEWHERE)), output))
    arguments, restored = _with_python(words)
    # Of what a shell sends to a file, uv could not keep the pins.
    added = () if given else ("-o", output)
    return Invocation(
        arguments=(*COMPILER.command[1:], *arguments, *added),
        output=output,
        environment={about.header_variable: kept_header(about, export, tree, _shown)},
        keeps_pins=True,
        restored=(restored, (output, given) if given else (f" -o {output}", "")),
    )


def _shown(arguments: Sequence[str]) -> tuple[str, ...]:
    """The arguments that uv shows in a header, as of uv 0.13."""
    left_out = list(NEVER_SHOWN)
    if "--emit-index-url" not in arguments:
        left_out += ["--index-url", "--extra-index-url"]
    if "--emit-find-links" not in arguments:
        left_out.append("--find-links")
    return tuple(without(TABLE, arguments, left_out))


def _with_python(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, str]]:
    """The arguments with our Python, and what to put into a header in place of what for that."""
    for at, word in enumerate(words):
        size = 2 if word in ("-p", "--python") else 1
        version = words[at + 1] if size == 2 else _version_in(word)
        if version:
            ours = (*OURS, "--python-version", version)
            before, after = words[:at], words[at + size :]
            return (*before, *ours, *after), (join_words(ours), join_words(words[at : at + size]))
    return (*OURS, *words), (f"{join_words(OURS)} ", "")


def _version_in(word: str) -> str | None:
    found = VERSION.fullmatch(word)
    return found["version"] if found else None


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
