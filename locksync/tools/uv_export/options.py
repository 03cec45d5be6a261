"""The options of `uv export`, of uv 0.13."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from locksync.tools.shared.arguments import OptionParser

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
# Options that change nothing of what is read from a lock file as it is, or only how uv talks.
IDLE_FLAGS = (
    *("--frozen", "-q", "--quiet", "-v", "--verbose", "--offline", "--no-progress", "--no-index"),
    *("--system-certs", "--native-tls", "--managed-python", "--no-managed-python"),
    *("--no-python-downloads", "-n", "--no-cache", "--no-sources", "--no-build", "--no-binary"),
    *("--no-build-isolation", "--no-upgrade"),
)
IDLE_WITH_VALUE = (
    *("--index-strategy", "--resolution", "--prerelease", "--prerelease-package"),
    *("--fork-strategy", "--exclude-newer", "--exclude-newer-package", "--link-mode"),
    *("--no-build-package", "--no-binary-package", "--no-sources-package"),
)
FORMATS = ("requirements.txt", "requirements-txt", "pylock.toml")
PYTHON_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")


class Options(NamedTuple):
    """The options of one export, as far as they decide what is read and where it is written."""

    output: str | None
    directory: str
    """Where uv goes first, relative to where it is started; "" for nowhere else."""
    project: str
    """Where it looks for the project, relative to there; "" for there."""
    is_locked: bool
    """Whether uv is to compare the lock file with its manifest first, which takes a resolver."""
    unsupported: tuple[str, ...]
    """Words whose effect is not known, or reaches further than to the output."""


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
    """The options that the arguments give. Raises ValueError for arguments that are none."""
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


def as_it_is(arguments: Sequence[str]) -> tuple[str, ...]:
    """The arguments that have uv take the lock file as it is."""
    return tuple("--frozen" if word == "--locked" else word for word in arguments)
