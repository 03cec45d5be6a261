"""What people do to an output by hand, and when a hook comes upon it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tests.support.git import GitRepository

OUTPUT = "requirements.txt"
BY_HAND = "# by hand\ndjango>=4\n-r extra.txt\n"


class Project(NamedTuple):
    """A project in step, and what its lock file has become on another branch."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    """Without the output."""
    pin: str
    """The pin that is changed. It is the same before and after."""
    gone: str
    """The name of the package whose lines are taken out."""
    unseen: tuple[str, ...] = ()
    """The kinds of edits that no proof sees: a commit that has them is in step too."""


class Edit(NamedTuple):
    """One kind of edit."""

    make: Callable[[str, Project], str]
    is_kept: Callable[[str], bool]
    """Whether what was edited is in a text."""
    named: tuple[str, ...]
    """What a report that names it holds."""
    is_meaningless: bool = False
    """Whether it means nothing to an installer: a commit that has it is in step."""
    is_layout: bool = False
    """Whether it is no text of somebody's."""
    untracked: bool = False


def _replaced(pattern: str, new: str) -> Callable[[str, Project], str]:
    """Replace the line of the pin; what the group `rest` matches is `{rest}` of the new one."""

    def make(text: str, project: Project) -> str:
        found = re.compile(pattern.replace("PIN", re.escape(project.pin)), re.MULTILINE)
        match = found.search(text)
        assert match, text
        name = project.pin.partition("==")[0]
        line = new.format(pin=project.pin, name=name, rest=match["rest"])
        return text[: match.start()] + line + text[match.end() :]

    return make


def _above(line: str) -> Callable[[str, Project], str]:
    return lambda text, project: line + text


def _below(line: str) -> Callable[[str, Project], str]:
    return lambda text, project: text + line


def _without(text: str, project: Project) -> str:
    lines = iter(_chunks(text))
    return "".join(line for line in lines if not line.startswith(f"{project.gone}=="))


def _chunks(text: str) -> Iterator[str]:
    """Each requirement with its hashes and annotations; each other line."""
    chunk = ""
    for line in text.splitlines(keepends=True):
        if chunk and not line.startswith(" "):
            yield chunk
            chunk = ""
        chunk += line
    yield chunk


def _turned_around(text: str, project: Project) -> str:
    chunks = list(_chunks(text))
    pins = [chunk for chunk in chunks if "==" in chunk and chunk[0] not in "#-"]
    others = [chunk for chunk in chunks if chunk not in pins]
    return "".join(others) + "\n" + "\n\n".join(reversed(pins))


def _hand_made(text: str, project: Project) -> str:
    return BY_HAND


def _windows(text: str, project: Project) -> str:
    return text.replace("\n", "\r\n")


def _has(*parts: str) -> Callable[[str], bool]:
    return lambda text: all(part in text for part in parts)


REST = r"^PIN(?P<rest>.*)$"
HASH = "--hash=sha256:" + "0123456789abcdef" * 4
EDITS: Mapping[str, Edit] = {
    "bumped": Edit(_replaced(REST, "{name}==9.9{rest}"), _has("==9.9"), ("9.9",)),
    "lowered": Edit(_replaced(REST, "{name}==0.1{rest}"), _has("==0.1"), ("0.1",)),
    "added": Edit(_below("gunicorn==20.0\n"), _has("gunicorn==20.0"), ("gunicorn",)),
    "removed": Edit(_without, lambda text: False, ("GONE",)),
    "marker": Edit(
        _replaced(r"^PIN(?: *;[^\\\n]*?)?(?P<rest>(?: \\)?)$", "{pin} ; os_name == 'x'{rest}"),
        _has("os_name == 'x'"),
        ("os_name",),
    ),
    "hash": Edit(
        _replaced(r"^PIN(?P<rest>[^\\\n]*?)(?: \\\n    --hash=\S*)?$", "{pin}{rest} " + HASH),
        _has(HASH),
        ("hash",),
    ),
    "comment-on-top": Edit(
        _above("# see TICKET-1\n"), _has("# see TICKET-1"), ("TICKET-1",), is_meaningless=True
    ),
    "comment-at-the-end-of-a-line": Edit(
        _replaced(
            r"^PIN(?P<rest>[^\\\n]*(?: \\\n    --hash=\S*)?)$", "{pin}{rest}  # see TICKET-1"
        ),
        _has("# see TICKET-1"),
        ("TICKET-1",),
        is_meaningless=True,
    ),
    "comment-between": Edit(
        _replaced(REST, "# see TICKET-1\n{pin}{rest}"),
        _has("# see TICKET-1"),
        ("TICKET-1",),
        is_meaningless=True,
    ),
    "option": Edit(
        _above("--extra-index-url https://x.example.org/simple\n"),
        _has("https://x.example.org/simple"),
        ("https://x.example.org/simple",),
    ),
    "include": Edit(_below("-r other.txt\n"), _has("-r other.txt"), ("other.txt",)),
    "url": Edit(
        _below("tool @ https://x.example.org/tool.whl\n"),
        _has("https://x.example.org/tool.whl"),
        ("tool",),
    ),
    "another-file": Edit(_hand_made, _has("# by hand", "django", "-r extra.txt"), ("django",)),
    "untracked": Edit(_below("gunicorn==20.0\n"), _has("gunicorn"), ("gunicorn",), untracked=True),
    "order-and-empty-lines": Edit(
        _turned_around, lambda text: False, ("order",), is_meaningless=True, is_layout=True
    ),
    "windows-line-ends": Edit(
        _windows, _has("\r\n"), ("line end",), is_meaningless=True, is_layout=True
    ),
}


def _alone(repository: GitRepository, project: Project, edit: Edit) -> None:
    _make(repository, project, edit)


def _moved(repository: GitRepository, project: Project, edit: Edit) -> None:
    _make(repository, project, edit)
    repository.write_all(project.after)


def _committed(repository: GitRepository, project: Project, edit: Edit) -> None:
    _make(repository, project, edit)
    if edit.untracked:
        repository.git("commit", "--quiet", "--message", "untracked")
    else:
        repository.git("commit", "--quiet", "--all", "--message", "edited")


def _committed_and_moved(repository: GitRepository, project: Project, edit: Edit) -> None:
    _committed(repository, project, edit)
    repository.write_all(project.after)


def _merged(repository: GitRepository, project: Project, edit: Edit) -> None:
    _committed(repository, project, edit)
    repository.git("merge", "--quiet", "--no-commit", "--no-ff", "moved", check=False)


SITUATIONS = {
    "alone": _alone,
    "the-lock-moved-too": _moved,
    "committed": _committed,
    "committed-and-the-lock-moved": _committed_and_moved,
    "in-a-merge": _merged,
}


COMMITTED = ("committed", "committed-and-the-lock-moved", "in-a-merge")


def _make(repository: GitRepository, project: Project, edit: Edit) -> None:
    repository.write(OUTPUT, edit.make(repository.read(OUTPUT), project))
    if edit.untracked:
        repository.git("rm", "--quiet", "--cached", OUTPUT)


def start(repository: GitRepository, project: Project) -> None:
    """Commit the project in step, and on a branch `moved` the lock file with its output."""
    repository.write_all(project.before)
    repository.commit()
    if OUTPUT not in project.before:
        assert repository.locksync("fix").code == 0
        repository.commit()
    assert repository.locksync("check").code == 0, repository.locksync("check")
    repository.git("checkout", "--quiet", "-b", "moved")
    repository.write_all(project.after)
    assert repository.locksync("fix").code == 0, repository.locksync("fix")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.git("tag", "start")


def faults(repository: GitRepository, project: Project, kind: str, situation: str) -> list[str]:
    """What a hook does wrong when it comes upon an edit."""
    repository.git("reset", "--quiet", "--hard", "start")
    repository.git("clean", "--quiet", "-fdx", "--exclude", "wheels")
    edit = EDITS[kind]
    SITUATIONS[situation](repository, project, edit)
    before = repository.read(OUTPUT)
    run = repository.locksync("hook")
    is_named = all(part.replace("GONE", project.gone) in run.stdout for part in edit.named)
    is_in_step = situation in COMMITTED and (edit.is_meaningless or kind in project.unseen)
    after = repository.read(OUTPUT)
    is_gone = after != before and not edit.is_kept(after)
    wrong = {
        "overwritten": is_gone and not is_in_step and not edit.is_layout,
        "overwritten without a word": is_gone and not is_named,
        "kept without a word": after == before and "LS006" in run.findings and not is_named,
    }
    return [fault for fault, is_so in wrong.items() if is_so]
