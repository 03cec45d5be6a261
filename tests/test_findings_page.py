"""The examples of docs/findings.md are what locksync prints in the states they are about.

`pytest --rewrite -n0 tests/test_findings_page.py` writes into the page what is printed now.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import locksync.verdict.check_all
from locksync.findings import Code
from locksync.model import Result
from tests.support.git import EXAMPLES, GitRepository
from tests.support.projects import compiled_project
from tests.support.real_tools import TOP

FILE = TOP / "docs/findings.md"
PAGE = FILE.read_text(encoding="utf-8")


def _bump(project: GitRepository, version: str = "1.40.76") -> None:
    lock = project.read("poetry.lock")
    project.write("poetry.lock", lock.replace('version = "1.40.75"', f'version = "{version}"'))


def _export(project: GitRepository, entry: str) -> None:
    project.write("locksync.toml", f"exports = [{entry}]\n")


def _behind(project: GitRepository) -> None:
    _bump(project)
    project.git("add", "--all")


def _missing(project: GitRepository) -> None:
    (project.path / "requirements.txt").unlink()


def _untracked(project: GitRepository) -> None:
    project.git("rm", "--quiet", "--cached", "requirements.txt")


def _ignored(project: GitRepository) -> None:
    _untracked(project)
    project.write(".gitignore", "requirements.txt\n")


def _manifest_ahead(project: GitRepository) -> None:
    project.replace("pyproject.toml", 'boto3 = "^1.40.72"', 'boto3 = "^1.41"')


def _edited(project: GitRepository) -> None:
    project.replace("requirements.txt", "boto3==1.40.75", "boto3==1.40.99")


def _lock_deleted(project: GitRepository) -> None:
    project.git("rm", "--quiet", "poetry.lock")


def _merging(project: GitRepository) -> None:
    for branch, version in (("other", "1.40.76"), ("main", "1.40.77")):
        project.git("switch", "--quiet", *(["-c"] if branch == "other" else []), branch)
        _bump(project, version)
        project.replace("requirements.txt", "boto3==1.40.75", f"boto3=={version}")
        project.commit()
    project.git("merge", "--quiet", "other", check=False)


def _lock_of_one_side(project: GitRepository) -> None:
    _merging(project)
    project.git("checkout", "--quiet", "--theirs", "poetry.lock")


def _malformed(project: GitRepository) -> None:
    project.replace("poetry.lock", "[[package]]", "[[package")


def _compiled_before(project: GitRepository) -> None:
    project.git("rm", "--quiet", "-r", ".")
    for path, content in compiled_project().items():
        project.write(path, content)
    project.commit()
    project.write("requirements.in", "# web\nflask>=3.1\nrequests\n")


def _new_lock(project: GitRepository) -> None:
    project.replace("poetry.lock", 'lock-version = "2.1"', 'lock-version = "2.2"')


def _new_lock_committed(project: GitRepository) -> None:
    _new_lock(project)
    project.commit()
    project.write("notes.md", "something else to commit")
    project.git("add", "notes.md")


def _unknown_group(project: GitRepository) -> None:
    _export(project, '"poetry export --only test -o requirements-test.txt"')
    project.git("add", "--all")


def _linked_outside(project: GitRepository) -> None:
    (project.path / "requirements.txt").rename(project.path.parent / "elsewhere.txt")
    (project.path / "requirements.txt").symlink_to("../elsewhere.txt")


def _two_locks(project: GitRepository) -> None:
    for name in ("Pipfile", "Pipfile.lock"):
        project.write(name, (EXAMPLES["pipenv"] / name).read_bytes())
    project.git("rm", "--quiet", "--cached", "requirements.txt")
    (project.path / "requirements.txt").unlink()
    project.commit()
    for name in ("poetry.lock", "Pipfile.lock"):
        project.write(name, project.read(name) + "\n")


def _piped(project: GitRepository) -> None:
    _export(project, '\n  "poetry export --only dev | sort > requirements-dev.txt",\n')
    project.git("add", "--all")


def _no_directory(project: GitRepository) -> None:
    _export(project, '"poetry export -o build/requirements.txt"')
    project.git("add", "--all")


def _smuggled(project: GitRepository) -> None:
    project.replace("Pipfile.lock", '"==3.4.1"', r'"==3.4.1\n--index-url https://evil.example.org"')
    project.git("add", "--all")


def _secret(project: GitRepository) -> None:
    for name in ("Pipfile", "Pipfile.lock"):
        project.write(name, project.read(name).replace("https://", "https://ci:secret@"))


def _dockerfile(project: GitRepository, *lines: str) -> None:
    project.write("shop/__init__.py", "")
    project.write("Dockerfile", "\n".join(("FROM python:3.13-slim", "WORKDIR /app", *lines, "")))
    project.git("add", "--all")


def _source_first(project: GitRepository) -> None:
    _dockerfile(project, "COPY . .", "RUN pip install -r requirements.txt")


def _unkept(project: GitRepository) -> None:
    project.write("requirements-web.txt", "gunicorn\n")
    install = "RUN pip install -r requirements.txt"
    more = ("COPY requirements-web.txt .", "RUN pip install -r requirements-web.txt")
    _dockerfile(project, "COPY requirements.txt .", install, *more)


def _project_first(project: GitRepository) -> None:
    copy = "COPY pyproject.toml requirements.txt ./"
    _dockerfile(project, copy, "RUN pip install .", "RUN pip install -r requirements.txt")


def _edited_by_a_script(project: GitRepository) -> None:
    plain = re.sub(r"(?: \\\n +--hash=\S+)+", "", project.read("requirements.txt"))
    newer = plain.replace("boto3==1.40.75", "boto3==1.40.99")
    project.write("requirements.txt", f"--extra-index-url https://pypi.example.org/simple\n{newer}")
    project.commit()


def _unchanged(_: GitRepository) -> None:
    pass


def _fail(*_: object) -> Result:
    raise KeyError("package")


Row = tuple[str, str, Callable[[GitRepository], None], str]
ROWS: list[Row] = [
    ("LS001", "poetry", _behind, "check"),
    ("LS001", "poetry", _behind, "fix"),
    ("LS001", "poetry", _compiled_before, "check"),
    ("LS002", "pipenv", _missing, "check"),
    ("LS003", "poetry", _untracked, "check"),
    ("LS004", "poetry", _ignored, "check"),
    ("LS005", "poetry", _manifest_ahead, "check"),
    ("LS006", "poetry", _edited, "check"),
    ("LS007", "poetry", _lock_deleted, "check"),
    ("LS008", "poetry", _merging, "check"),
    ("LS008", "poetry", _lock_of_one_side, "check"),
    ("LS009", "poetry", _malformed, "check"),
    ("LS010", "poetry", _new_lock, "check"),
    ("LS010", "poetry", _new_lock_committed, "hook -v"),
    ("LS011", "poetry", _unknown_group, "check"),
    ("LS012", "poetry", _linked_outside, "check"),
    ("LS013", "poetry", _two_locks, "check"),
    ("LS014", "poetry", _piped, "check"),
    ("LS015", "poetry", _no_directory, "fix"),
    ("LS016", "pipenv", _smuggled, "check"),
    ("LS017", "pipenv", _secret, "check"),
    ("LS018", "poetry", _new_lock, "fix"),
    ("LS019", "poetry", _source_first, "dockerfile"),
    ("LS020", "poetry", _unkept, "dockerfile"),
    ("LS021", "poetry", _project_first, "dockerfile"),
    ("LS022", "poetry", _edited_by_a_script, "check"),
    ("LS099", "poetry", _unchanged, "check"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2].__name__.strip('_')}")
@pytest.mark.usefixtures("only_git")
def test_the_example_is_what_is_printed(
    repository: GitRepository,
    row: Row,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section, tool, change, command = row
    if section == str(Code.BUG):
        monkeypatch.setattr(locksync.verdict.check_all, "check", _fail)
    if command == "dockerfile":
        pytest.importorskip("e2b_dockerfile_utils")
    repository.add_example(tool)
    repository.commit()
    change(repository)
    run = repository.locksync(*command.split())
    # The numbers of lines in the code change with every version.
    report = re.sub(r"(locksync(?:\.\w+)+)(?<!toml):\d+", r"\1:50", run.stdout)
    example = f"```console\n$ locksync {command}\n{report}{run.stderr}```"
    number = [one for one in ROWS if one[0] == section].index(row)
    if request.config.getoption("--rewrite"):
        _rewrite(section, number, example)
    (text,) = re.findall(SECTION.format(section), FILE.read_text(encoding="utf-8"), FLAGS)
    assert example in text


SECTION = r"^## {} .*?(?=^<a id|\Z)"
FLAGS = re.MULTILINE | re.DOTALL


def _rewrite(section: str, number: int, example: str) -> None:
    """Put an example in the place of the one with that number in a section of the page."""
    page = FILE.read_text(encoding="utf-8")
    (text,) = re.findall(SECTION.format(section), page, FLAGS)
    old = re.findall(r"^```console\n.*?^```$", text, FLAGS)[number]
    FILE.write_text(page.replace(text, text.replace(old, example)), encoding="utf-8")


def test_every_code_has_an_example() -> None:
    assert {row[0] for row in ROWS} == {str(code) for code in Code}


def test_every_example_on_the_page_is_tried_above() -> None:
    assert PAGE.count("```console") == len(ROWS)
