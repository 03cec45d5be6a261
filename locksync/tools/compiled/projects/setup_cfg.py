"""The requirements of a project in its setup.cfg, as setuptools reads it."""

from __future__ import annotations

from configparser import ConfigParser, Error

from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import decode
from locksync.tools.compiled.manifest import Input, Look, Metadata, UnprovableError, as_inputs
from locksync.tools.compiled.projects.dynamic import read_listed

MOST_LINES = 2**13
"""How many lines it may have: `configparser` takes longer and longer to tell what is wrong."""


def read_setup_cfg(content: bytes, file: str, look: Look) -> Metadata | None:
    """What a setup.cfg lists; None if it has no options. Raises FindingError."""
    if content.count(b"\n") > MOST_LINES:
        raise UnprovableError(f"{file} has more than {MOST_LINES} lines")
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(decode(content))
    except Error as error:
        message = f"{file} is not valid: {str(error).splitlines()[0]}"
        raise FindingError(Finding(Code.MALFORMED, message, file)) from error
    if not parser.has_section("options"):
        return None
    extras: dict[str, str] = {}
    if parser.has_section("options.extras_require"):
        extras = dict(parser.items("options.extras_require"))
    required = parser.get("options", "install_requires", fallback="")
    return Metadata(
        canonicalize_name(parser.get("metadata", "name", fallback="")),
        _listed(required, file, look),
        {extra: _listed(value, file, look) for extra, value in extras.items()},
    )


def _listed(value: str, file: str, look: Look) -> tuple[Input, ...]:
    """The requirements that a value lists, or the files that it names."""
    if value.lstrip().startswith("file:"):
        names = value.strip().removeprefix("file:").split(",")
        return read_listed(look, paths.parent(file), names)
    if value.lstrip().startswith("attr:"):
        raise UnprovableError(f"{file} does not list its requirements")
    lines = value.splitlines() if "\n" in value else value.split(";")
    texts = (line.partition(" #")[0].strip() for line in lines)
    return tuple(as_inputs((text for text in texts if text and text[0] != "#"), file))
