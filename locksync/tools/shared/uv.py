"""What all commands of uv have in common, of uv 0.13."""

from __future__ import annotations

from locksync.tools.protocol import GlobalOptions

MANIFEST, SETTINGS = "pyproject.toml", "uv.toml"
GLOBAL_OPTIONS = GlobalOptions(
    flags=(
        *("-q", "--quiet", "-v", "--verbose", "--offline", "--no-progress", "-n", "--no-cache"),
        *("--system-certs", "--native-tls", "--no-config", "--managed-python"),
        *("--no-managed-python", "--no-python-downloads", "--preview", "--no-preview"),
        *("--no-offline", "--no-system-certs", "--no-native-tls", "--isolated", "-qq", "-vv"),
        *("--no-cache-dir", "--no-color", "--allow-python-downloads", "--no-installer-metadata"),
    ),
    values=(
        *("--project", "--config-file", "--cache-dir", "--color", "--allow-insecure-host"),
        *("--python-preference", "--preview-features", "--cert", "--python-fetch"),
        "--trusted-host",
    ),
)
VARIABLES = ("UV_WORKING_DIR", "UV_WORKING_DIRECTORY", "UV_PROJECT", "UV_CONFIG_FILE")
