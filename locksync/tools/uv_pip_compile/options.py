"""The options of `uv pip compile`, read."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository.paths import join
from locksync.requirements.names import is_pylock
from locksync.tools.compiled.option_table import keyring_in, names_in, parser_of, refused_in
from locksync.tools.compiled.options import (
    OPTIONS_OF_OUTPUT,
    CompileOptions,
    Compiler,
    common_options,
)
from locksync.tools.shared.arguments import OptionParser
from locksync.tools.uv_pip_compile.option_table import TABLE
from locksync.tools.uv_pip_compile.setting_names import SETTINGS_FILES

PYLOCK = "pylock.toml"
FORMATS = ("requirements.txt", "requirements-txt")
PYTHON_VERSION = re.compile(r"\d+(?:\.\d+){0,2}")


@cache
def _parser() -> OptionParser:
    return parser_of(TABLE)


def read_options(arguments: Sequence[str]) -> CompileOptions:
    """The options that the arguments give. Raises ValueError for malformed arguments."""
    given, unknown = _parser().parse_mixed(arguments)
    if given.python and not PYTHON_VERSION.fullmatch(given.python):
        unknown.append(f"--python {given.python}")  # A path is a program, and uv would run it.
    if given.format and given.format not in (PYLOCK, *FORMATS):
        unknown.append(f"--format {given.format}")
    if given.universal and given.python_platform:
        unknown.append("--universal beside --python-platform")  # uv takes one or the other.
    options = common_options(given)
    writes_pylock = _writes_pylock(given)
    return options._replace(
        groups=tuple(given.group),
        hashes=given.generate_hashes and not writes_pylock,  # Such a file has what there is.
        strip_extras=writes_pylock or not given.no_strip_extras,
        universal=given.universal,
        keeps_markers=given.no_strip_markers,
        no_dependencies=given.no_deps,
        python=given.python,
        platform=given.python_platform,
        expands_itself=True,
        moves_references=True,
        settings=SETTINGS_FILES,
        no_sources=given.no_sources,
        pylock=writes_pylock,
        overrides=tuple(given.override),
        excludes=tuple(given.excludes),
        unpinned=frozenset(names_in(given.unpinned)),
        output_options=(*options.output_options, *_build_options(given)),
        hidden_options=frozenset(OPTIONS_OF_OUTPUT if writes_pylock else _hidden_options(given)),
        not_run=keyring_in([given.keyring_provider or ""]),
        unsupported=(*refused_in(given), *unknown),
    )


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that the arguments stand for, see `locksync.tools.protocol.Tool.read`."""
    options = read_options(arguments)
    output = stdout or options.output
    if not output or (stdout and options.output):
        raise ValueError("it names no output file: use -o FILE")
    if not options.sources and not options.groups:
        raise ValueError("it names no input file")
    command = join_words((*COMPILER.command, *arguments))
    return Export(
        tool=COMPILER.tool,
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, output),
        command=f"{command} > {stdout}" if stdout else command,
    )


def _writes_pylock(given: Namespace) -> bool:
    if given.format:
        return bool(given.format == PYLOCK)
    return is_pylock((given.output_file or "").replace("\\", "/"))


def _build_options(given: Namespace) -> Iterator[str]:
    for option, names in (("--no-binary", given.no_binary), ("--only-binary", given.only_binary)):
        yield from (f"{option} {name}" for name in names_in(names))


def _hidden_options(given: Namespace) -> Iterator[str]:
    shown = {
        "--index-url": given.emit_index_url,
        "--extra-index-url": given.emit_index_url,
        "--find-links": given.emit_find_links,
        "--no-binary": given.emit_build_options,
        "--only-binary": given.emit_build_options,
    }
    yield from (option for option in OPTIONS_OF_OUTPUT if not shown.get(option))


def _flags(options: CompileOptions) -> Mapping[str, object]:
    return {
        "--generate-hashes": options.hashes,
        "--no-strip-extras": not options.strip_extras,
        "--universal": options.universal,
        f"--python-version={options.python}": options.python,
        f"--python-platform={options.platform}": options.platform,
    }


COMPILER = Compiler("uv pip compile", ("uv", "pip", "compile"), read_options, _flags)
