"""Reports for people and machines, from findings made up here."""

from __future__ import annotations

import json

import pytest

from locksync.findings import Code, Finding, Notice, Verdict
from locksync.model import ChangedPin, Difference, Export, How, Pin, Result
from locksync.reports import github as as_github
from locksync.reports import json as as_json
from locksync.reports import text as as_text
from locksync.reports.report import Report

EXPORT = Export("poetry", "", (), "requirements.txt", "poetry export")
BELOW = Export("poetry", "a b", (), "a b/requirements.txt", "poetry export")
STALE = Finding(
    Code.STALE,
    "requirements.txt is stale: poetry.lock has changed since it was exported",
    "requirements.txt",
    None,
    "locksync fix requirements.txt",
)
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
NOTICE = Notice("poetry.lock gets an export", "poetry.lock")


def test_what_is_wrong_and_what_to_run() -> None:
    assert (
        as_text.render(Report((RESULT, FRESH)))
        == """\
requirements.txt is stale: poetry.lock has changed since it was exported            LS001
    flask    3.0.0 -> 3.0.3
  + blinker  1.8.2
  - six      1.16.0
    click 8.1.7: 1 hashes more, 0 fewer
  run:  locksync fix requirements.txt
"""
    )


def test_what_the_nearest_command_would_change_is_told_of_what_is_not_explained() -> None:
    finding = Finding(Code.UNEXPLAINED, "x.txt is not explained", "x.txt", None, "locksync init")
    difference = Difference(removed=(Pin("six", "1.16.0"),))
    told = as_text.render(Report((), (finding,), differences={"x.txt": difference}))
    assert told.splitlines()[1:] == ["  - six  1.16.0", "  run:  locksync init"]
    configuration = finding._replace(code=Code.CONFIGURATION, repair=None)
    told = as_text.render(Report((), (configuration,), differences={"x.txt": difference}))
    assert len(told.splitlines()) == 1


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
    report = Report((RESULT._replace(changed=True, difference=Difference()), below))
    assert (
        as_text.render(report)
        == """\
requirements.txt is stale: poetry.lock has changed since it was exported            LS001
a b/requirements.txt is stale: it has changed                                       LS001
regenerated. Stage them:  git add requirements.txt 'a b/requirements.txt'
"""
    )


def test_commands_can_be_pasted_below_the_top() -> None:
    style = as_text.Style(prefix="cd .. && ")
    text = as_text.render(Report((RESULT._replace(difference=Difference()),)), style)
    assert text.splitlines()[1] == "  run:  cd .. && locksync fix requirements.txt"


def test_a_line_is_told_where_editors_look_for_it() -> None:
    conflict = Finding(Code.CONFLICTED, "poetry.lock holds conflict markers", "poetry.lock", 12)
    text = as_text.render(Report((), (conflict,)))
    assert text.startswith("poetry.lock:12 holds conflict markers ")


def test_an_ignored_output_is_not_to_be_staged_with_the_others() -> None:
    ignored = Finding(Code.IGNORED, "it is ignored", "x", 1, "git add --force x")
    result = RESULT._replace(findings=(ignored, STALE), changed=True, difference=Difference())
    assert as_text.render(Report((result,))).splitlines()[1:] == [
        "  run:  git add --force x",
        "requirements.txt is stale: poetry.lock has changed since it was exported            LS001",
        "regenerated.",
    ]


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
        == """\
a/requirements.txt
+++ b/requirements.txt
@@ -1,2 +1,2 @@
-flask==3.0.0
-six==1.16.0
+blinker==1.8.2
+flask==3.0.3
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
    assert Report((both._replace(changed=True),)).verdict is Verdict.STALE


def test_annotations_for_github_stand_beside_their_lines() -> None:
    finding = Finding(Code.STALE, "100% a\nb", "x,y:z.txt", 7, "locksync fix x")
    report = Report((RESULT,), (finding,))
    assert as_github.render(report) == (
        "::error file=x%2Cy%3Az.txt,line=7,title=locksync LS001::"
        "100%25 a\\nb%0Arun:  locksync fix x\n"
        "::error file=requirements.txt,title=locksync LS001::requirements.txt is stale: "
        "poetry.lock has changed since it was exported%0Arun:  locksync fix requirements.txt\n"
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
