"""How to run uv: on copies of the files that it reads, and only if nothing leads it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from locksync.command_line import join_words
from locksync.documents import blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.model import Export, Invocation
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.tools.protocol import About
from locksync.tools.shared.uv import MANIFEST, SETTINGS
from locksync.tools.uv_export.header import written_arguments
from locksync.tools.uv_export.options import (
    COMMAND,
    Options,
    as_it_is,
    output_of,
    project_of,
    read_options,
    without_cache,
)

SILENT = ("-q", "--quiet", "-v", "--verbose")
"""The options that uv leaves out of headers."""
ELSEWHERE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\].*)?\Z", re.DOTALL)
NO_WORKSPACE = '[project]\nname = "none"\nversion = "0"\n'
"""A manifest above which uv looks for no workspace."""
OWN_SETTINGS = "settings"
"""Where uv looks for the settings of the user and of the machine, and finds empty ones.

If it found none, it would take those in /etc.
"""


def invoke(about: About, export: Export, tree: Tree, output: str) -> Invocation:
    """How to run the export's command, see `locksync.tools.protocol.Tool.invoke`.

    uv gets copies of the files that it reads and nothing else of the repository, so that it can
    neither write nor run anything there.
    """
    options = runnable_options(export, tree)
    copied = sorted({*_read_files(export.lock, tree)})
    for path in copied:
        if paths.name(path) == MANIFEST:
            _refuse_members_elsewhere(path, tree)
    # The copies are as far above the output as the repository is above the original.
    above = PurePath(output).parents[export.output.count("/") + 1]
    return Invocation(
        arguments=(*COMMAND[1:], *as_it_is(export.arguments)),
        output=output,
        to_stdout=options.output is None,
        environment=_environment(output, str(above / OWN_SETTINGS)),
        hidden=("UV_",),
        copied=tuple(copied),
        above={SETTINGS: "", MANIFEST: NO_WORKSPACE, f"{OWN_SETTINGS}/uv/{SETTINGS}": ""},
        restored=(
            *(((" --frozen", " --locked"),) if options.is_locked else ()),
            *_same_header(about, export, tree),
        ),
    )


def _same_header(about: About, export: Export, tree: Tree) -> Iterator[tuple[str, str]]:
    """The header as uv will write it, with the one that says the same in other words."""
    head = tree.start(export.output)
    command = f"#    {COMMAND[0]} "
    there = ""
    if written_arguments(about, head) == export.arguments:
        # A team may keep lines of its own above.
        lines = decode(head).split("\n")
        there = next((line for line in lines if line.startswith(command)), "")
    wanted = there or _header_of(export.arguments)
    ours = _header_of(without_cache(export.arguments))
    if ours != wanted:
        yield f"{ours}\n", f"{wanted}\n"


def _header_of(arguments: Sequence[str]) -> str:
    return " ".join(("#   ", *COMMAND, *(word for word in arguments if word not in SILENT)))


def runnable_options(export: Export, tree: Tree) -> Options:
    """The options of a command that locksync may run. Raises FindingError for any other.

    The command may come from a header, which is data and not an order.
    """
    try:
        options = read_options(export.arguments)
        project_of(options, export)
        output = output_of(options, export)
    except ValueError as error:
        raise _refused(export, f"`{export.command}` cannot be read: {error}") from error
    if options.unsupported:
        words = " ".join(options.unsupported)
        raise _refused(export, f"the effect of {words} is not known")
    if tree.target(output) != export.output:
        raise _refused(export, f"its header names another output file: `{export.command}`")
    return options


def _refused(export: Export, reason: str) -> FindingError:
    message = f"{export.output} cannot be checked: {reason}"
    advice = (
        f"Put the `{join_words(COMMAND)}` command that writes it into exports of [tool.locksync]"
    )
    if export.where:
        advice = f"Change its command ({export.where})"
    return FindingError(Finding(Code.UNSUPPORTED, message, export.output, advice=advice))


def _read_files(lock: str, tree: Tree) -> Iterator[str]:
    """The files that uv reads. The project's settings count, the user's do not."""
    top = paths.parent(lock)
    yield from (lock, paths.join(top, MANIFEST), paths.join(top, SETTINGS))
    for file in paths.named(tree.files(), (MANIFEST, SETTINGS).__contains__):
        if paths.is_within(file, top):
            yield file


def _environment(output: str, settings: str) -> Mapping[str, str]:
    return {
        "UV_FROZEN": "1",
        "UV_OFFLINE": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_CACHE_DIR": f"{output}.cache",
        "XDG_CONFIG_HOME": settings,
        "XDG_CONFIG_DIRS": settings,
    }


def _refuse_members_elsewhere(path: str, tree: Tree) -> None:
    """Raise FindingError for a manifest that takes members from outside its directory.

    uv would read whatever is there: for some globs, the whole file system.
    """
    content = tree.read(path) or b""
    if b"workspace" not in content and b"\\" not in content:
        return  # Escapes can spell the key too.
    document = parse_toml(content, path)
    with blaming(path):
        workspace = document.table("tool").table("uv").table("workspace")
        globs = (*workspace.strings("members"), *workspace.strings("exclude"))
    for glob in filter(ELSEWHERE.match, globs):
        message = f"{path} takes members of its workspace from elsewhere: {glob}"
        raise FindingError(Finding(Code.HOSTILE, message, path))
