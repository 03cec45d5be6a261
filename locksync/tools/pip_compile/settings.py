"""What pip-compile takes from `[tool.pip-tools]`.

As of pip-tools 7.6: select_config_file and parse_config_file in piptools/utils.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import FindingError
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.parsing import decode
from locksync.tools.compiled.changes import Then, last_committed
from locksync.tools.compiled.lock import read_header
from locksync.tools.compiled.manifest import Files
from locksync.tools.compiled.settings import as_words, is_given
from locksync.tools.pip_compile.setting_names import CONTRARIES, FILES, OPTIONS, settings_in


def read_settings(export: Export, tree: Tree) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of the settings that the command does not give itself, and their files."""
    file, table = _find(export, tree)
    if not file:
        return (), ()
    with blaming(file):
        values = dict(_plain(table.values))
        found = [
            words
            for words in as_words(values, OPTIONS)
            if words and not is_given(words, export.arguments)
        ]
    return tuple(word for words in found for word in words), (file,)


def _plain(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The settings, with those that are on unless they are said to be off under that name."""
    for key, value in values.items():
        name = key.replace("_", "-").lower()
        is_contrary = name in CONTRARIES or name == "strip-extras"
        yield (f"no-{name}", True) if is_contrary and value is False else (name, value)


def _find(export: Export, tree: Tree) -> tuple[str, Table]:
    """The settings file that the command reads, and the settings in it; "" for none."""
    if "--no-config" in export.arguments:
        return "", Table({})
    named = _named_file(export.arguments)
    if named:
        file = paths.join(export.directory, named)
        return file, settings_in(parse_toml(tree.read(file) or b"", file))
    # Beside the inputs, says pip-tools, but it looks before it knows them.
    for name in FILES:
        file = paths.join(export.directory, name)
        content = tree.read(file)
        if content is not None:
            is_relevant = b"pip-tools" in content
            return (
                (file, settings_in(parse_toml(content, file))) if is_relevant else ("", Table({}))
            )
    return "", Table({})


def _named_file(arguments: Sequence[str]) -> str:
    """The settings file that the command names; "" for none."""
    for word, following in zip(arguments, (*arguments[1:], ""), strict=False):
        option, equals, value = word.partition("=")
        if option == "--config":
            return value if equals else following
    return ""


def still_given(export: Export, tree: Tree) -> Sequence[str]:
    """The arguments, without those in a header that settings gave which have changed since.

    That can be told while the output is as it was: else it may have been compiled again.
    """
    files = [paths.join(export.directory, name) for name in FILES]
    is_changed = tree.changed(files) or tree.changed_since_named_base(files)
    has_settings = any(b"pip-tools" in (tree.read(file) or b"") for file in files)
    options = {word.partition("=")[0].removeprefix("--") for word in export.arguments}
    if not (is_changed or has_settings) or options.isdisjoint(OPTIONS):
        return export.arguments
    output = decode(tree.read(export.output) or b"")
    if read_header(output)[0] != export.command:
        return export.arguments
    states = (*earlier(tree), *([last_committed(export.output, tree)] if has_settings else []))
    same = (then for then in states if decode(then.read(export.output) or b"") == output)
    return tuple(without_options(changed_options(files, tree, *same), export.arguments))


def earlier(tree: Tree) -> tuple[Files, ...]:
    """The repository in HEAD, and at the base that CI names."""
    return Then(tree.root, tree.committed), Then(tree.root, tree.at_named_base)


def changed_options(files: Iterable[str], tree: Tree, *states: Files) -> set[str]:
    """The names of the options that settings gave and give no more, or in another way."""
    return {
        option
        for file in files
        for then in states
        for option, value in _values(then, file).items()
        if _values(tree, file).get(option) != value
    }


def without_options(names: set[str], arguments: Iterable[str]) -> Iterator[str]:
    """The words without those that give the named options, as a header spells them."""
    for word in arguments:
        option = word.removeprefix("--").removeprefix("no-").partition("=")[0]
        if not (word.startswith("--") and option in names):
            yield word


def _values(files: Files, file: str) -> dict[str, object]:
    """Options with their values, as a settings file gives them; without "no-"."""
    try:
        given = settings_in(parse_toml(files.read(file) or b"", file)).values
    except FindingError:
        return {}
    return {name.replace("_", "-").removeprefix("no-"): (name, given[name]) for name in given}
