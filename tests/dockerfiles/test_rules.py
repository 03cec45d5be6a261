"""Dockerfiles and what is found in them: tables, damaged ones, and the command."""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locksync.discovery.configuration import Configuration
from locksync.discovery.survey import Survey
from locksync.model import Export
from tests.support.git import GitRepository
from tests.support.memory import MemoryTree
from tests.support.projects import poetry_project

pytest.importorskip("e2b_dockerfile_utils")

from locksync.dockerfiles.examine import Judgement, examine, find_dockerfiles

PROJECT = {
    "requirements.txt": "flask==3.0.3\n",
    "pyproject.toml": "",
    "app/__init__.py": "",
    "app/main.py": "",
}
OUTPUTS = ("requirements.txt", "requirements/base.txt", "api/requirements.txt")
LONGEST = 2.0
"""What one Dockerfile may take, in seconds."""


def _examine(
    dockerfile: str | bytes, files: Mapping[str, str] = PROJECT, path: str = "Dockerfile"
) -> Judgement:
    exports = tuple(Export("pipenv", "", (), output, "") for output in OUTPUTS)
    survey = Survey(exports, configurations=(Configuration("", exclude=("legacy/**",)),))
    tree = MemoryTree({**files, path: dockerfile})
    return examine(find_dockerfiles(tree, path, survey), survey, tree)


def _found(judgement: Judgement) -> list[str]:
    return [f"{finding.code}:{finding.line}" for finding in judgement.findings]


FOLLOWING = {
    "the-requirements-first": """\
        FROM python:3.12
        WORKDIR /app
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        COPY . .
        """,
    "a-directory-as-destination": """\
        FROM python:3.12
        WORKDIR /app
        COPY requirements.txt /app
        RUN pip install -r requirements.txt
        COPY . /app
        """,
    "another-name-in-the-image": """\
        FROM python:3.12
        COPY ./requirements.txt /tmp/pins.txt
        RUN pip install -r /tmp/pins.txt
        COPY . .
        """,
    "a-mount-of-the-file": """\
        FROM python:3.12
        RUN --mount=type=cache,target=/root/.cache/pip \\
            --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \\
            pip install -r /tmp/requirements.txt
        COPY . .
        """,
    "json-form": """\
        FROM python:3.12
        COPY ["requirements.txt", "/app/"]
        WORKDIR /app
        RUN ["python", "-m", "pip", "install", "-r", "requirements.txt"]
        COPY . .
        """,
    "here-documents": """\
        FROM python:3.12
        COPY requirements.txt .
        COPY <<EOF /etc/pip.conf
        COPY . .
        EOF
        RUN <<EOF
        set -e
        pip install -r requirements.txt
        EOF
        COPY . .
        """,
    "an-argument-in-the-name": """\
        ARG FILE=requirements.txt
        FROM python:3.12
        ARG FILE
        ENV HOME=/app
        WORKDIR $HOME
        COPY ${FILE} ./
        RUN pip install -r "$FILE"
        COPY . .
        """,
    "continuations-comments-and-empty-lines": """\
        FROM python:3.12
        COPY \\
          # what is pinned

          requirements.txt \\
          ./
        RUN set -ex; \\
            # nothing else
            pip install --no-cache-dir \\
              -r requirements.txt
        COPY . .
        """,
    "another-escape": """\
        # escape=`
        FROM python:3.12
        COPY requirements.txt `
          ./
        RUN pip install -r requirements.txt
        COPY . .
        """,
    "source-in-another-stage": """\
        FROM node:22 AS front
        COPY . .
        RUN npm run build
        FROM python:3.12
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        COPY --from=front /dist /dist
        """,
    "installed-in-a-stage-before": """\
        FROM python:3.12 AS builder
        COPY requirements.txt .
        RUN pip wheel --wheel-dir /wheels -r requirements.txt
        FROM python:3.12
        COPY . .
        RUN --mount=type=bind,from=builder,source=/wheels,target=/wheels pip install /wheels/*
        """,
    "copied-in-a-stage-before": """\
        FROM python:3.12 AS Base
        WORKDIR /app
        COPY requirements.txt .
        FROM base
        RUN pip install -r requirements.txt
        COPY . .
        """,
    "installed-again": """\
        FROM python:3.12
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        COPY . .
        RUN pip install -r requirements.txt && pip install --no-deps .
        """,
    "installed-in-the-stage-it-is-built-from": """\
        FROM python:3.12 AS base
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        FROM base
        COPY . .
        RUN pip install -r requirements.txt
        """,
    "the-project-afterwards": """\
        FROM python:3.12
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        COPY . .
        RUN pip install -e .
        """,
    "the-project-without-its-dependencies": """\
        FROM python:3.12
        COPY pyproject.toml ./
        RUN pip install --no-deps .
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        """,
    "a-place-that-is-no-project": """\
        FROM python:3.12
        RUN pip install --target . wheel
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        """,
    "the-project-with-its-dependencies-constrained": """\
        FROM python:3.12
        COPY pyproject.toml ./
        RUN pip install -c https://example.org/constraints.txt .
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        """,
    "another-project": """\
        FROM python:3.12
        RUN git clone https://example.org/other /src && cd /src && pip install .
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        """,
    "a-directory-above": """\
        FROM python:3.12
        WORKDIR /usr/src/app/src/
        COPY requirements.txt ../
        RUN if [ "$(uname -m)" = armv7l ]; \\
              then mkdir -p /tmp/qpdf && cd /tmp/qpdf && make install && cd /usr/src/app/src/; \\
              else echo "no need"; \\
            fi \\
            && python3 -m pip install --no-cache-dir -r ../requirements.txt \\
            && find . -name "*.pyc" -exec rm {} \\;
        COPY . .
        """,
    "options-of-the-shell": """\
        FROM python:3.12
        COPY req*.txt /r/
        RUN set -x \\
            && pip --no-cache-dir install --no-binary hiredis \\
              -r /r/requirements.txt \\
              $(if [ "$DEVEL" = "yes" ]; then echo '-r /r/requirements-dev.txt'; fi)
        COPY . .
        """,
    "the-project-alone": """\
        FROM python:3.12
        COPY . .
        RUN pip install .
        """,
    "a-file-made-in-the-image": """\
        FROM python:3.12
        COPY --from=exporter /requirements.txt /requirements.txt
        COPY app /app
        RUN pip install -r /requirements.txt
        """,
    "a-file-of-the-network": """\
        FROM python:3.12
        ADD https://example.org/requirements.txt /
        COPY app /app
        RUN pip install -r https://example.org/requirements.txt -r requirements.txt
        """,
    "a-file-of-the-network-over-one-of-the-context": """\
        FROM python:3.12
        COPY app/ requirements.txt /app/
        ADD https://example.org/requirements.txt /app/
        RUN pip install -r /app/requirements.txt
        """,
    "a-name-of-the-shell": """\
        FROM python:3.12
        COPY . .
        RUN for file in requirements*.txt; do pip install -r $file; done
        """,
    "words-that-are-no-command": """\
        FROM python:3.12
        COPY . .
        RUN echo pip install -r requirements.txt # pip install -r requirements.txt
        RUN python3 <<EOF
        pip install -r requirements.txt
        EOF
        RUN cat > install.sh <<"EOF"
        pip install -r requirements.txt
        EOF
        CMD pip install -r requirements.txt
        """,
    "commands-that-are-not-complete": """\
        FROM python:3.12
        COPY requirements.txt
        RUN bash -c
        RUN pip uninstall -y setuptools && uv venv && pip freeze && cd a b
        RUN pip install -r
        RUN --network=none --mount=type=secret,id=pip pip install -e. --upgrade
        """,
    "triggers-for-other-projects": """\
        FROM python:3.12
        ONBUILD COPY . .
        ONBUILD RUN pip install -r requirements.txt
        """,
    "a-copy-that-leaves-files-out": """\
        FROM python:3.12
        COPY --exclude=app . .
        RUN pip install -r requirements.txt
        """,
}


TESTED = "FROM a\nCOPY pyproject.toml dev.txt ./\nRUN pip install .\nRUN pip install -r dev.txt\n"


def test_requirements_of_developers_may_come_after_the_project() -> None:
    assert _found(_examine(TESTED, {**PROJECT, "dev.txt": "pytest\n"})) == ["LS020:4"]


@pytest.mark.parametrize("text", FOLLOWING.values(), ids=FOLLOWING)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_nothing_is_found(text: str, ends: str) -> None:
    assert _found(_examine(textwrap.dedent(text).replace("\n", ends))) == []


BREAKING = {
    "the-source-first": (
        """\
        FROM python:3.12
        COPY . .
        RUN pip install -r requirements.txt
        """,
        ["LS019:2"],
    ),
    "the-source-first-and-then-the-file": (
        """\
        FROM python:3.12
        ADD . /app
        WORKDIR /app
        COPY requirements.txt .
        RUN /venv/bin/pip3.12 install -qr requirements.txt
        """,
        ["LS019:2"],
    ),
    "a-package-first": (
        """\
        FROM python:3.12
        COPY app/ /app/
        COPY requirements.txt .
        RUN pip install --requirement=requirements.txt
        """,
        ["LS019:2"],
    ),
    "all-files-by-a-pattern": (
        """\
        FROM python:3.12
        COPY * /app/
        RUN cd /app && python -m pip install -r requirements.txt
        """,
        ["LS019:2"],
    ),
    "all-files-mounted": (
        """\
        FROM python:3.12
        RUN --mount=type=bind,target=/src pip install -r /src/requirements.txt
        """,
        ["LS019:2"],
    ),
    "in-a-here-document": (
        """\
        FROM python:3.12
        COPY . .
        RUN <<EOF bash
          if true; then sudo -H pip install \\
            -r requirements.txt; fi
        EOF
        """,
        ["LS019:2"],
    ),
    "in-a-shell-of-a-shell": (
        """\
        FROM python:3.12
        COPY . .
        RUN ["/bin/bash", "-ec", "PIP_NO_INPUT=1 exec pip install -r requirements.txt"]
        """,
        ["LS019:2"],
    ),
    "by-uv": (
        """\
        FROM python:3.12
        COPY . .
        RUN uv pip install --system -r requirements.txt
        """,
        ["LS019:2"],
    ),
    "synchronised": (
        """\
        FROM python:3.12
        COPY . .
        RUN uv pip sync --system requirements.txt && pip-sync
        """,
        ["LS019:2"],
    ),
    "once-for-a-stage": (
        """\
        FROM python:3.12 AS one
        COPY . .
        RUN pip install -r requirements.txt
        RUN pip install -r requirements.txt
        FROM python:3.12
        COPY . .
        RUN pip install -r requirements.txt
        """,
        ["LS019:2", "LS019:6"],
    ),
    "with-an-argument": (
        """\
        ARG NAME=requirements
        FROM python:3.12
        ARG NAME
        WORKDIR /src/${NAME}
        COPY . ./
        RUN pip install -r ${NAME}.txt > log 2>&1
        """,
        ["LS019:5"],
    ),
    "with-an-argument-given-twice": (
        """\
        FROM python:3.12
        ARG FILE=other.txt
        ARG FILE=requirements.txt
        ENV PLACE="/app here"
        COPY . ${PLACE}
        RUN cd "$PLACE" && pip install -r $FILE
        """,
        ["LS019:5"],
    ),
    "the-project-first": (
        """\
        FROM python:3.12
        COPY pyproject.toml ./
        RUN pip install .[web]
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        """,
        ["LS021:3"],
    ),
    "the-project-first-and-editable": (
        """\
        FROM python:3.12
        COPY . .
        RUN pip install -e . && pip install -r requirements.txt
        """,
        ["LS019:2", "LS021:3"],
    ),
    "a-file-that-nothing-writes": (
        """\
        FROM python:3.12
        COPY requirements-*.txt .
        RUN pip install -r requirements-dev.txt
        """,
        ["LS020:3"],
    ),
    "several-findings": (
        """\
        FROM python:3.12
        COPY . .
        RUN pip install -r requirements.txt -r requirements-dev.txt
        """,
        ["LS019:2", "LS020:3"],
    ),
}


@pytest.mark.parametrize(("text", "found"), BREAKING.values(), ids=BREAKING)
def test_the_finding_and_its_line(text: str, found: list[str]) -> None:
    files = {**PROJECT, "requirements-dev.txt": "pytest\n"}
    assert _found(_examine(textwrap.dedent(text), files)) == found


def test_each_finding_says_what_where_and_what_to_do() -> None:
    text = "FROM a\nCOPY . .\nRUN pip install .\nRUN pip install -r requirements.txt -r web.txt\n"
    findings = _examine(text, {**PROJECT, "web.txt": "pytest\n"}).findings
    assert [(finding.message, finding.advice) for finding in findings] == [
        (
            "Dockerfile copies the source before it installs from requirements.txt, so that every "
            "change of the source installs all again",
            "Copy requirements.txt alone first, and the source after the installation",
        ),
        (
            "Dockerfile installs the project before its dependencies, so that pip chooses versions "
            "of its own",
            "Install from requirements.txt first, then the project with --no-deps",
        ),
        (
            "Dockerfile installs from web.txt, which no command writes that locksync knows",
            "Add the command that writes it to exports of [tool.locksync] in pyproject.toml, or, "
            "if people write it, put it into exclude there",
        ),
    ]
    assert {finding.file for finding in findings} == {"Dockerfile"}


def test_a_mount_of_the_source_is_called_one() -> None:
    text = "FROM a\nRUN --mount=type=bind,target=/src pip install -r /src/requirements.txt\n"
    (finding,) = _examine(text).findings
    assert (finding.message, finding.advice) == (
        "Dockerfile mounts the source to install from requirements.txt",
        "Mount requirements.txt alone",
    )


ALL_FIRST = "FROM a\nCOPY . .\nRUN pip install -r requirements.txt\n"
CONTEXTS: dict[str, tuple[str, str, dict[str, str], list[str]]] = {
    "no-source-in-the-context": (
        "images/base/Dockerfile",
        ALL_FIRST,
        {"images/base/requirements.txt": "", "app/main.py": ""},
        ["LS020:3"],
    ),
    "all-but-the-requirements-ignored": (
        "Dockerfile",
        ALL_FIRST,
        {**PROJECT, ".dockerignore": "# allowed\n*\n!requirements.txt\n"},
        [],
    ),
    "an-ignore-file-of-its-own": (
        "app.Dockerfile",
        ALL_FIRST,
        {**PROJECT, ".dockerignore": "app", "app.Dockerfile.dockerignore": "docs"},
        ["LS019:2"],
    ),
    "an-ignore-file-that-is-not-valid": (
        "Dockerfile",
        ALL_FIRST,
        {**PROJECT, ".dockerignore": "["},
        ["LS019:2"],
    ),
    "a-context-above": (
        "build/docker/Dockerfile",
        ALL_FIRST,
        PROJECT,
        ["LS019:2"],
    ),
    "the-nearer-context": (
        "api/Dockerfile",
        ALL_FIRST,
        {**PROJECT, "api/requirements.txt": ""},
        [],
    ),
    "the-context-that-has-what-is-copied": (
        "api/Dockerfile",
        "FROM a\nCOPY api /api\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
        {**PROJECT, "api/requirements.txt": "", "api/__init__.py": ""},
        ["LS019:2"],
    ),
    "requirements-that-need-the-source": (
        "Dockerfile",
        ALL_FIRST,
        {**PROJECT, "requirements.txt": "-r more.txt\n", "more.txt": "-r x.txt\n-e ./lib\n"},
        [],
    ),
    "a-direct-reference-into-the-source": (
        "Dockerfile",
        ALL_FIRST,
        {**PROJECT, "requirements.txt": "lib @ file:///app/lib\n"},
        [],
    ),
    "a-directory-of-requirements": (
        "Dockerfile",
        "FROM a\nCOPY requirements /r\nRUN pip install -r /r/base.txt\n",
        {"requirements/base.txt": "", "requirements/sort.py": ""},
        [],
    ),
    "a-directory-of-scripts": (
        "Dockerfile",
        "FROM a\nCOPY docker /d\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
        {**PROJECT, "docker/wait.py": ""},
        [],
    ),
    "the-directory-of-the-application": (
        "Dockerfile",
        "FROM a\nCOPY api /api\nWORKDIR /api\nRUN pip install -r requirements.txt\n",
        {"api/requirements.txt": "", "api/main.py": ""},
        ["LS019:2"],
    ),
    "a-file-that-includes-outputs": (
        "Dockerfile",
        "FROM a\nCOPY requirements/ r/\nRUN pip install -r r/all.txt\n",
        {"requirements/base.txt": "", "requirements/all.txt": "--no-index\n-r base.txt\n"},
        [],
    ),
    "a-file-that-includes-more": (
        "Dockerfile",
        "FROM a\nCOPY requirements/ r/\nRUN pip install -r r/all.txt\n",
        {"requirements/base.txt": "", "requirements/all.txt": "-r base.txt\nflask\n"},
        ["LS020:3"],
    ),
    "a-file-that-includes-itself": (
        "Dockerfile",
        "FROM a\nCOPY a.txt .\nRUN pip install -r a.txt\n",
        {"a.txt": "-r a.txt\n"},
        ["LS020:3"],
    ),
    "an-excluded-file": (
        "Dockerfile",
        "FROM a\nCOPY legacy/ .\nRUN pip install -r pins.txt\n",
        {"legacy/pins.txt": ""},
        [],
    ),
}


@pytest.mark.parametrize(("path", "text", "files", "found"), CONTEXTS.values(), ids=CONTEXTS)
def test_the_build_context(path: str, text: str, files: dict[str, str], found: list[str]) -> None:
    assert _found(_examine(text, files, path)) == found


UNCLEAR = {
    "empty": b"",
    "only-a-comment": b"# nothing\n",
    "no-stage": b"RUN pip install -r requirements.txt\n",
    "a-template": b"{% if x %}\nFROM a\n{% endif %}\n",
    "not-utf-8": b"FROM a\nRUN echo \xff\nCOPY . .\nRUN pip install -r requirements.txt\n",
    "nul": b"FROM a\nCOPY . .\nRUN pip \0install -r requirements.txt\n",
    "an-unfinished-here-document": b"FROM a\nCOPY . .\nRUN <<E\npip install -r requirements.txt\n",
    "an-unfinished-quote": b'FROM a\nCOPY . .\nRUN pip install "-r requirements.txt\n',
    "an-unfinished-variable": b"FROM a\nCOPY ${ .\nRUN pip install -r ${requirements.txt\n",
    "a-variable-that-grows": b"FROM a\nENV a=0123456789\n"
    + b"ENV a=$a$a$a$a$a$a$a$a\n" * 40
    + b"RUN pip install -r $a\n",
    "a-line-of-a-mebibyte": b"FROM a\nCOPY . .\nRUN pip install -r " + b"x" * 2**20,
    "many-lines": b"FROM a\nRUN pip install \\\n" + b"-r requirements.txt \\\n" * 10**5,
    "many-steps": b"FROM a\n" + b"COPY . .\nRUN pip install -r requirements.txt\n" * 3000,
    "many-stages": b"FROM a AS a\n" * 15000,
    "a-chain-of-stages": b"FROM a AS s0\n"
    + b"".join(
        b"COPY . .\nRUN pip install x -r r\nFROM s%d AS s%d\n" % (i, i + 1) for i in range(165)
    ),
    "a-here-document-of-many-commands": b"FROM a\nRUN <<E\n"
    + b"pip install -r requirements.txt\n" * 8000
    + b"E\n",
}


@pytest.mark.parametrize("content", UNCLEAR.values(), ids=UNCLEAR)
def test_what_cannot_be_understood_is_no_finding(content: bytes) -> None:
    begun = time.process_time()
    assert _examine(content).findings == ()
    assert time.process_time() - begun < LONGEST


WORDS = (
    "FROM a|AS b|FROM b|COPY|ADD|RUN|ENV|ARG|WORKDIR|ONBUILD|\n|# escape=`\n|\\\n|`\n|<<EOF|EOF\n|"
    "\"|'|[|]|$|${|}|--mount=type=bind,source=.|--from=a|pip install -r|pip|-e .|cd /|--|.|/|..|*|"
    "requirements.txt|[a|&&|(|)|>|=|A=$A|\0|\r|\ufeff|é"
)


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(WORDS.split("|")), max_size=40).map(" ".join) | st.text(),
    st.booleans(),
)
def test_no_text_is_too_much(text: str, is_ignoring: bool) -> None:
    files = {**PROJECT, ".dockerignore": text if is_ignoring else ""}
    begun = time.process_time()
    judgement = _examine(f"FROM a\n{text}".encode("utf-8", "replace"), files)
    assert time.process_time() - begun < LONGEST
    assert all(finding.file == "Dockerfile" for finding in judgement.findings)


def test_which_files_are_dockerfiles() -> None:
    named = ["Dockerfile", "a/Dockerfile.dev", "a/b.Dockerfile", "c.dockerfile", "Containerfile"]
    others = ["Dockerfile.dockerignore", "dockerfile.py", "docker/file", "legacy/Dockerfile"]
    tree = MemoryTree(dict.fromkeys([*named, *others], ""))
    survey = Survey((), configurations=(Configuration("", exclude=("legacy/**",)),))
    assert find_dockerfiles(tree, "", survey) == sorted(named)
    assert find_dockerfiles(tree, "legacy/Dockerfile", survey) == ["legacy/Dockerfile"]
    assert find_dockerfiles(tree, "a", survey) == ["a/Dockerfile.dev", "a/b.Dockerfile"]


@pytest.fixture
def project(repository: GitRepository) -> GitRepository:
    for path, content in poetry_project().items():
        repository.write(path, content)
    repository.write("shop/__init__.py", "")
    repository.write("Dockerfile", textwrap.dedent(FOLLOWING["the-requirements-first"]))
    repository.commit()
    return repository


def test_the_command_in_a_project_that_follows(project: GitRepository) -> None:
    run = project.locksync("dockerfile")
    assert run == (0, "", "1 Dockerfile without a finding\n")
    assert project.locksync("dockerfile", "-q") == (0, "", "")


def test_the_command_where_the_source_comes_first(project: GitRepository) -> None:
    project.write("Dockerfile", ALL_FIRST)
    project.write("other/Dockerfile", "FROM a\n")
    project.git("add", "--all")
    run = project.locksync("dockerfile", "..", cwd="other")
    assert (run.code, run.findings, run.stderr) == (1, ["LS019"], "")
    assert run.stdout.startswith("Dockerfile:2 copies the source before")
    assert project.locksync("dockerfile", "other").code == 0
    report = json.loads(project.locksync("dockerfile", "--format", "json").stdout)
    assert (report["verdict"], report["exports"]) == ("stale", [])
    assert [finding["code"] for finding in report["findings"]] == ["LS019"]
    annotations = project.locksync("dockerfile", "--format", "github").stdout
    assert "::error file=Dockerfile,line=2,title=locksync LS019::" in annotations


def test_what_was_not_understood_is_told_on_demand(project: GitRepository) -> None:
    project.write("Dockerfile", "FROM a\nRUN <<EOF\n")
    assert project.locksync("dockerfile").stderr == "1 Dockerfile without a finding\n"
    told = project.locksync("dockerfile", "--verbose").stderr
    assert told.startswith("Dockerfile is not understood: ")
    assert "unterminated heredoc" in told


def test_a_configuration_that_is_not_valid_is_told(project: GitRepository) -> None:
    project.write("locksync.toml", "exports = 1\n")
    project.git("add", "--all")
    run = project.locksync("dockerfile")
    assert (run.code, run.findings) == (2, ["LS014"])


def test_a_link_out_of_the_repository(project: GitRepository) -> None:
    (project.path / "Dockerfile").unlink()
    (project.path / "Dockerfile").symlink_to("/etc/hostname")
    run = project.locksync("dockerfile")
    assert (run.code, run.findings) == (2, ["LS012"])


def test_a_path_without_a_dockerfile(project: GitRepository) -> None:
    run = project.locksync("dockerfile", "shop")
    assert run.code == 2
    assert run.stderr == "locksync: git tracks no Dockerfile at or below shop\n"
    run = project.locksync("dockerfile", "../elsewhere")
    assert (run.code, "leads out of the repository" in run.stderr) == (2, True)


def test_without_the_parser_the_remedy_is_told(
    project: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "e2b_dockerfile_utils", None)
    run = project.locksync("dockerfile")
    assert (run.code, run.stdout) == (2, "")
    assert "python -m pip install 'locksync[dockerfile]'" in run.stderr
    assert "additional_dependencies: [e2b-dockerfile-utils]" in run.stderr
    project.git("rm", "--quiet", "Dockerfile")
    assert project.locksync("dockerfile").stderr == "no Dockerfile found\n"


PYLOCK = 'created-by = "{}"\n[[packages]]\nname = "a"\ndirectory = {{ path = "app" }}\n'
INSTALLS_PYLOCK = "FROM python:3.12\nCOPY pylock.toml .\nRUN pip install -r pylock.toml\n"


@pytest.mark.parametrize(
    ("creator", "dockerfile", "found"),
    [
        pytest.param("pip", INSTALLS_PYLOCK, [], id="a-lock-file-of-its-own"),
        pytest.param("poetry-plugin-export", INSTALLS_PYLOCK, ["LS020:3"], id="written-by-nothing"),
        pytest.param(
            "pip",
            INSTALLS_PYLOCK.replace("COPY", "COPY app app\nCOPY"),
            [],
            id="needs-its-source",
        ),
    ],
)
def test_a_pylock_is_a_requirements_file(creator: str, dockerfile: str, found: list[str]) -> None:
    files = {**PROJECT, "pylock.toml": PYLOCK.format(creator)}
    assert _found(_examine(dockerfile, files)) == found
