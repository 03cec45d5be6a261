"""Commands as teams run them: the export that each of them comes down to."""

from __future__ import annotations

import re

import pytest

from locksync.command_line import split_command
from locksync.tools.registry import read_export

POETRY = "poetry export -o a.txt"
COMPILE = "pip-compile a.in"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("poetry -n export -o a.txt", "poetry export -n -o a.txt"),
        ("poetry -C b export -o a.txt", "poetry export -C b -o a.txt"),
        ("poetry -Cb export -o a.txt", "poetry export -C b -o a.txt"),
        ("poetry --directory=b export > a.txt", "poetry export --directory b > a.txt"),
        ("poetry -q -P b export -o a.txt", "poetry export -q -P b -o a.txt"),
        ("pdm -p b export -o a.txt", "pdm export -p b -o a.txt"),
        ("pdm -n export -o a.txt", "pdm export -o a.txt"),
        ("pipenv --quiet requirements > a.txt", "pipenv requirements > a.txt"),
        ("pipenv --python 3.11 requirements > a.txt", "pipenv requirements > a.txt"),
        ("uv -q export -o a.txt", "uv export -q -o a.txt"),
        ("uv --directory b export > a.txt", "uv export --directory b > a.txt"),
        ("uv --project b export -o a.txt", "uv export --project b -o a.txt"),
        ("uv -q pip -n compile a.in -o a.txt", "uv pip compile -q -n a.in -o a.txt"),
        (
            "uv --no-config --native-tls export -o a.txt",
            "uv export --no-config --native-tls -o a.txt",
        ),
        (
            "uv --color never --cache-dir=c export > a.txt",
            "uv export --color never --cache-dir c > a.txt",
        ),
        (
            "uv --no-progress pip --no-cache-dir compile a.in -o a.txt",
            "uv pip compile --no-progress --no-cache-dir a.in -o a.txt",
        ),
        (
            "uv pip --offline --no-color compile a.in -o a.txt",
            "uv pip compile --offline --no-color a.in -o a.txt",
        ),
        ("python -m poetry export -o a.txt", POETRY),
        ("python3.11 -W ignore -m poetry -n export -o a.txt", "poetry export -n -o a.txt"),
        ("python -m piptools compile a.in", COMPILE),
        ("py -3.11 -m piptools compile a.in", COMPILE),
        ("python3 -m uv pip compile a.in -o a.txt", "uv pip compile a.in -o a.txt"),
        ("poetry run pip-compile a.in", COMPILE),
        ("pipenv run pip-compile a.in", COMPILE),
        ("pdm run pip-compile a.in", COMPILE),
        ("hatch -e docs run pip-compile a.in", COMPILE),
        ("rye run pip-compile a.in", COMPILE),
        ("uv run pip-compile a.in", COMPILE),
        ("uv run --with pip-tools -- pip-compile a.in", COMPILE),
        ("uv run -m piptools compile a.in", COMPILE),
        ("uv run python -m piptools compile a.in", COMPILE),
        ("uvx --from pip-tools==7.4 pip-compile a.in", COMPILE),
        ("uvx --with poetry-plugin-export poetry@1.8.3 export -o a.txt", POETRY),
        ("uv tool run --from poetry==1.8 poetry export -o a.txt", POETRY),
        ("pipx run --spec pip-tools==7.4 pip-compile a.in", COMPILE),
        ("pipx run poetry==1.8.3 export -o a.txt", POETRY),
        ("env -u A B=c pip-compile a.in", COMPILE),
        ("time sudo -u me poetry export -o a.txt", POETRY),
        ("exec .venv/bin/poetry export -o a.txt", POETRY),
        ("venv/Scripts/pip-compile.exe a.in", COMPILE),
    ],
)
def test_what_only_runs_a_command_is_left_out(text: str, plain: str) -> None:
    assert read_export(split_command(text), "d") == read_export(split_command(plain), "d")


@pytest.mark.parametrize(
    ("text", "directory", "output", "command"),
    [
        ("cd b && poetry export -o a.txt", "d/b", "d/b/a.txt", POETRY),
        ("(cd b && poetry export) > a.txt", "d/b", "d/a.txt", "poetry export > ../a.txt"),
        ("cd .. && pip-compile a.in", "", "a.txt", COMPILE),
        ("uv run --directory b pip-compile a.in", "d/b", "d/b/a.txt", COMPILE),
        ("env -C b poetry export > a.txt", "d/b", "d/a.txt", "poetry export > ../a.txt"),
        (
            "uv pip compile --directory=b/ a.in -o a.txt",
            *("d/b", "d/b/a.txt", "uv pip compile a.in -o a.txt"),
        ),
        (
            "uv --directory b pip compile a.in > a.txt",
            *("d/b", "d/a.txt", "uv pip compile a.in > ../a.txt"),
        ),
    ],
)
def test_a_command_runs_where_its_runner_goes(
    text: str, directory: str, output: str, command: str
) -> None:
    export = read_export(split_command(text), "d")
    assert (export.directory, export.output, export.command) == (directory, output, command)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("poetry --no-plugins export", "the effect of --no-plugins before export is not known"),
        ("uv --new export", "the effect of --new before export is not known"),
        ("uv --new x pip compile a.in -o a.txt", "the effect of --new before compile is not known"),
        ("pipenv --pypi-mirror=x requirements", "the effect of --pypi-mirror before requirements"),
        ("PIPENV_PIPFILE=b/Pipfile pipenv requirements", "PIPENV_PIPFILE changes what it reads"),
        ("UV_PROJECT=b uv export", "UV_PROJECT changes what it reads"),
        ("cd ../.. && poetry export", "../.. leads out of the repository"),
        ("poetry run poetry lock", "no export command that is known"),
        ("poetry -C export", "no export command that is known"),
        ("python -c export", "no export command that is known"),
        ("A=1", "no export command that is known"),
        ("uvx", "no export command that is known"),
    ],
)
def test_other_commands_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read_export(split_command(text), "d")
