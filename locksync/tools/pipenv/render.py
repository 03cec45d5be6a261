"""The text that `pipenv requirements` writes.

It comes from a Pipfile.lock or, with --no-lock, from a Pipfile. As of pipenv 2026.10.3:
pipenv/routines/requirements.py, `requirement_from_lockfile` and `requirement_from_pipfile` in
pipenv/utils/dependencies.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from locksync.documents import MalformedError, Table
from locksync.tools.pipenv.lock import packages_in, section, source_urls
from locksync.tools.pipenv.options import Options
from locksync.tools.shared.lines import refuse_smuggled_lines

VCS = ("git", "svn", "hg", "bzr")
VCS_OF_PIPFILE = ("git", "hg", "svn", "bzr")
OPERATORS = ("==", ">=", "<=", ">", "<", "~=", "!=")

IsDirectory = Callable[[str], bool]
"""Whether a path, relative to the project, names a directory."""


def render_lock(
    lock: Table,
    options: Options,
    pipfile_names: Mapping[str, Collection[str]] | None,
    is_directory: IsDirectory,
) -> str:
    """The whole output, from a Pipfile.lock.

    `pipfile_names` holds the only names to list, by category; None: all of them.
    Raises MalformedError and SmuggledError.
    """
    urls = source_urls(lock, are_needed=options.index_urls)
    packages = {
        name: package
        for category in options.categories()
        for name, package in packages_in(lock, category).items()
        if pipfile_names is None or name in pipfile_names.get(category, ())
    }
    return _join(
        *(_index_line(position, url) for position, url in enumerate(urls) if options.index_urls),
        *(
            _locked_requirement(name, package, options, is_directory)
            for name, package in packages.items()
        ),
    )


def render_pipfile(pipfile: Table, options: Options, is_directory: IsDirectory) -> str:
    """The whole output, from a Pipfile alone. Raises MalformedError and SmuggledError."""
    packages: dict[str, object] = {}
    for category in options.categories():
        packages.update(section(pipfile, category))
    urls = [source.line("url", "") for source in pipfile.tables("source")]
    return _join(
        *(
            _index_line(position, url)
            for position, url in enumerate(urls)
            if url and options.index_urls
        ),
        *(
            _wanted_requirement(name, package, options, is_directory)
            for name, package in packages.items()
        ),
    )


def _join(*lines: str) -> str:
    refuse_smuggled_lines(lines)
    return "".join(f"{line}\n" for line in lines)


def _index_line(position: int, url: str) -> str:
    # pip expands variables only in braces.
    braced = re.sub(r"\$([A-Za-z_][A-Za-z0-9_]*)", r"${\1}", url)
    return f"{'--extra-index-url' if position else '-i'} {braced}"


def _locked_requirement(
    name: str, value: object, options: Options, is_directory: IsDirectory
) -> str:
    if isinstance(value, str):
        return name if value in ("", "*") else f"{name}=={value}"
    if not isinstance(value, dict):
        raise MalformedError(f"{name} is neither a version nor an object")
    package = Table(value, name)
    if vcs := next((vcs for vcs in VCS if vcs in package), None):
        url, reference = _split_reference(package.string(vcs))
        reference = _string_or_null(package, "ref") or reference
        editable = _is_editable(package, url, is_directory)
        full_url = ("" if f"{vcs}+" in url else f"{vcs}+") + _with_reference(url, reference)
        return _vcs_requirement(name, package, full_url, editable=editable)
    markers = _marker(package, "markers", options)
    os_markers = _marker(package, "os_markers", options)
    if path := _path(package, is_directory):
        return " ".join(filter(None, (path, os_markers, markers)))
    version = package.string("version", "")
    hashes = "".join(f" --hash={digest}" for digest in _hashes(package, options))
    pin = "" if version == "*" else version
    return f"{name}{_extras(package)}{pin}{os_markers}{markers}{hashes}"


def _wanted_requirement(
    name: str, value: object, options: Options, is_directory: IsDirectory
) -> str:
    if isinstance(value, str):
        return name + ("" if value == "*" else _specifier(value))
    if not isinstance(value, dict):
        return name
    package = Table(value, name)
    if vcs := next((vcs for vcs in VCS_OF_PIPFILE if vcs in package), None):
        url = package.string(vcs)
        editable = _is_editable(package, url, is_directory)
        full_url = f"{vcs}+{_with_reference(url, package.string('ref', ''))}"
        return _vcs_requirement(name, package, full_url, editable=editable)
    if path := _path(package, is_directory):
        return " ".join(filter(None, (path, _marker(package, "markers", options))))
    version = package.string("version", "")
    specifier = "" if version in ("", "*") else _specifier(version)
    markers = [package.string("markers")] if package.values.get("markers") else []
    if package.values.get("sys_platform"):
        markers.append(f"sys_platform {package.string('sys_platform')}")
    marker = f"; {' and '.join(markers)}" if markers and options.markers else ""
    return f"{name}{_extras(package)}{specifier}{marker}"


def _specifier(version: str) -> str:
    return version if version.startswith(OPERATORS) else f"=={version}"


def _path(package: Table, is_directory: IsDirectory) -> str:
    kind = next((kind for kind in ("file", "path") if kind in package), None)
    if kind is None:
        return ""
    path = package.string(kind)
    return f"-e {path}" if package.values.get("editable") and is_directory(path) else path


def _marker(package: Table, key: str, options: Options) -> str:
    value = package.values.get(key)
    return f"; {package.string(key)}" if options.markers and value else ""


def _extras(package: Table) -> str:
    return f"[{','.join(package.strings('extras'))}]" if "extras" in package else ""


def _hashes(package: Table, options: Options) -> Sequence[str]:
    if not options.hashes or "hashes" not in package:
        return ()
    # pipenv writes an empty option for an empty list.
    return package.strings("hashes") or ("",)


def _vcs_requirement(name: str, package: Table, url: str, *, editable: bool) -> str:
    subdirectory = _string_or_null(package, "subdirectory")
    if editable:
        egg = "" if "#egg=" in url else f"#egg={name}"
        tail = f"&subdirectory={subdirectory}" if subdirectory else ""
        return f"-e {url}{egg}{tail}{_extras(package)}"
    tail = f"#subdirectory={subdirectory}" if subdirectory else ""
    return f"{name}{_extras(package)} @ {url}{tail}"


def _string_or_null(package: Table, key: str) -> str:
    """A string, "" for null too: so pipenv locks a repository without a reference."""
    return "" if package.values.get(key) is None else package.string(key)


def _is_editable(package: Table, url: str, is_directory: IsDirectory) -> bool:
    return is_directory(url) or "file://" in url or bool(package.values.get("editable"))


def _with_reference(url: str, reference: str) -> str:
    return f"{url}@{reference}" if reference and f"@{reference}" not in url else url


def _split_reference(url: str) -> tuple[str, str]:
    from urllib.parse import urlsplit

    if "@" in urlsplit(url).path:
        url, _, reference = url.rpartition("@")
        return url, reference
    return url, ""
