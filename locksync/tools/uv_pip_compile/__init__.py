"""`uv pip compile`: requirements.in and the like, compiled into requirements files by uv."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from locksync.command_line import join_words
from locksync.model import Answer, Export, Invocation
from locksync.repository.paths import join
from locksync.repository.protocol import Tree
from locksync.tools.compiled.options import (
    OPTIONS_OF_OUTPUT,
    CompileOptions,
    compile_command,
    groups_of,
    index_options,
    sources_of,
)
from locksync.tools.protocol import About
from locksync.tools.shared.arguments import OptionParser

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces

COMMAND = ("uv", "pip", "compile")
OTHER_COMMAND = re.compile(rb"^#    uv (?!pip compile )", re.MULTILINE)
# Options that do not change what is pinned by a file that has its pins, or only how it is found.
WITHOUT_VALUE = (
    *("--annotate", "--no-annotate", "--header", "--no-header", "--emit-index-annotation"),
    *("--no-emit-index-annotation", "-q", "--quiet", "-v", "--verbose", "-n", "--no-cache"),
    *("-U", "--upgrade", "--no-upgrade", "--pre", "--no-index", "--offline", "--no-progress"),
    *("--system", "--no-build", "--no-build-isolation", "--managed-python", "--refresh"),
    *("--no-managed-python", "--no-python-downloads", "--system-certs", "--native-tls"),
    *("--no-strip-markers", "--no-config", "--require-build-hashes", "--legacy-annotations"),
)
WITH_VALUE = (
    *("--annotation-style", "--index-strategy", "--resolution"),
    *("--prerelease", "--prerelease-package", "--fork-strategy", "--exclude-newer"),
    *("--exclude-newer-package", "--custom-compile-command", "--link-mode"),
    *("-P", "--upgrade-package", "--upgrade-group", "-b", "--build-constraint"),
    *("--build-constraints", "--color", "--no-build-isolation-package", "--no-build-package"),
    *("--refresh-package", "--resolver"),
)
PYTHON_VERSION = re.compile(r"\d+(?:\.\d+){0,2}")
PLATFORMS = {
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "macos": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
}
"""Marker values of the platforms that --python-platform names, alone or as part of a triple."""
MACHINES = {
    "x86_64": {"darwin": "x86_64", "win32": "AMD64"},
    "aarch64": {"darwin": "arm64", "win32": "ARM64"},
}
"""The architectures of triples, as they are called on systems that are not Linux."""
ALIASES = {"darwin": "macos", "manylinux": "linux", "musllinux": "linux"}


class UvPipCompile:
    """The command `uv pip compile`, as `locksync.tools.protocol.Tool` describes a tool."""

    about = About(
        name="uv pip compile",
        program="uv",
        command=COMMAND,
        hook="uv-pip-compile",
        packages=("uv",),
        writes_header=True,
        is_inert=False,
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return []  # Which of the two compilers is meant, only a header tells.

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        if OTHER_COMMAND.search(head):
            return None
        from locksync.tools.compiled.compiler import Compiler

        return Compiler(self.about.name, COMMAND, read_options, _arguments).from_header(
            path, head, tree
        )

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        from locksync.tools.compiled import compiler as commands

        yield from commands.Compiler(self.about.name, COMMAND, read_options, _arguments).candidates(
            directory, traces, tree
        )

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        options = read_options(arguments)
        output = stdout or options.output
        if not output or (stdout and options.output):
            raise ValueError("it names no output file: use -o FILE")
        if not options.sources and not options.groups:
            raise ValueError("it names no input file")
        return Export(
            tool=self.about.name,
            directory=directory,
            arguments=tuple(arguments),
            output=join(directory, output),
            command=join_words((*COMMAND, *arguments)) + (f" > {stdout}" if stdout else ""),
        )

    def inputs(self, export: Export) -> tuple[str, ...]:
        options = read_options(export.arguments)
        sources, constraints = sources_of(export, options)
        return (*sources, *(file for file, _ in groups_of(export, options)), *constraints)

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.compiled import compiler as commands
        from locksync.tools.compiled.output import CompiledFile
        from locksync.tools.compiled.prove import Expected

        options = read_options(export.arguments)

        def expected(compiled: CompiledFile) -> Expected:
            return Expected(
                output=export.output,
                environments=list(_environments(options, tree)),
                hashes=options.hashes,
                strip_extras=options.strip_extras,
                universal=options.universal,
                keeps_markers=False,
                annotates_bare_constraints=False,
                unpinned=options.unpinned,
            )

        return commands.answer_by_proof(export, tree, options, expected)

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.compiled.compiler import refuse_to_run

        options = read_options(export.arguments)
        refuse_to_run(export, COMMAND, options)
        given = options.output
        arguments = tuple(_with_output(export.arguments, output))
        return Invocation(
            arguments=(*COMMAND[1:], *arguments),
            output=output,
            to_stdout=given is None,
            environment={"UV_CUSTOM_COMPILE_COMMAND": None},
            keeps_pins=given is not None,
            restored=((output, given or ""),),
        )

    def make_lock(self, export: Export) -> str:
        return compile_command(export, COMMAND)

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return compile_command(export, COMMAND, names)


TOOL = UvPipCompile()


def _environments(options: CompileOptions, tree: Tree) -> Iterator[Mapping[str, str]]:
    from locksync.tools.compiled import compiler as commands

    here = tree.environment()
    if options.universal:
        for platform in PLATFORMS.values():
            yield from commands.environments(here, None, platform)
        return
    words = re.split(r"-|(?<=linux)_", options.platform or "")
    names = [ALIASES.get(word, word) for word in words]
    platform = dict(next((PLATFORMS[name] for name in names if name in PLATFORMS), {}))
    if "macos" not in names and "windows" not in names and words[0] in MACHINES:
        platform["platform_machine"] = words[0]
    elif platform and words[0] in MACHINES:
        platform["platform_machine"] = MACHINES[words[0]][platform["sys_platform"]]
    yield from commands.environments(here, options.python, platform)


def _with_output(arguments: Sequence[str], output: str) -> Iterator[str]:
    """The arguments with another output file: uv takes that option only once."""
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


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("sources", nargs="*")
    parser.add_argument("-o", "--output-file")
    parser.add_argument("-c", "--constraint", "--constraints", action="append", default=[])
    parser.add_argument("--override", "--overrides", "--excludes", action="append", default=[])
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--all-extras", action="store_true")
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--generate-hashes", action="store_true")
    parser.add_argument("--no-strip-extras", action="store_true")
    parser.add_argument("--strip-extras", action="store_false", dest="no_strip_extras")
    parser.add_argument("--universal", action="store_true")
    parser.add_argument("-p", "--python", "--python-version")
    parser.add_argument("--python-platform")
    parser.add_argument("--no-deps", action="store_true")
    parser.add_argument("--emit-index-url", action="store_true")
    parser.add_argument("--emit-find-links", action="store_true")
    parser.add_argument("--emit-build-options", action="store_true")
    parser.add_argument("-i", "--index-url", "--default-index")
    parser.add_argument("--extra-index-url", "--index", action="append", default=[])
    parser.add_argument("-f", "--find-links", action="append", default=[])
    parser.add_argument("--trusted-host", action="append", default=[])
    parser.add_argument("--no-binary", action="append", default=[])
    parser.add_argument("--only-binary", action="append", default=[])
    for flag in ("--no-emit-package", "--unsafe-package"):
        parser.add_argument(flag, action="append", default=[], dest="unpinned")
    for flag in WITHOUT_VALUE:
        parser.ignore(flag)
    for flag in WITH_VALUE:
        parser.add_argument(flag, dest="ignored_value")
    return parser


def read_options(arguments: Sequence[str]) -> CompileOptions:
    """The options that the arguments give. Raises ValueError for arguments that are none."""
    given, unknown = _parser().parse_mixed(arguments)
    if given.python and not PYTHON_VERSION.fullmatch(given.python):
        unknown.append(f"--python {given.python}")  # A path is a program, and would be run.
    return CompileOptions(
        sources=tuple(given.sources),
        output=given.output_file,
        constraints=tuple(given.constraint),
        extras=frozenset(given.extra),
        all_extras=given.all_extras,
        groups=tuple(given.group),
        hashes=given.generate_hashes,
        strip_extras=not given.no_strip_extras,
        universal=given.universal,
        python=given.python,
        platform=given.python_platform,
        expands_itself=True,
        moves_references=True,
        settings={"pyproject.toml": "uv", "uv.toml": ""},
        unpinned=frozenset(given.unpinned),
        output_options=tuple(index_options(given)),
        hidden_options=frozenset(_hidden_options(given)),
        unprovable="overrides" if given.override else None,
        unsupported=tuple(unknown),
    )


def _arguments(options: CompileOptions) -> tuple[str, ...]:
    flags = {
        "--generate-hashes": options.hashes,
        "--no-strip-extras": not options.strip_extras,
        "--universal": options.universal,
        f"--python-version={options.python}": options.python,
        f"--python-platform={options.platform}": options.platform,
    }
    return tuple(flag for flag, is_given in flags.items() if is_given)


def _hidden_options(given: Namespace) -> Iterator[str]:
    shown = {
        "--index-url": given.emit_index_url,
        "--extra-index-url": given.emit_index_url,
        "--find-links": given.emit_find_links,
        "--no-binary": given.emit_build_options,
        "--only-binary": given.emit_build_options,
    }
    yield from (option for option in OPTIONS_OF_OUTPUT if not shown.get(option))
