"""The Pipfile: whether pipenv accepts it, its content hash and the names in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from locksync.documents import MalformedError, Table, parse_toml, shown
from locksync.requirements.names import canonicalize_name
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL

NO_CATEGORIES = frozenset(
    ("source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv")
)
"""Sections of a Pipfile that are not custom categories."""
DEFAULT_SOURCE = {"name": "pypi", "url": DEFAULT_INDEX_URL, "verify_ssl": True}
"""The source of a Pipfile that has no [[source]]."""
PACKAGE_KEYS = frozenset(
    (
        *("git", "svn", "hg", "bzr", "ref", "subdirectory", "path", "file", "editable"),
        *("name", "version", "extras", "markers", "os_markers", "hashes", "index", "no_binary"),
        *("pip_args", "skip_resolver", "os_name", "sys_platform", "platform_machine"),
        *("platform_python_implementation", "platform_release", "platform_system"),
        *("platform_version", "python_version", "python_full_version"),
        *("implementation_name", "implementation_version"),
    )
)
COOL_DOWN_PERIOD = re.compile(r"\d+d$")


def parse_pipfile(content: bytes, path: str) -> Table:
    """The document in a Pipfile, with or without a byte order mark. Raises FindingError."""
    return parse_toml(content.removeprefix(b"\xef\xbb\xbf"), path)


def refuse_invalid(pipfile: Table) -> None:
    """Raise MalformedError for a Pipfile that pipenv can neither lock nor verify.

    As of pipenv 2026.10.3, pipenv/vendor/plette/pipfiles.py and the models beside it.
    """
    for source in pipfile.tables("source"):
        source.string("name")
        source.string("url")
        source.boolean("verify_ssl", default=True)
    for key in ("python_version", "python_full_version"):
        pipfile.table("requires").string(key, "")
    for name, script in pipfile.table("scripts").values.items():
        if not script:
            raise MalformedError(f"scripts.{name} is empty")
    settings = pipfile.table("pipenv")
    settings.boolean("allow_prereleases", default=False)
    period = settings.string("cool-down-period", "0d")
    if not COOL_DOWN_PERIOD.match(period):
        raise MalformedError(f"pipenv.cool-down-period is {shown(period)}, not like '30d'")
    for category in ("packages", "dev-packages", *_custom_categories(pipfile)):
        for name in pipfile.table(category).values:
            _refuse_invalid_package(pipfile.table(category), name)


def _refuse_invalid_package(category: Table, name: str) -> None:
    value = category.values[name]
    if isinstance(value, bool) or not isinstance(value, str | int | float | dict):
        raise MalformedError(f"{category.at(name)} is neither a version nor a table")
    if not isinstance(value, dict):
        return
    package = category.table(name)
    if unknown := sorted(value.keys() - PACKAGE_KEYS):
        raise MalformedError(f"{category.at(name)} has no option {', '.join(unknown)}")
    package.boolean("editable", default=False)
    package.string("version", "")
    package.array("extras")
    package.array("pip_args")


def _custom_categories(pipfile: Table) -> Iterator[str]:
    return (name for name in pipfile.values if name not in NO_CATEGORIES)


def package_names(pipfile: Table) -> Mapping[str, frozenset[str]]:
    """The names in each category of the Pipfile, in its own spelling: pipenv compares that."""
    return {
        category: frozenset(pipfile.table(category).values)
        for category in ("packages", "dev-packages", *_custom_categories(pipfile))
    }


def content_hash(pipfile: Table) -> str:
    """The content hash of a Pipfile, which `pipenv verify` compares with the lock file's.

    The spelling of names does not matter. As of pipenv 2026.10.3, `calculate_hash` in
    pipenv/utils/pipfile.py. Raises MalformedError.
    """
    import json
    from hashlib import sha256

    content: dict[str, object] = {
        "_meta": {
            "sources": pipfile.values.get("source", [DEFAULT_SOURCE]),
            "requires": pipfile.values.get("requires", {}),
        },
        "default": _normalized(pipfile.table("packages")),
        "develop": _normalized(pipfile.table("dev-packages")),
    }
    for category in _custom_categories(pipfile):
        if category not in content:
            content[category] = _normalized(pipfile.table(category))
    try:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    except TypeError as error:
        raise MalformedError(f"pipenv cannot lock the Pipfile: {error}") from error
    return sha256(text.encode()).hexdigest()


def _normalized(section: Table) -> dict[str, object]:
    return {canonicalize_name(name): value for name, value in section.values.items()}
