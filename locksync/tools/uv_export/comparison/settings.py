"""Whether the settings of uv are those that the lock file was made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.markers import are_equal, parse_condition

OPTIONS = {
    "resolution": ("resolution-mode", "highest"),
    "prerelease": ("prerelease-mode", "if-necessary"),
    "fork-strategy": ("fork-strategy", "requires-python"),
}
"""Settings, each with its name in the lock file and its default."""
SAME = {"if-necessary-or-explicit": "if-necessary"}
"""The name that uv gave to the default of prerelease, and the one that it has now."""
ENVIRONMENTS = {
    "environments": "supported-markers",
    "required-environments": "required-markers",
}
"""Settings, each with its name in the lock file."""


def check_options(facts: Facts) -> Iterator[str]:
    """Compare the settings of the resolver."""
    settings, options = facts.settings, facts.options
    for name, (locked, default) in OPTIONS.items():
        given, recorded = settings.string(name, default), options.string(locked, default)
        if SAME.get(given, given) != SAME.get(recorded, recorded):
            yield facts.of_root(f"the setting {name} has changed")
    name = "prerelease-package"
    if _modes(settings.table(name)) != _modes(options.table(name)):
        yield facts.of_root(f"the setting {name} has changed")


def _modes(table: Table) -> Mapping[str, str]:
    found = {canonicalize_name(name): table.string(name) for name in table.values}
    return {name: SAME.get(mode, mode) for name, mode in found.items()}


def check_upgrades(facts: Facts) -> Iterator[str]:
    """Whether uv is told to resolve anew at every run."""
    settings = facts.settings
    for name in ("upgrade", "upgrade-package", "upgrade-group"):
        if settings.values.get(name):
            raise UndecidableError(f"with the setting {name}, uv asks the index each time")
    return iter(())


def check_environments(facts: Facts) -> Iterator[str]:
    """Compare the environments that uv resolves for."""
    settings = facts.workspace.root.uv
    for name, locked in ENVIRONMENTS.items():
        given = settings.values.get(name, [])
        texts = [given] if isinstance(given, str) else settings.strings(name)
        expected = [parse_condition(text) for text in texts]
        actual = [parse_condition(text) for text in facts.document.strings(locked)]
        if len(expected) != len(actual) or not all(
            are_equal(one, other, facts.pythons)
            for one, other in zip(expected, actual, strict=True)
        ):
            yield facts.of_root(f"the setting {name} has changed")
