"""The page and the chart of the benchmarks, of times that are made up."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from benchmarks.chart import TITLE, X_LABEL, Y_LABEL, render_chart
from benchmarks.measuring import Times
from benchmarks.page import Case, render_page

SVG = "{http://www.w3.org/2000/svg}"


def _times(seconds: float) -> Times:
    return Times((seconds,) * 3)


def _case(name: str, tool: float) -> Case:
    return Case(name, _times(0.01), warm=_times(0.04), cold=_times(0.1), tool=_times(tool))


CASES = (_case("slow export", 2.0), _case("native export", 0.02))


def test_the_chart_has_a_title_labels_and_paper() -> None:
    chart = ElementTree.fromstring(render_chart(CASES))
    texts = [text.text for text in chart.iter(f"{SVG}text")]
    assert chart.findtext(f"{SVG}title") == TITLE
    assert {TITLE, X_LABEL, Y_LABEL, "slow export", "native export", "2 s", "40 ms"} <= {*texts}
    paper = chart.find(f"{SVG}rect")
    assert paper is not None
    assert paper.get("class") == "paper"


def test_what_takes_longer_has_the_longer_bar() -> None:
    chart = ElementTree.fromstring(render_chart(CASES))
    bars = [float(bar.attrib["width"]) for bar in chart.iter(f"{SVG}rect") if bar.get("fill")]
    warm, cold, slow, _, _, native = bars
    assert native < warm < cold < slow
    # The axis is logarithmic: each tenfold is as long as any other.
    assert slow - native == pytest.approx(2 * cold, abs=0.2)


def test_the_page_says_which_is_faster() -> None:
    rows = render_page("a machine", CASES, (), {}, 3).splitlines()
    (slow,) = (row for row in rows if row.startswith("| slow export"))
    (native,) = (row for row in rows if row.startswith("| native export"))
    assert slow.endswith("| 50.0 times faster, 4.0 times `pass` | 20.0 times faster |")
    assert native.endswith("| 2.0 times slower, 4.0 times `pass` | 5.0 times slower |")
