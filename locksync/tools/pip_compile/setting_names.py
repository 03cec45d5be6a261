"""The settings of pip-tools by what they do to a proof, as of pip-tools 7.6.

Apart from what reads them, so that reading a command loads little.
"""

from __future__ import annotations

from locksync.documents import Table
from locksync.tools.compiled.settings import others

FILES = (".pip-tools.toml", "pyproject.toml")
OPTIONS = (
    *("generate-hashes", "strip-extras", "no-strip-extras", "allow-unsafe", "no-allow-unsafe"),
    *("unsafe-package", "extra", "all-extras", "constraint", "index-url", "extra-index-url"),
    *("find-links", "trusted-host", "no-emit-index-url", "no-emit-find-links", "no-index"),
    *("no-emit-options", "no-emit-trusted-host", "all-build-deps", "only-build-deps"),
    *("build-deps-for",),
)
"""The settings that a proof knows, each named like its option."""
CONTRARIES = {f"emit-{name}" for name in ("index-url", "find-links", "options", "trusted-host")}
IDLE = ("annotate", "no-annotate", "annotation-style", "header", "no-header", "newline", "quiet")


def settings_in(document: Table) -> Table:
    """What `[tool.pip-tools]` says to pip-compile."""
    tools = document.table("tool").table("pip-tools")
    own = tools.table("compile").values
    return Table({**tools.values, **own})


def hidden_settings(document: Table) -> object:
    """The settings whose effect an output does not show."""
    return others(settings_in(document), (*OPTIONS, *CONTRARIES, *IDLE))


SETTINGS_FILES = dict.fromkeys(FILES, hidden_settings)
