"""Whether uv.lock is up to date: our answer beside that of `uv lock --check`, for many projects.

Every change of `tests.support.uv_projects` is made to every project after some version of uv has
locked it. The newest uv is the judge, as it is the one that a team updates to: whatever it would
leave as it is counts as fresh, whoever wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from zlib import crc32

import pytest

from tests.support.uv_judge import VERSIONS, Laboratory, laboratory
from tests.support.uv_projects import PROJECTS, states

pytestmark = pytest.mark.real
ONE_IN = 500
"""How many states there are for each that is tried without --exhaustive."""
MOST_UNKNOWN = 0.03
ACCEPTED = {"stale": ("stale", "refused", "unknown"), "fresh": ("fresh", "unknown")}
"""What we may say, by what uv says; it does not tell what it refuses from what is out of date."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with laboratory(tmp_path_factory.mktemp("uv")) as found:
        yield found


@pytest.mark.parametrize("version", VERSIONS)
def test_our_answer_is_that_of_uv(
    version: str, lab: Laboratory, request: pytest.FixtureRequest
) -> None:
    one_in = 1 if request.config.getoption("--exhaustive") else ONE_IN
    words: Counter[str] = Counter()
    wrong = []
    for name, project in PROJECTS.items():
        chosen = [
            (change, files)
            for change, files in states(project)
            if not crc32(f"{version} {name} {change}".encode()) % one_in
        ]
        lock = lab.lock(project, version) if chosen else None
        if lock is None:
            continue  # An older version may not know what the project is about.
        for change, files in chosen:
            theirs, ours = lab.judge(files, lock)
            words[ours.word] += 1
            if ours.word not in ACCEPTED[theirs.word]:
                wrong.append((name, change, theirs, ours))
    assert not wrong
    assert words["fresh"]
    assert words["stale"]
    if one_in == 1:
        assert words["unknown"] <= MOST_UNKNOWN * words.total(), words
