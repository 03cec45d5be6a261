"""The options of `uv export`, from uv 0.13."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository.paths import join, parent
from locksync.tools.shared.arguments import OptionParser
from locksync.tools.shared.uv import MANIFEST

NAME = "uv export"
COMMAND = ("uv", "export")
LOCK = "uv.lock"
# Options that choose what is exported and how it is written.
FLAGS = (
    *("--all-packages", "--all-extras", "--no-dev", "--dev", "--only-dev", "--all-groups"),
    *("--no-default-groups", "--annotate", "--no-annotate", "--header", "--no-header"),
    *("--emit-index-url", "--emit-find-links", "--editable", "--no-editable", "--hashes"),
    *("--no-hashes", "--no-emit-project", "--no-install-project", "--no-emit-workspace"),
    *("--no-install-workspace", "--no-emit-local", "--no-install-local"),
)
WITH_VALUE = (
    *("--package", "--prune", "--extra", "--no-extra", "--group", "--no-group", "--only-group"),
    *("--no-editable-package", "--no-emit-package", "--no-install-package", "--index"),
    *("--default-index", "-i", "--index-url", "--extra-index-url", "-f", "--find-links"),
)
# Options without effect on an export of the lock file as it is, or only on what uv says.
IDLE_FLAGS = (
    *("--frozen", "-q", "--quiet", "-v", "--verbose", "--offline", "--no-progress", "--no-index"),
    *("--system-certs", "--native-tls", "--managed-python", "--no-managed-python"),
    *("--no-python-downloads", "-n", "--no-cache", "--no-sources", "--no-build", "--no-binary"),
    *("--no-build-isolation", "--no-upgrade", "--no-config", "--isolated", "--no-offline"),
    *("--no-system-certs", "--no-native-tls", "--no-preview", "--require-build-hashes"),
    *("--no-require-build-hashes", "--build", "--build-isolation", "--refresh", "--no-refresh"),
    *("-qq", "-vv", "--no-cache-dir", "--no-color", "--allow-python-downloads"),
    "--no-installer-metadata",
)
IDLE_WITH_VALUE = (
    *("--index-strategy", "--resolution", "--prerelease", "--prerelease-package"),
    *("--fork-strategy", "--exclude-newer", "--exclude-newer-package", "--link-mode"),
    *("--no-build-package", "--no-binary-package", "--no-sources-package", "--cert"),
    *("-C", "--config-setting", "--config-settings", "--config-settings-package"),
    *("--no-build-isolation-package", "--refresh-package", "--allow-insecure-host"),
    *("--python-preference", "--cache-dir", "--python-fetch", "--trusted-host"),
)
FORMATS = ("requirements.txt", "requirements-txt", "pylock.toml")
MOVES = re.compile(r"--(?:project|directory)\b")
PYTHON_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")


class Options(NamedTuple):
    """The options of one export that decide what uv reads and where it writes."""

    output: str | None
    directory: str
    """Where uv changes to first, relative to where it starts; "" for no change."""
    project: str
    """Where uv looks for the project, relative to `directory`; "" for `directory` itself."""
    is_locked: bool
    """Whether uv must first compare the lock file with its manifest, which takes a resolver."""
    unsupported: tuple[str, ...]
    """Words whose effect is unknown, or reaches beyond the output."""


NO_OPTIONS = Options(None, "", "", is_locked=False, unsupported=())


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("-o", "--output-file", action="append", default=[])
    parser.add_argument("--format", default="")
    parser.add_argument("--directory", default="")
    parser.add_argument("--project", default="")
    parser.add_argument("--locked", action="store_true")
    parser.add_argument("-p", "--python", default="")
    parser.add_argument("--color", default="auto")
    for flag in (*FLAGS, *IDLE_FLAGS):
        parser.ignore(flag)
    for flag in (*WITH_VALUE, *IDLE_WITH_VALUE):
        parser.add_argument(flag, dest="ignored_value")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for malformed arguments."""
    given, unknown = _parser().parse_known_args(list(arguments))
    if len(given.output_file) > 1:
        raise ValueError("it names two output files")
    if given.format and given.format not in FORMATS:
        unknown.append(f"--format {given.format}")
    if given.python and not PYTHON_VERSION.fullmatch(given.python):
        unknown.append(f"--python {given.python}")  # A path is a program.
    if given.color == "always":
        unknown.append("--color always")
    return Options(
        output=given.output_file[0] if given.output_file else None,
        directory=given.directory,
        project=given.project,
        is_locked=given.locked,
        unsupported=tuple(unknown),
    )


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that the arguments stand for, see `locksync.tools.protocol.Tool.read`."""
    options = read_options(arguments)
    if stdout and options.output:
        raise ValueError("it names two output files")
    command = join_words((*COMMAND, *arguments))
    if options.output is None:
        stdout = stdout or "requirements.txt"
        command += f" > {join_words([stdout])}"
    output = join(directory, stdout or "")
    export = Export(NAME, directory, tuple(arguments), output, command)
    lock = join(project_of(options, export), LOCK)
    return export._replace(output=output_of(options, export), lock=lock)


def project_of(options: Options, export: Export) -> str:
    """The directory that the command exports. Raises ValueError."""
    return join(join(export.directory, options.directory), options.project)


def manifests_of(export: Export) -> tuple[str, ...]:
    """The manifest beside the lock file and, of a member of its workspace, the member's."""
    top = parent(export.lock)
    manifests = [join(top, MANIFEST)]
    if export.directory != top or MOVES.search(export.command):
        with suppress(ValueError):  # What is wrong with the command, the check tells.
            project = project_of(read_options(export.arguments), export)
            manifests.append(join(project, MANIFEST))
    return tuple(dict.fromkeys(manifests))


def output_of(options: Options, export: Export) -> str:
    """The file that the command writes; a command that prints writes the export's output.

    Raises ValueError.
    """
    if options.output is None:
        return export.output
    return join(join(export.directory, options.directory), options.output)


def as_it_is(arguments: Sequence[str]) -> tuple[str, ...]:
    """The arguments that make uv take the lock file as it is, and write to its output alone."""
    return tuple("--frozen" if word == "--locked" else word for word in without_cache(arguments))


def without_cache(arguments: Sequence[str]) -> tuple[str, ...]:
    """The arguments without the directory that uv would write to."""
    rest = iter(arguments)
    kept: list[str] = []
    for word in rest:
        if word == "--cache-dir":
            next(rest, None)
        elif not word.startswith("--cache-dir="):
            kept.append(word)
    return tuple(kept)
