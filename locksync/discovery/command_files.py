"""The files that may hold commands, and what reads each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from locksync.repository import paths

if TYPE_CHECKING:
    from locksync.discovery.snippets import Snippet

HOOKS = "hooks"
"""The kind of file whose hooks are commands of their own."""
DOCUMENT = "document"
"""The kind of file in which what looks like a command may be prose."""
# The names of files, and their kinds. The first come first.
KINDS = (
    (r"\.pre-commit-config\.ya?ml", HOOKS),
    (r"(?:GNU)?[Mm]akefile(?:\.\w+)?|[^/]+\.mk", "make"),
    (r"\.?[Jj]ustfile|[^/]+\.just", "just"),
    (r"[Tt]askfile(?:\.\w+)*\.ya?ml|lefthook\.ya?ml|(?:docker-)?compose[\w.-]*\.ya?ml", "yaml"),
    (r"(?:noxfile|tasks|dodo|duties|fabfile)\.py", "python"),
    (r"tox\.ini|setup\.cfg", "ini"),
    (r"(?:pyproject|hatch|pixi|tox|poe_tasks|\.?mise)\.toml|Pipfile", "toml"),
    (r"package\.json", "json"),
    (r"\.gitlab-ci[\w.-]*\.ya?ml|[\w.-]*azure-pipelines[\w.-]*\.ya?ml", "ci"),
    (r"bitbucket-pipelines\.yml|[\w-]*cloudbuild[\w.-]*\.ya?ml|buildspec[\w.-]*\.ya?ml", "ci"),
    (r"action\.ya?ml|\.?(?:travis|readthedocs|drone|appveyor)\.ya?ml", "ci"),
    (r"Jenkinsfile[\w.-]*", "quoted"),
    (r"(?:[^/]+\.)?(?:[Dd]ocker|Container)file(?:\.[^/]+)?|Earthfile", "docker"),
    (r"[^/]+\.(?:sh|bash|zsh|ksh|bat|cmd|ps1)|Procfile", "shell"),
    (r"[^/]+\.(?:md|mdx|rst|adoc)|README|CONTRIBUTING|INSTALL", DOCUMENT),
)
# Below these directories, the kind is not in the name.
CI_PLACE = re.compile(r"(?:^|/)\.(?:github/(?:workflows|actions)|circleci|gitlab)/")
YAML = re.compile(r"\.ya?ml")
SCRIPT_PLACE = re.compile(r"(?:^|/)(?:scripts?|bin|tools|dev|ci|hack|tasks)/(?:[^/.]+|[^/]+\.py)")
SCRIPT = "script"
SHEBANG = re.compile(r"#![^\n]*\b(?P<shell>(?:ba|z|da|k)?sh|python)")


class CommandFile(NamedTuple):
    """A file that may hold commands."""

    path: str
    kind: str

    @property
    def directories(self) -> tuple[str, ...]:
        """Where its commands may be run, the likeliest first."""
        if self.kind in (HOOKS, "ci", "quoted"):
            return ("",)
        here = paths.parent(self.path)
        is_at_home = self.kind not in ("shell", SCRIPT, DOCUMENT, "docker")
        return tuple(dict.fromkeys((here, "" if is_at_home else paths.parent(here), "")))

    def snippets(self, text: str) -> Iterator[Snippet]:
        """The texts for a shell in its content. Raises FindingError where it is malformed."""
        kind = self.kind
        if kind == SCRIPT and not self.path.endswith(".py"):
            shebang = SHEBANG.match(text)
            kind = "" if not shebang else "python" if shebang["shell"] == "python" else "shell"
        reader = _readers().get(kind)
        return reader(text) if reader else iter(())


def command_files(files: Iterable[str]) -> Iterator[CommandFile]:
    """Those of the files that may hold commands, the likeliest first."""
    pattern = _names()
    found = []
    for path in files:
        if match := pattern.fullmatch(path, path.rfind("/") + 1):
            number = int(str(match.lastgroup)[1:])
            found.append((number, path.count("/"), path, KINDS[number][1]))
        elif (place := CI_PLACE.search(path)) and YAML.search(path, place.end()):
            found.append((len(KINDS), path.count("/"), path, "ci"))
        elif SCRIPT_PLACE.search(path):
            found.append((len(KINDS), path.count("/"), path, SCRIPT))
    yield from (CommandFile(path, kind) for _, _, path, kind in sorted(found))


@cache
def _names() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<k{at}>{name})" for at, (name, _) in enumerate(KINDS)))


@cache
def _readers() -> dict[str, Callable[[str], Iterator[Snippet]]]:
    from locksync.discovery import snippets, structured_snippets

    return {
        "make": snippets.make_snippets,
        "just": snippets.just_snippets,
        "ini": snippets.ini_snippets,
        "quoted": snippets.quoted_snippets,
        "docker": snippets.docker_snippets,
        "shell": snippets.shell_snippets,
        DOCUMENT: snippets.document_snippets,
        "yaml": structured_snippets.yaml_snippets,
        "ci": structured_snippets.yaml_snippets,
        "toml": structured_snippets.toml_snippets,
        "json": structured_snippets.json_snippets,
        "python": structured_snippets.python_snippets,
        SCRIPT: structured_snippets.python_snippets,
    }
