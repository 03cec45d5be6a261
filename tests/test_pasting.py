"""Every command that a report prints works where it was printed, and loses nothing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.git import GitRepository
from tests.support.paste_projects import Bench, bench, made_here
from tests.support.pasting import Person, Situation, environment, play, programs, settled
from tests.support.situations import QUICK, REAL


def _named(situation: Situation) -> str:
    return f"{situation.code}-{situation.name}"


@pytest.mark.parametrize("situation", QUICK, ids=_named)
def test_what_is_printed_is_pasted_until_all_is_fresh(
    situation: Situation, repository: GitRepository, tmp_path: Path
) -> None:
    if "dockerfile" in situation.needs and not importlib.util.find_spec("e2b_dockerfile_utils"):
        pytest.skip("reads no Dockerfiles")
    repository.commit_all(made_here(situation.project))
    place = settled(repository, situation)
    variables = environment(tmp_path / "home", programs(tmp_path / "programs", situation))
    play(Person(place, situation, variables), situation)


@pytest.fixture(scope="session")
def real_projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("bench")) as made:
        yield made


@pytest.mark.real
@pytest.mark.parametrize("situation", REAL, ids=_named)
def test_what_is_printed_is_pasted_where_the_tools_are(
    situation: Situation, repository: GitRepository, tmp_path: Path, real_projects: Bench
) -> None:
    repository.commit_all(real_projects.files(situation.project))
    place = settled(repository, situation)
    variables = environment(tmp_path / "home", programs(tmp_path / "programs", situation))
    play(Person(place, situation, variables), situation)
