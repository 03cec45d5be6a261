"""What every option of pip-compile, as of pip-tools 7.6.2, does to the proof of its output."""

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

LINE = "the output has it as a line of its own"
NO_LINE = "it keeps lines out of the output"

TABLE: Table = (
    *COMMON,
    listed("constraint", "-c --constraint=", "the pins obey it"),
    proved("strip_extras", "--strip-extras", SHOWN),
    turned_off("strip_extras", "--no-strip-extras", SHOWN),
    proved("allow_unsafe", "--allow-unsafe", NOT_PINNED),
    turned_off("allow_unsafe", "--no-allow-unsafe", NOT_PINNED),
    listed("unsafe_package", "--unsafe-package=", NOT_PINNED),
    listed("find_links", "-f --find-links=", LINE),
    listed("trusted_host", "--trusted-host=", LINE),
    proved("index_url", "-i --index-url=", LINE),
    listed("extra_index_url", "--extra-index-url=", LINE),
    listed("pip_args", "--pip-args=", "some of them are lines of the output"),
    proved("no_index", "--no-index", NO_LINE),
    proved("no_emit_index_url", "--no-emit-index-url", NO_LINE),
    turned_off("no_emit_index_url", "--emit-index-url", NO_LINE),
    proved("no_emit_find_links", "--no-emit-find-links", NO_LINE),
    turned_off("no_emit_find_links", "--emit-find-links", NO_LINE),
    proved("no_emit_trusted_host", "--no-emit-trusted-host", NO_LINE),
    turned_off("no_emit_trusted_host", "--emit-trusted-host", NO_LINE),
    proved("no_emit_options", "--no-emit-options", NO_LINE),
    turned_off("no_emit_options", "--emit-options", NO_LINE),
    listed("build_deps_for", "--build-deps-for=", ASKED),
    proved("all_build_deps", "--all-build-deps", ASKED),
    proved("only_build_deps", "--only-build-deps", ASKED),
    *no_matter("comments only", "--annotate", "--no-annotate", "--header", "--no-header"),
    *no_matter("comments only", "--annotation-style="),
    *no_matter("what it prints", "-v --verbose", "-q --quiet", "--color", "--no-color"),
    *no_matter("line ends are compared without it", "--newline="),
    *no_matter("a file with its pins keeps them", "-p --pre", "--uploaded-prior-to="),
    *no_matter("a file with its pins keeps them", "--resolver=", "--max-rounds="),
    *no_matter("it is for one run, not for a file", "-U --upgrade", "--no-upgrade"),
    *no_matter("it is for one run, not for a file", "-P --upgrade-package=", "-r --rebuild"),
    *no_matter("hashes of a version stay what they are", "--reuse-hashes", "--no-reuse-hashes"),
    *no_matter("how packages are fetched", "--cert=", "--client-cert=", "--cache-dir="),
    *no_matter("how packages are built", "--build-isolation", "--no-build-isolation"),
    # The command in a header repeats what a configuration file says.
    *no_matter("the header repeats what it says", "--config=", "--no-config"),
    *refused("with it, nothing is written", "-n --dry-run"),
    *refused("with it, nothing is compiled", "-h --help", "--version"),
)

PIP_TABLE: Table = (
    listed("find_links", "-f --find-links=", LINE),
    listed("trusted_host", "--trusted-host=", LINE),
    proved("index_url", "-i --index-url --pypi-url=", LINE),
    listed("extra_index_url", "--extra-index-url=", LINE),
    listed("no_binary", "--no-binary=", LINE),
    listed("only_binary", "--only-binary=", LINE),
    proved("no_index", "--no-index", NO_LINE),
    *no_matter("what pip prints", "-v --verbose", "-q --quiet", "--no-color", "--no-input"),
    *no_matter("what pip prints", "--disable-pip-version-check", "--progress-bar="),
    *no_matter("what pip prints", "--no-python-version-warning", "--debug"),
    *no_matter("a file with its pins keeps them", "--pre", "--prefer-binary"),
    *no_matter("a file with its pins keeps them", "--ignore-requires-python"),
    *no_matter("a file with its pins keeps them", "--uploaded-prior-to="),
    *no_matter("how packages are fetched", "--retries=", "--timeout=", "--proxy=", "--cert="),
    *no_matter("how packages are fetched", "--client-cert=", "--no-cache-dir", "--isolated"),
    listed("keyring_provider", "--keyring-provider=", "it may start a program"),
    *no_matter("how packages are fetched", "--exists-action="),
    *no_matter("how packages are fetched", "--use-feature=", "--use-deprecated="),
    *no_matter("how packages are built", "--no-build-isolation", "--use-pep517"),
    *no_matter("how packages are built", "--no-use-pep517", "--check-build-dependencies"),
    *no_matter("how packages are built", "-C --config-settings --config-setting="),
    *no_matter("it chooses among the files of a version", "--platform=", "--python-version="),
    *no_matter("it chooses among the files of a version", "--implementation=", "--abi="),
    *no_matter("pip-compile takes no notice", "--no-deps", "--require-hashes", "-U --upgrade"),
)
"""The options of pip that `--pip-args` may hold; any other is refused, since many write files."""
