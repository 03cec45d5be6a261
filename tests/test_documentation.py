"""The documentation tells the truth: its examples are run, its lists are complete."""

from __future__ import annotations

import re
import subprocess
import textwrap
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import tomli
import yaml

from locksync import __version__
from locksync.cli import main
from locksync.command_line import split_command
from locksync.discovery.configuration import parse_configuration
from locksync.findings import Code
from locksync.tools.registry import TOOLS, read_export
from tests.support.children import PYTHON
from tests.support.git import GitRepository
from tests.support.real_tools import PINS, TOP

README = (TOP / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md"), TOP / "examples/README.md"])
EXTRAS = tomli.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
MANIFEST = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SITE = "https://github.com/locksync/locksync"
PICTURES = "https://raw.githubusercontent.com/locksync/locksync/main/"
# What a link to the repository's own site has before the path of a file.
OWN = re.compile(rf"{re.escape(SITE)}/(?:blob|tree)/main/|{re.escape(PICTURES)}")


def _blocks(text: str, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def test_the_failure_in_the_picture_is_what_a_failure_prints(repository: GitRepository) -> None:
    repository.add_example("poetry", "filing")
    repository.commit()
    lock = "filing/poetry.lock"
    repository.replace(lock, 'version = "1.40.75"', 'version = "1.40.76"')
    picture = (TOP / "docs/failing-commit.svg").read_text(encoding="utf-8")
    drawn = unescape(re.sub(r"<[^>]+>", "", picture)).splitlines()
    assert f"]({PICTURES}docs/failing-commit.svg)" in README
    assert set(repository.locksync("hook").stdout.splitlines()) <= set(drawn)


def test_the_start_of_the_readme_is_what_init_prints(repository: GitRepository) -> None:
    repository.add_example("poetry")
    entry = "poetry export --without-hashes -o requirements.txt"
    repository.write("locksync.toml", f'exports = ["{entry}"]\n')
    repository.git("add", "--all")
    assert repository.locksync("fix").code == 0
    repository.git("rm", "--quiet", "--force", "locksync.toml")
    repository.commit()
    run = repository.locksync("init", "--hook")
    assert (run.code, run.stderr) == (0, "")
    assert f"```console\n$ locksync init --hook\n{run.stdout}```" in README
    assert repository.read(".pre-commit-config.yaml") in _blocks(README, "yaml")[0]


def test_every_option_is_in_the_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    text = (TOP / "docs/configuration.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    for option in re.findall(r"--[a-z-]+", capsys.readouterr().out):
        assert f"`{option}" in text, option


def test_every_page_is_in_the_readme() -> None:
    for page in TOP.glob("docs/*.md"):
        assert f"]({SITE}/blob/main/docs/{page.name})" in README


def test_the_readmes_hook_is_in_the_manifest() -> None:
    configured = yaml.safe_load(_blocks(README, "yaml")[0])
    hooks = [hook["id"] for repo in configured["repos"] for hook in repo["hooks"]]
    assert hooks == ["locksync"]


def test_every_hook_id_is_in_the_readme() -> None:
    for hook in MANIFEST:
        assert f"| `{hook['id']}` |" in README


def test_the_manifest_follows_the_conventions_of_pre_commit() -> None:
    ids = [hook["id"] for hook in MANIFEST]
    tools = [tool.about.hook for tool in TOOLS.values()]
    assert ids == ["locksync", "locksync-check", *tools, "locksync-dockerfile"]
    for hook in MANIFEST:
        assert len(hook["name"]) <= 50
        is_of_dockerfiles = hook["id"] == "locksync-dockerfile"
        command = "dockerfile" if is_of_dockerfiles else "hook"
        assert hook["entry"].split()[:2] == ["locksync", command]
        more = {"additional_dependencies": EXTRAS["dockerfile"]} if is_of_dockerfiles else {}
        assert {**hook, "id": "", "name": "", "description": "", "entry": ""} == {
            **more,
            "id": "",
            "name": "",
            "description": "",
            "entry": "",
            "language": "python",
            "pass_filenames": False,
            "always_run": True,
            "require_serial": True,
        }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_configurations_in_the_documentation_are_valid(page: Path) -> None:
    for block in _blocks(page.read_text(encoding="utf-8"), "toml"):
        file = "pyproject.toml" if "[tool.locksync]" in block else "locksync.toml"
        configuration = parse_configuration(block.encode(), file)
        assert configuration is not None
        for entry in configuration.exports:
            read_export(entry.command, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
        elif OWN.match(link):
            path, _, anchor = OWN.sub("", link).partition("#")
            target = TOP / path
        elif link.startswith(f"{SITE}#"):
            target, anchor = TOP / "README.md", link.removeprefix(f"{SITE}#")
        else:
            continue
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


def test_the_links_of_the_readme_work_on_the_package_index_too() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert all(link.startswith("https://") for link in links)


def _anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    named = r"`((?:locksync|tests|docs|examples|requirements|\.ci|\.github)/[^` ]+)`"
    for path in re.findall(named, page.read_text(encoding="utf-8")):
        if path != "tests/golden/TOOL-WHAT/":
            assert [*TOP.glob(path.rstrip("/"))], path


def test_the_table_of_tests_is_complete() -> None:
    text = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {file for path in re.findall(r"`(tests/[^`]+)`", text) for file in _below(path)}
    assert {*TOP.glob("tests/**/test_*.py"), *TOP.glob("tests/support/[a-z]*.py")} <= named


def _below(path: str) -> Iterator[Path]:
    pattern = f"{path}**/*.py" if path.endswith("/") and path != "tests/support/" else path
    return TOP.glob(pattern.rstrip("/"))


def test_the_hooks_of_the_documentation_are_of_this_version() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for version in re.findall(r"locksync/locksync\n +rev: v(\S+)", text):
            assert version == __version__, page


def test_every_finding_has_its_entry() -> None:
    text = (TOP / "docs/findings.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (LS\d{3})", text, re.MULTILINE) == [str(code) for code in Code]


def test_the_versions_that_the_bytes_match_are_those_the_tests_install() -> None:
    text = (TOP / "docs/versions.md").read_text(encoding="utf-8")
    for name in ("poetry", "pipenv", "pip-compile", "uv", "pdm"):
        exact = (pin for pin in PINS[name] if "==" in pin and not pin.startswith("pip=="))
        for pin in exact:
            program, _, version = pin.partition("==")
            assert f"{program} {version}" in text
            assert f"{program} {version}" in README


def test_the_commands_of_the_readme_are_those_of_ci() -> None:
    run = (TOP / ".ci/run").read_text(encoding="utf-8")
    demo, tests = (block.strip() for block in _blocks(README, "sh"))
    assert split_command(demo).words == ("python3", "examples/demo.py")
    assert tests in run.splitlines()


@pytest.mark.real
def test_the_demonstration_runs_and_is_as_it_was_drawn(tmp_path: Path) -> None:
    clone = GitRepository(tmp_path / "clone")
    clone.git("fetch", "--quiet", str(TOP), "HEAD")
    clone.git("checkout", "--quiet", "FETCH_HEAD")
    done = clone.run("python3", "examples/demo.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "regenerated. Stage them:  git add filing/poetry.lock filing/requirements.txt"
        in done.stdout
    )
    drawn = subprocess.run(
        (*PYTHON, TOP / "docs/make_picture.py"),
        input=done.stdout,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    picture = (TOP / "docs/failing-commit.svg").read_text(encoding="utf-8")
    assert drawn.stdout == picture, "draw it anew, as docs/make_picture.py says"
