"""Reports for people and machines, from findings made up here."""

from __future__ import annotations

import json

import pytest

from locksync.command_line import fix_command
from locksync.findings import At, Code, Finding, Notice, Place, Repair, Verdict
from locksync.model import ChangedPin, Difference, Export, How, Pin, Result
from locksync.reports import github as as_github
from locksync.reports import json as as_json
from locksync.reports import text as as_text
from locksync.reports.pasted import Here, command_line, stage
from locksync.reports.report import Report, summary

EXPORT = Export("poetry", "", (), "requirements.txt", "poetry export")
BELOW = Export("poetry", "a b", (), "a b/requirements.txt", "poetry export")
STALE = Finding(
    Code.STALE,
    "requirements.txt is stale: poetry.lock has changed since it was exported",
    "requirements.txt",
    None,
    fix_command("requirements.txt"),
)
RELOCK = Repair(
    (("poetry", At("-C", Place("a")), "lock"), ("git", "add", Place("a/poetry.lock"))),
)
BY_VARIABLE = Repair(
    ((At("PIPENV_PIPFILE", Place("a b/Pipfile"), is_variable=True), "pipenv", "lock"),)
)
COMPILING = Repair((("pip-compile", "x.in"),), "a")
RESULT = Result(
    EXPORT,
    ("poetry.lock", "pyproject.toml"),
    How.RENDERED,
    (STALE,),
    Difference(
        added=(Pin("blinker", "1.8.2"),),
        removed=(Pin("six", "1.16.0"),),
        changed=(ChangedPin("flask", "3.0.0", "3.0.3"),),
        details=("click 8.1.7: 1 hashes more, 0 fewer",),
    ),
    b"flask==3.0.0\nsix==1.16.0\n",
    b"blinker==1.8.2\nflask==3.0.3\n",
)
FRESH = Result(BELOW, ("a b/poetry.lock",), How.RENDERED)
PAGE = "https://github.com/locksync/locksync/blob/main/docs/findings.md"
NOTICE = Notice("poetry.lock gets an export", "poetry.lock")


def test_what_is_wrong_and_what_to_run() -> None:
    assert (
        as_text.render(Report((RESULT, FRESH)))
        == f"""\
requirements.txt is stale: poetry.lock has changed since it was exported            LS001
    flask    3.0.0 -> 3.0.3
  + blinker  1.8.2
  - six      1.16.0
    click 8.1.7: 1 hashes more, 0 fewer
  run:  locksync fix requirements.txt
2 exports: 1 stale, 1 fresh
LS001:  {PAGE}#ls001
"""
    )


def test_what_the_nearest_command_would_change_is_told_of_what_is_not_explained() -> None:
    finding = Finding(Code.UNEXPLAINED, "x.txt is not explained", "x.txt", advice="Choose")
    difference = Difference(removed=(Pin("six", "1.16.0"),))
    told = as_text.render(Report((), (finding,), differences={"x.txt": difference}))
    assert told.splitlines()[1:-1] == [
        "    six  yours 1.16.0, that command writes none",
        "  Choose",
    ]
    configuration = finding._replace(code=Code.CONFIGURATION, advice="")
    told = as_text.render(Report((), (configuration,), differences={"x.txt": difference}))
    assert len(told.splitlines()) == 2


def test_a_notice_is_a_line_of_its_own() -> None:
    assert as_text.render(Report((FRESH,), (), (NOTICE,))) == "note: poetry.lock gets an export\n"


@pytest.mark.parametrize(
    ("worked_out", "is_said"), [("requirements.txt", True), (FRESH.export.output, False)]
)
def test_commands_that_were_worked_out_can_be_written_down(worked_out: str, is_said: bool) -> None:
    told = as_text.render(Report((RESULT, FRESH), worked_out=frozenset([worked_out])))
    assert ("`locksync init` writes them down" in told) is is_said


def test_what_was_regenerated_and_what_to_stage() -> None:
    stale = STALE._replace(message="a b/requirements.txt is stale: it has changed")
    below = RESULT._replace(export=BELOW, findings=(stale,), difference=Difference(), changed=True)
    report = Report((RESULT._replace(changed=True, difference=Difference()), below), writes=True)
    assert (
        as_text.render(report)
        == f"""\
requirements.txt is stale: poetry.lock has changed since it was exported            LS001
a b/requirements.txt is stale: it has changed                                       LS001
2 exports: 2 regenerated
regenerated. Stage them:  git add 'a b/requirements.txt' requirements.txt
LS001:  {PAGE}#ls001
"""
    )


@pytest.mark.parametrize(
    ("repair", "here", "line"),
    [
        (fix_command("x.txt"), Here(), "locksync fix x.txt"),
        (fix_command("x.txt"), Here("a/b"), "locksync fix ../../x.txt"),
        (fix_command("a/-x y.txt"), Here("a"), "locksync fix './-x y.txt'"),
        (fix_command("x.txt"), Here(top="/r e"), "(cd '/r e' && locksync fix x.txt)"),
        (RELOCK, Here(), "poetry -C a lock && git add a/poetry.lock"),
        (RELOCK, Here("a"), "poetry lock && git add poetry.lock"),
        (BY_VARIABLE, Here(), "PIPENV_PIPFILE='a b/Pipfile' pipenv lock"),
        (BY_VARIABLE, Here("a b"), "pipenv lock"),
        (COMPILING, Here(), "(cd a && pip-compile x.in)"),
        (COMPILING, Here("b"), "(cd ../a && pip-compile x.in)"),
        (COMPILING, Here("a"), "pip-compile x.in"),
        (COMPILING, Here(top="/r"), "(cd /r/a && pip-compile x.in)"),
    ],
)
def test_commands_are_told_from_where_one_stands(repair: Repair, here: Here, line: str) -> None:
    assert command_line(repair, here) == line


def test_a_line_is_told_where_editors_look_for_it() -> None:
    conflict = Finding(Code.CONFLICTED, "poetry.lock holds conflict markers", "poetry.lock", 12)
    text = as_text.render(Report((), (conflict,)))
    assert text.startswith("poetry.lock:12 holds conflict markers ")


def test_all_that_is_to_be_staged_is_told_in_one_line() -> None:
    forced = stage(["x"], force=True)._replace(writes=("x",))
    ignored = Finding(Code.IGNORED, "it is ignored", "x", 1, forced)
    result = RESULT._replace(findings=(ignored, STALE), changed=True, difference=Difference())
    report = Report((result,), unstaged=frozenset(["poetry.lock"]))
    assert as_text.render(report).splitlines()[1:-1] == [
        "requirements.txt is stale: poetry.lock has changed since it was exported            LS001",
        "regenerated. Stage them:  git add --force poetry.lock requirements.txt x",
    ]


def test_where_a_commit_waits_what_the_commands_write_is_staged_too() -> None:
    report = Report((RESULT._replace(difference=Difference()),), is_commit=True)
    assert "hen stage it:  git add requirements.txt" in as_text.render(report)
    assert "stage it" not in as_text.render(report._replace(is_commit=False))


def test_two_ways_are_labelled() -> None:
    drop = fix_command("requirements.txt", drops=True)
    finding = STALE._replace(code=Code.EDITED, repair=drop, keep=RELOCK)
    told = as_text.render(Report((), (finding,))).splitlines()
    assert told[1:3] == [
        "  keep it:  poetry -C a lock && git add a/poetry.lock",
        "  drop it:  locksync fix requirements.txt",
    ]


@pytest.mark.parametrize(
    ("results", "writes", "told"),
    [
        ((RESULT,), False, ""),
        ((FRESH, FRESH), False, ""),
        ((RESULT, FRESH), False, "2 exports: 1 stale, 1 fresh"),
        ((RESULT, FRESH), True, "2 exports: 1 needs you, 1 fresh"),
        ((RESULT._replace(changed=True), RESULT), True, "2 exports: 1 regenerated, 1 needs you"),
    ],
)
def test_a_summary_is_told_of_several(results: tuple[Result, ...], writes: bool, told: str) -> None:
    assert summary(Report(results, writes=writes)) == told


def test_terminals_that_follow_links_get_one_to_the_page() -> None:
    told = as_text.render(Report((RESULT,)), as_text.Style(links=True))
    assert f"\x1b]8;;{PAGE}#ls001\x1b\\LS001\x1b]8;;\x1b\\\n" in told
    assert f"LS001:  {PAGE}" not in told


@pytest.mark.parametrize(("count", "shown"), [(11, 11), (12, 10)])
def test_a_long_difference_is_capped(count: int, shown: int) -> None:
    pins = tuple(Pin(f"p{number}", "1") for number in range(count))
    report = Report((RESULT._replace(difference=Difference(added=pins)),))
    lines = as_text.render(report).splitlines()
    assert sum(line.startswith("  + ") for line in lines) == shown
    assert ("    and 2 more (-v shows all)" in lines) is (shown < count)
    verbose = as_text.render(report, as_text.Style(verbose=True))
    assert verbose.count("  + ") == count


def test_lines_that_differ_are_shown_when_asked_for() -> None:
    text = as_text.render(
        Report((RESULT._replace(difference=Difference()),)), as_text.Style(diff=True)
    )
    assert (
        text.partition("--- ")[2]
        == f"""\
a/requirements.txt
+++ b/requirements.txt
@@ -1,2 +1,2 @@
-flask==3.0.0
-six==1.16.0
+blinker==1.8.2
+flask==3.0.3
LS001:  {PAGE}#ls001
"""
    )


def test_there_is_nothing_to_say_of_what_is_fresh_unless_asked() -> None:
    assert as_text.render(Report((FRESH,))) == ""
    assert as_text.render(Report((FRESH,)), as_text.Style(verbose=True)) == (
        "a b/requirements.txt is fresh: poetry export would write the same (rendered)\n"
    )


def test_the_list_of_exports() -> None:
    assert (
        as_text.render_list([RESULT, FRESH])
        == """\
stale    requirements.txt      poetry export
fresh    a b/requirements.txt  poetry export   (in a b)
"""
    )
    assert as_text.render_list([FRESH], as_text.Style(verbose=True)).splitlines()[1] == (
        "                               from a b/poetry.lock"
    )
    assert as_text.render_list([]) == ""


def test_the_report_for_machines() -> None:
    fault = Finding(Code.CONFIGURATION, "the configuration is wrong", "locksync.toml", 3)
    report = Report((RESULT, FRESH), (fault,), (NOTICE,))
    assert json.loads(as_json.render(report)) == {
        "version": 1,
        "verdict": "unknown",
        "exports": [
            {
                "tool": "poetry",
                "directory": ".",
                "command": "poetry export",
                "edits": {"drop": [], "keep": [], "markers": True},
                "inputs": ["poetry.lock", "pyproject.toml"],
                "output": "requirements.txt",
                "verdict": "stale",
                "how": "rendered",
                "changed": False,
                "findings": [
                    {
                        "code": "LS001",
                        "message": STALE.message,
                        "file": "requirements.txt",
                        "line": None,
                        "repair": "locksync fix requirements.txt",
                    }
                ],
                "pins": {
                    "added": [{"name": "blinker", "version": "1.8.2"}],
                    "removed": [{"name": "six", "version": "1.16.0"}],
                    "changed": [{"name": "flask", "from": "3.0.0", "to": "3.0.3"}],
                },
                "details": ["click 8.1.7: 1 hashes more, 0 fewer"],
            },
            {
                "tool": "poetry",
                "directory": "a b",
                "command": "poetry export",
                "edits": {"drop": [], "keep": [], "markers": True},
                "inputs": ["a b/poetry.lock"],
                "output": "a b/requirements.txt",
                "verdict": "fresh",
                "how": "rendered",
                "changed": False,
                "findings": [],
                "pins": {"added": [], "removed": [], "changed": []},
                "details": [],
            },
        ],
        "findings": [
            {
                "code": "LS014",
                "message": "the configuration is wrong",
                "file": "locksync.toml",
                "line": 3,
                "repair": None,
            }
        ],
        "notices": [{"message": "poetry.lock gets an export", "file": "poetry.lock", "line": None}],
    }


def test_the_verdict_of_a_report_is_what_is_left_to_repair() -> None:
    untracked = Finding(Code.UNTRACKED, "it is not tracked", "requirements.txt")
    both = RESULT._replace(findings=(untracked, STALE))
    assert Report(()).verdict is Verdict.FRESH
    assert Report((RESULT,)).verdict is Verdict.STALE
    assert Report((RESULT._replace(changed=True),)).verdict is Verdict.FRESH
    # All that is left of an output that was written is to stage it.
    assert Report((both._replace(changed=True),)).verdict is Verdict.FRESH
    assert Report((both,)).verdict is Verdict.STALE


def test_annotations_for_github_stand_beside_their_lines() -> None:
    finding = Finding(Code.STALE, "100% a\nb", "x,y:z.txt", 7, fix_command("x"), advice="Or not")
    # Two exports of one lock file share what is wrong with it.
    report = Report((RESULT, RESULT), (finding,))
    assert as_github.render(report) == (
        "::error file=x%2Cy%3Az.txt,line=7,title=locksync LS001::"
        f"100%25 a\\nb%0Arun:  locksync fix x%0AOr not%0A{PAGE}#ls001\n"
        "::error file=requirements.txt,title=locksync LS001::requirements.txt is stale: "
        "poetry.lock has changed since it was exported%0Arun:  locksync fix requirements.txt"
        f"%0A{PAGE}#ls001\n"
    )


def test_no_name_is_a_command_to_a_runner() -> None:
    finding = Finding(Code.STALE, "::stop-commands::x is stale", "a")
    assert as_text.render(Report((), (finding,))).startswith(" ::stop-commands::x is stale")


def test_colors_are_for_those_who_want_them() -> None:
    text = as_text.render(Report((RESULT,)), as_text.Style(color=True))
    assert "exported            \x1b[1;31mLS001\x1b[0m\n" in text
    assert "\x1b[32m  + blinker  1.8.2\x1b[0m\n" in text
    assert "\x1b[31m  - six      1.16.0\x1b[0m\n" in text
    assert "  run:  \x1b[1;36mlocksync fix requirements.txt\x1b[0m\n" in text
    plain = as_text.render(Report((RESULT,)))
    assert "\x1b" not in plain
