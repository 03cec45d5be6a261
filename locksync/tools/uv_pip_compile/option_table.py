"""What every option of `uv pip compile`, as of uv 0.13.9, does to the proof of its output.

With those that its help does not name: the opposites of flags, and options of pip-compile.
"""

from __future__ import annotations

from locksync.tools.compiled.option_table import (
    ASKED,
    COMMON,
    NOT_PINNED,
    SHOWN,
    Table,
    listed,
    no_matter,
    proved,
    refused,
    turned_off,
)

LINE = "the output has it as a line of its own, where its --emit option is given"
EMITS = "it puts lines into the output"
WHERE = "it says for which Python or platform requirements apply"
KEPT = "a file with its pins keeps them"
FETCHED = "how packages are fetched"
BUILT = "how packages are built"
COMMENTS = "comments only"
PRINTED = "what it prints"
ONCE = "it is for one run, not for a file"
IDLE = "uv takes it for the sake of pip-compile, and does so anyway"
HERE = "which Python is looked for on this machine"

TABLE: Table = (
    *COMMON,
    proved("format", "--format=", "it says what the output is"),
    turned_off("all_extras", "--no-all-extras", ASKED),
    listed("group", "--group=", ASKED),
    proved("no_sources", "--no-sources", ASKED),
    proved("no_deps", "--no-deps", ASKED),
    turned_off("no_deps", "--deps", ASKED),
    listed("constraint", "-c --constraint --constraints=", "the pins obey it"),
    listed("override", "--override --overrides=", "it takes the place of requirements"),
    listed("excludes", "--exclude --excludes=", "it takes requirements out"),
    proved("no_strip_extras", "--no-strip-extras", SHOWN),
    turned_off("no_strip_extras", "--strip-extras", SHOWN),
    proved("no_strip_markers", "--no-strip-markers", SHOWN),
    turned_off("no_strip_markers", "--strip-markers", SHOWN),
    proved("universal", "--universal", WHERE),
    turned_off("universal", "--no-universal", WHERE),
    proved("python", "-p --python --python-version=", WHERE),
    proved("python_platform", "--python-platform=", WHERE),
    listed("unpinned", "--no-emit-package --unsafe-package=", NOT_PINNED),
    proved("index_url", "-i --index-url --default-index=", LINE),
    listed("extra_index_url", "--extra-index-url --index=", LINE),
    listed("find_links", "-f --find-links=", LINE),
    listed("trusted_host", "--allow-insecure-host --trusted-host=", "uv never writes it"),
    listed("no_binary", "--no-binary=", LINE),
    listed("only_binary", "--only-binary=", LINE),
    proved("emit_index_url", "--emit-index-url", EMITS),
    turned_off("emit_index_url", "--no-emit-index-url", EMITS),
    proved("emit_find_links", "--emit-find-links", EMITS),
    turned_off("emit_find_links", "--no-emit-find-links", EMITS),
    proved("emit_build_options", "--emit-build-options", EMITS),
    turned_off("emit_build_options", "--no-emit-build-options", EMITS),
    *no_matter(COMMENTS, "--annotate", "--no-annotate", "--header", "--no-header"),
    *no_matter(COMMENTS, "--annotation-style=", "--custom-compile-command="),
    *no_matter(COMMENTS, "--emit-index-annotation", "--no-emit-index-annotation"),
    *no_matter(COMMENTS, "--emit-marker-expression", "--no-emit-marker-expression"),
    *no_matter(PRINTED, "-q --quiet", "-v --verbose", "--color=", "--no-progress"),
    *no_matter(PRINTED, "-qq", "-vv", "--no-color"),
    *no_matter(ONCE, "-U --upgrade", "--no-upgrade", "-P --upgrade-package="),
    *no_matter(ONCE, "--refresh", "--no-refresh", "--refresh-package="),
    *no_matter(KEPT, "--resolution=", "--prerelease=", "--pre", "--prerelease-package="),
    *no_matter(KEPT, "--fork-strategy=", "--exclude-newer=", "--exclude-newer-package="),
    *no_matter(KEPT, "--index-strategy=", "--torch-backend="),
    proved("keyring_provider", "--keyring-provider=", "it may start a program"),
    *no_matter(FETCHED, "--no-index", "--cert=", "--offline"),
    *no_matter(FETCHED, "--no-offline", "--link-mode=", "-n --no-cache --no-cache-dir"),
    *no_matter(FETCHED, "--cache-dir=", "--system-certs", "--no-system-certs"),
    *no_matter(FETCHED, "--native-tls", "--no-native-tls"),
    *no_matter(BUILT, "-b --build-constraint --build-constraints=", "--require-build-hashes"),
    *no_matter(BUILT, "-C --config-setting --config-settings=", "--config-settings-package="),
    *no_matter(BUILT, "--no-build", "--build", "--no-build-isolation", "--build-isolation"),
    *no_matter(BUILT, "--no-build-isolation-package="),
    *no_matter(HERE, "--system", "--no-system", "--managed-python", "--no-managed-python"),
    *no_matter(HERE, "--no-python-downloads", "--python-preference="),
    *no_matter(HERE, "--allow-python-downloads", "--python-fetch="),
    *no_matter("it is for what uv installs", "--no-installer-metadata"),
    *no_matter("it has no effect on `uv pip`", "--project="),
    *no_matter("settings are then not read", "--no-config"),
    *no_matter("uv takes it without effect", "--isolated"),
    *no_matter("what is tried out is off by default", "--no-preview"),
    *no_matter(IDLE, "--allow-unsafe", "--no-allow-unsafe", "--no-reuse-hashes", "--resolver="),
    *no_matter(IDLE, "--no-emit-options", "--no-emit-trusted-host", "--legacy-annotations"),
    *refused("it names settings that are not read", "--config-file="),
    *refused("sources of some packages are read, and of others not", "--no-sources-package="),
    *refused("what it tries out is another thing in every version", "--preview"),
    *refused("what it tries out is another thing in every version", "--preview-features="),
    *refused("uv refuses it in `uv pip`", "--upgrade-group="),
    *refused("with it, nothing is compiled", "-h --help"),
    *refused("it is taken with the directory that it names", "--directory="),
)
