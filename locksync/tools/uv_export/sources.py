"""Where requirements come from, in a form in which two sources can be compared."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.repository.paths import join
from locksync.tools.uv_export.errors import UndecidableError

Source = tuple[str, ...]
"""The kind of a source, and what identifies it."""
LOCAL = ("path", "directory", "editable", "virtual")
GIT_REFERENCES = ("rev", "tag", "branch")
USER_INFO = re.compile(r"(?<=//)[^/@]*@")


def registry(index: str = "", conflict: str = "") -> Source:
    """An index, "" for the usual one."""
    return ("registry", _plain(index), conflict)


def archive(url: str, subdirectory: str) -> Source:
    """A file to download."""
    return ("url", _plain(url), subdirectory)


def git(url: str, kind: str, reference: str, subdirectory: str) -> Source:
    """A git repository, with its revision, tag or branch; "" for none."""
    return ("git", _plain(url), kind, reference, subdirectory)


def conflict_of(entry: Table) -> str:
    """The extra or group that an entry is for, if it is one of several that conflict."""
    return "".join(
        f"{kind}:{canonicalize_name(entry.string(kind))}"
        for kind in ("extra", "group")
        if kind in entry
    )


def locked_source(entry: Table, root: str) -> Source:
    """The source of a requirement in a lock file. Raises UndecidableError and MalformedError."""
    if "git" in entry:
        return _locked_git(entry.string("git"))
    if "url" in entry:
        return archive(entry.string("url"), entry.string("subdirectory", ""))
    for kind in LOCAL:
        if kind in entry:
            return (kind, locate(root, entry.string(kind)))
    return registry(entry.string("index", ""), conflict_of(entry.table("conflict")))


def _locked_git(url: str) -> Source:
    query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    kind = next((kind for kind in GIT_REFERENCES if kind in query), "")
    base = url.partition("#")[0].partition("?")[0]
    return git(base, kind, query.get(kind, ""), query.get("subdirectory", ""))


def locate(directory: str, path: str) -> str:
    """The path in the repository that a manifest or lock file in a directory names."""
    try:
        return join(directory, path)
    except ValueError as error:
        raise UndecidableError(f"{path} is not in the repository") from error


def _plain(url: str) -> str:
    """A URL without its credentials and its fragment."""
    return USER_INFO.sub("", url.partition("#")[0], count=1)
