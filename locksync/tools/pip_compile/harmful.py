"""Settings of a repository with which pip-compile would write where it pleases."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from locksync.documents import Table, blaming, parse_toml
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.compiled.options import CompileOptions, sources_of
from locksync.tools.pip_compile.options import COMPILER
from locksync.tools.shared.refusals import not_regenerated

FILES = (".pip-tools.toml", "pyproject.toml")
PIP_ARGUMENTS = "pip-args"
CACHE = "cache-dir"


def refuse_harmful_settings(export: Export, options: CompileOptions, tree: Tree) -> None:
    """Raise FindingError for settings that are no matter of what is compiled."""
    for file in dict.fromkeys(_files(export, options)):
        content = tree.read(file) or b""
        # Escapes can spell the keys too.
        if b"pip-tools" not in content and b"\\" not in content:
            continue
        with blaming(file):
            settings = dict(_settings(parse_toml(content, file)))
            if CACHE in settings:
                reason = f"{file} has pip-compile keep a cache in {settings[CACHE]}"
                raise not_regenerated(export, reason, path=file)
            given = settings.get(PIP_ARGUMENTS, "")
            words = given if isinstance(given, list) else shlex.split(str(given))
            text = shlex.join(map(str, words))
            if text and COMPILER.read((f"--{PIP_ARGUMENTS}={text}",)).unsupported:
                reason = f"{file} has pip-compile run pip with {text}, which may write anywhere"
                raise not_regenerated(export, reason, path=file)


def _files(export: Export, options: CompileOptions) -> Iterator[str]:
    """The files that may hold the settings."""
    sources, _ = sources_of(export, options)
    for directory in (export.directory, *map(paths.parent, sources)):
        yield from (paths.join(directory, name) for name in FILES)
    words = export.arguments
    for word, following in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name == "--config":
            yield paths.join(export.directory, value if equals else following)


def _settings(document: Table) -> Iterator[tuple[str, object]]:
    """The settings by the names of their options."""
    table = document.table("tool").table("pip-tools")
    for key, value in (*table.values.items(), *table.table("compile").values.items()):
        yield key.replace("_", "-").lower(), value
