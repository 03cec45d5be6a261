"""Requirements files read by pip's own parser and by ours: the same meaning.

pip's parser is that of the pinned pip-tools, in its own environment.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from locksync.requirements.as_pip import read_options_as_pip
from locksync.requirements.finder import NO_BINARY, ONLY_BINARY, Finder
from locksync.requirements.markers import holds_alike
from locksync.requirements.option_words import EDITABLE, INCLUDES
from locksync.requirements.parsing import (
    Requirement,
    decode,
    logical_lines,
    parse_requirement,
)
from tests.support import pip_reader, real_tools
from tests.support.real_tools import TOP
from tests.support.requirement_texts import Grammar

Read = Mapping[str, Any]
REFUSED = [
    *("a b", "a ; os_name", "./pkg ; os_name", "--no-such-option", "-x", "-i", "--require x"),
    *("--no-index=1", "a --hash=md5:aa", "a --hash=sha256", "a -C x", "--no-binary -x", "-i 'x"),
]
SCRATCH = {
    "pkg/pyproject.toml": "",
    "my pkg/setup.py": "",
    "empty/README": "",
    "wheels/foo-1.0-py3-none-any.whl": "",
}
"""What paths in the lines name: pip looks whether they are there."""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("lines") / "scratch"
    for name, text in {**SCRATCH, "pyproject.toml": "", "../setup.py": ""}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def _read_by_pip(contents: Sequence[bytes], directory: Path) -> Sequence[Read]:
    python = real_tools.program("pip-compile").parent / "python"
    files = json.dumps([base64.b64encode(content).decode() for content in contents])
    command = [str(python), "-I", str(Path(pip_reader.__file__))]
    done = subprocess.run(
        command, input=files, cwd=directory, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: Sequence[Read] = json.loads(done.stdout)
    return found


def _differences(content: bytes, read: Read, directory: Path) -> Iterator[str]:
    if "refused" in read:
        return
    lines = list(logical_lines(decode(content)))
    numbers = [number for number, _ in read["lines"]]
    if [number for number, _ in lines] != numbers:
        yield f"{content!r}: lines {numbers}, here {lines}"
        return
    finder = Finder(["default"])
    for (_, line), (_, theirs) in zip(lines, read["lines"], strict=True):
        if "refused" in theirs:
            continue
        if "requirement" in theirs:
            found = theirs["requirement"]
            found["url"] = _url(found["url"], directory)
        ours = _read_here(line, finder, directory)
        if "refused" not in ours and ours != theirs and not _mean_the_same(ours, theirs):
            yield f"{line!r}: {theirs}, here {ours}"
    ours = {
        "index-urls": finder.index_urls,
        "find-links": [_place(value, directory) for value in finder.find_links],
        "no-index": finder.no_index,
        "no-binary": sorted(finder.formats[NO_BINARY]),
        "only-binary": sorted(finder.formats[ONLY_BINARY]),
    }
    state = dict(read["state"])
    state["find-links"] = [_place(value, directory) for value in state["find-links"]]
    if ours != state and not any("refused" in theirs for _, theirs in read["lines"]):
        yield f"{content!r}: {state}, here {ours}"


def _read_here(line: str, finder: Finder, directory: Path) -> Read:
    try:
        options = read_options_as_pip(line)
    except ValueError as error:
        return {"refused": str(error)}
    finder.heed(options)
    for name, value in options:
        if name == EDITABLE:
            return {
                "requirement": _requirement(parse_requirement(value, is_editable=True), directory)
            }
        if name in INCLUDES:
            return {"include": [name, value]}
    if line.startswith("-"):
        return {}
    return {"requirement": _requirement(parse_requirement(line), directory)}


def _requirement(found: Requirement, directory: Path) -> Read:
    settings = (one for one in found.options if one.startswith("--config-settings"))
    return {
        "name": found.name,
        "extras": sorted(found.extras),
        "specifier": str(found.specifier),
        "url": _url(found.url, directory),
        "marker": found.marker,
        "hashes": sorted(found.hashes),
        "settings": sorted(one.partition(" ")[2] for one in settings),
        "editable": EDITABLE in found.options,
    }


def _url(url: str, directory: Path) -> str:
    if not url or re.match(r"[\w+.-]+:", url):
        return url.removeprefix("git+") if url.startswith("git+git:") else url
    return Path(os.path.normpath(directory / url)).as_uri()


def _place(value: str, directory: Path) -> str:
    """A place of links as pip has it: absolute if it is there."""
    path = directory / value
    return os.path.normpath(path) if path.exists() else value


def _mean_the_same(ours: Read, theirs: Read) -> bool:
    if "requirement" not in ours or "requirement" not in theirs:
        return False
    one, other = dict(ours["requirement"]), dict(theirs["requirement"])
    return holds_alike(one.pop("marker"), other.pop("marker")) is not False and one == other


def _assert_same(contents: Sequence[bytes], directory: Path, *, least: int) -> None:
    reads = _read_by_pip(contents, directory)
    pairs = list(zip(contents, reads, strict=True))
    differences = [told for pair in pairs for told in _differences(*pair, directory)]
    assert not differences, "\n".join(differences[:20])
    lines = [theirs for read in reads for _, theirs in read.get("lines", ())]
    assert sum("refused" not in theirs for theirs in lines) >= least


@pytest.mark.real
def test_lines_of_the_grammar_mean_the_same(scratch: Path) -> None:
    grammar = Grammar(seed=18)
    lines = [grammar.line().encode() for _ in range(2500)]
    files = [grammar.content() for _ in range(500)]
    _assert_same([*lines, *files], scratch, least=2000)


@pytest.mark.real
def test_lines_of_the_suites_of_others_mean_the_same(scratch: Path) -> None:
    corpus = Path(os.environ.get("LOCKSYNC_CORPUS", TOP.parent / "shared" / "corpus"))
    texts = sorted(corpus.glob("suites/parse/*/texts.json"))
    if not texts:
        pytest.skip(f"there is no collection of requirements files in {corpus}")
    rows = [row for path in texts for row in json.loads(path.read_text("utf-8"))]
    _assert_same([row["text"].encode() for row in rows], scratch, least=2000)


@pytest.mark.real
def test_what_pip_refuses_is_refused(scratch: Path) -> None:
    reads = _read_by_pip([line.encode() for line in REFUSED], scratch)
    for line, read in zip(REFUSED, reads, strict=True):
        ((_, theirs),) = read["lines"]
        assert "refused" in theirs, line
        assert "refused" in _read_here(line, Finder(), scratch), line
