"""The settings of uv by what they do to a proof, as of uv 0.13.

Apart from what reads them, so that reading a command loads little.
"""

from __future__ import annotations

from functools import partial

from locksync.documents import Table
from locksync.tools.compiled.settings import others
from locksync.tools.shared.uv import MANIFEST, SETTINGS

OPTIONS = (
    *("universal", "python-platform", "python-version", "extra", "all-extras", "group"),
    *("generate-hashes", "no-strip-extras", "no-emit-package", "emit-index-url", "no-extra"),
    *("emit-find-links", "emit-build-options", "index-url", "extra-index-url", "find-links"),
    *("no-binary", "only-binary"),
)
"""The settings of `[tool.uv.pip]` that a proof knows, each named like its option."""
IDLE_OPTIONS = (
    *("annotation-style", "no-annotate", "no-header", "custom-compile-command", "output-file"),
    *("link-mode", "system", "break-system-packages", "compile-bytecode", "upgrade", "strict"),
    *("upgrade-package", "verify-hashes", "require-hashes", "no-build-isolation", "reinstall"),
)
"""Those that do not change what a file with its pins contains."""
READ = ("sources", "constraint-dependencies", "override-dependencies", "exclude-dependencies")
IDLE = (
    *("dev-dependencies", "default-groups", "package", "managed", "workspace", "conflicts"),
    *("build-backend", "publish-url", "check-url", "trusted-publishing", "cache-keys", "cache-dir"),
    *("link-mode", "concurrent-builds", "concurrent-downloads", "concurrent-installs", "preview"),
    *("python-downloads", "python-preference", "required-version", "dependency-groups"),
    *("compile-bytecode", "build-constraint-dependencies", "required-environments"),
)
"""Those of `[tool.uv]` that change other commands."""


def hidden_settings(table: str, document: Table) -> object:
    """The settings whose effect an output does not show; `table` is "" for a whole document."""
    uv = document.table("tool").table(table) if table else document
    return others(uv, (*READ, *IDLE, "pip")), others(uv.table("pip"), (*OPTIONS, *IDLE_OPTIONS))


SETTINGS_FILES = {
    MANIFEST: partial(hidden_settings, "uv"),
    SETTINGS: partial(hidden_settings, ""),
}
