"""What pip's own parser makes of requirements files. Runs under a Python that has pip.

It reads a list of files from stdin, and writes what it makes of each to stdout, as JSON. Of a line
that pip refuses it says so, and goes on with the next one. The current directory holds what paths
in requirements name: pip looks.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from typing import Any

from pip._internal.index.collector import LinkCollector
from pip._internal.index.package_finder import PackageFinder
from pip._internal.models.search_scope import SearchScope
from pip._internal.models.selection_prefs import SelectionPreferences
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import (
    OptionParsingError,
    ParsedLine,
    get_file_content,
    get_line_parser,
    handle_line,
    preprocess,
)
from pip._vendor.packaging.utils import canonicalize_name

Read = dict[str, Any]


def read_file(content: bytes) -> Read:
    """What pip makes of a file: its lines, and the state of the finder after them."""
    session = PipSession()
    scope = SearchScope.create(find_links=[], index_urls=["default"], no_index=False)
    finder = PackageFinder.create(
        link_collector=LinkCollector(session=session, search_scope=scope),
        selection_prefs=SelectionPreferences(allow_yanked=False),
    )
    with tempfile.NamedTemporaryFile(dir=".", suffix=".txt") as file:
        file.write(content)
        file.flush()
        try:
            _, text = get_file_content(file.name, session)
        except (UnicodeDecodeError, LookupError) as error:
            return {"refused": str(error)}
        lines = [
            [number, _read_line(line, number, finder, file.name)]
            for number, line in preprocess(text)
        ]
    return {"lines": lines, "state": _state(finder)}


def _read_line(line: str, number: int, finder: PackageFinder, name: str) -> Read:
    try:
        args, options = get_line_parser(finder)(line)
        parsed = ParsedLine(name, number, args, options, False)
        if parsed.requirement is None and (options.requirements or options.constraints):
            kind = "--requirement" if options.requirements else "--constraint"
            return {"include": [kind, (options.requirements or options.constraints)[0]]}
        requirement = handle_line(parsed, finder=finder)
        if requirement is None:
            return {}
        settings = (requirement.options or {}).get("config_settings")
        found = install_req_from_parsed_requirement(requirement, config_settings=settings)
        return {"requirement": _requirement(found)}
    except OptionParsingError as error:
        return {"refused": error.msg}
    except Exception as error:  # Whatever pip raises, it reads nothing.
        return {"refused": f"{type(error).__name__}: {error}"}


def _requirement(found: Any) -> Read:
    settings = found.config_settings or {}
    return {
        "name": canonicalize_name(found.req.name) if found.req else "",
        "extras": sorted(map(canonicalize_name, found.extras)),
        "specifier": str(found.req.specifier) if found.req and not found.link else "",
        "url": found.link.url if found.link else "",
        "marker": _written(found.markers._markers) if found.markers else "",
        "hashes": sorted(
            {f"{name}:{one}" for name, all_of in found.hash_options.items() for one in all_of}
        ),
        "settings": sorted(
            f"{key}={value}"
            for key, values in settings.items()
            for value in (values if isinstance(values, list) else [values])
        ),
        "editable": found.editable,
    }


def _written(part: Any) -> str:
    """A marker, or a part of one. pip's own way of writing loses parentheses and quotes."""
    if isinstance(part, list):
        return "({})".format(" ".join(map(_written, part)))
    if isinstance(part, tuple):
        return " ".join(map(_written, part))
    if type(part).__name__ == "Value":
        return f"'{part.value}'" if '"' in part.value else f'"{part.value}"'
    return str(part)


def _state(finder: PackageFinder) -> Read:
    scope, control = finder.search_scope, finder.format_control
    return {
        "index-urls": scope.index_urls,
        "find-links": list(dict.fromkeys(scope.find_links)),
        "no-index": scope.no_index,
        "no-binary": sorted(control.no_binary),
        "only-binary": sorted(control.only_binary),
    }


if __name__ == "__main__":
    files = [base64.b64decode(content) for content in json.load(sys.stdin)]
    json.dump([read_file(content) for content in files], sys.stdout)
