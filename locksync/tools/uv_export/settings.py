"""The settings of uv that count for a project: of uv.toml, or of `[tool.uv]`."""

from __future__ import annotations

from locksync.documents import Table
from locksync.repository.protocol import Tree
from locksync.tools.shared.uv_settings import nearest_settings
from locksync.tools.uv_export.errors import UndecidableError

KNOWN = frozenset(
    (
        *("required-version", "system-certs", "native-tls", "offline", "no-cache", "cache-dir"),
        *("preview", "preview-features", "python-preference", "python-downloads"),
        *("concurrent-downloads", "concurrent-builds", "concurrent-installs"),
        *("index", "index-url", "extra-index-url", "no-index", "find-links", "index-strategy"),
        *("keyring-provider", "http-proxy", "https-proxy", "no-proxy", "allow-insecure-host"),
        *("resolution", "prerelease", "prerelease-package", "fork-strategy"),
        *("dependency-metadata", "config-settings", "config-settings-package"),
        *("no-build-isolation", "require-build-hashes", "no-build-isolation-package"),
        *("extra-build-dependencies", "extra-build-variables"),
        *("exclude-newer", "exclude-newer-package", "link-mode", "compile-bytecode"),
        *("no-sources", "no-sources-package", "upgrade", "upgrade-package"),
        *("reinstall", "reinstall-package", "no-build", "no-build-package"),
        *("no-binary", "no-binary-package", "torch-backend", "python-install-mirror"),
        *("pypy-install-mirror", "graalpy-install-mirror", "pyodide-install-mirror"),
        *("python-downloads-json-url", "publish-url", "trusted-publishing", "check-url"),
        *("add-bounds", "audit", "pip", "cache-keys", "override-dependencies"),
        *("exclude-dependencies", "constraint-dependencies", "build-constraint-dependencies"),
        *("environments", "required-environments", "minimum-libc-version", "conflicts"),
        *("workspace", "sources", "managed", "package", "default-groups"),
        *("dependency-groups", "dev-dependencies", "build-backend"),
    )
)
"""The settings of uv 0.13.9. With another one, uv ignores all of them, or a newer uv knows it."""


def read_settings(directory: str, tree: Tree) -> Table:
    """The first settings in a directory or above it; those of the machine are not known.

    Raises FindingError and UndecidableError.
    """
    _, settings = nearest_settings(directory, tree.read)
    if unknown := sorted(settings.values.keys() - KNOWN):
        raise UndecidableError(f"the effect of the setting {unknown[0]} is not known")
    return settings


def settings_file(directory: str, tree: Tree) -> tuple[str, ...]:
    """The file that holds them, if there is one. Raises FindingError."""
    path, _ = nearest_settings(directory, tree.read)
    return (path,) if path else ()
