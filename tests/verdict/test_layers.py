"""Outputs that are made from other outputs which are not there yet."""

from __future__ import annotations

import pytest

from tests.support.git import GitRepository

ALPHA = "alpha==1.0\n    # via -r a-dev.in\n"


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (None, ("LS002", "a-dev.txt is missing: requirements.txt, which it is made from")),
        (ALPHA, ("LS001", "a-dev.txt is stale: requirements.txt, which it is made from")),
    ],
)
@pytest.mark.usefixtures("only_git")
def test_a_missing_layer_is_named_with_the_command_that_writes_both(
    output: str | None, says: tuple[str, str], repository: GitRepository
) -> None:
    commands = [f"uv pip compile {name}.in -o {name}.txt" for name in ("a-dev", "requirements")]
    repository.write("locksync.toml", f"exports = {commands}\n")
    repository.write("requirements.in", "beta\n")
    repository.write("a-dev.in", "-c requirements.txt\nalpha\n")
    if output:
        repository.write("a-dev.txt", output)
    repository.commit()
    run = repository.locksync("check")
    assert (run.code, run.findings) == (1, [says[0], "LS002"])
    assert f"{says[1]}, is missing" in run.stdout
    assert "run:  locksync fix requirements.txt a-dev.txt\n" in run.stdout
    # What has failed is printed only once.
    fixed = repository.locksync("fix")
    assert (fixed.code, fixed.findings) == (2, [says[0], "LS018"])
    assert "run:  locksync fix" not in fixed.stdout


def test_an_input_that_nothing_writes_is_refused(repository: GitRepository) -> None:
    repository.write("locksync.toml", 'exports = ["pip-compile a-dev.in"]\n')
    repository.write("a-dev.in", "-c requirements.txt\nalpha\n")
    repository.commit()
    run = repository.locksync("check")
    assert (run.code, run.findings) == (2, ["LS011"])
