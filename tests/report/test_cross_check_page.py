"""The page of a cross check stands alone and shows every number."""

from html.parser import HTMLParser

import numpy as np
import pytest

from bifbridge.continuation import Balance, Branch, SpecialPoint, Status
from bifbridge.continuation._cross_check import CrossCheck
from bifbridge.continuation._cross_check._match import matched
from bifbridge.report import render_cross_check, write_cross_check

NAMES = ("JaxEngine", "<other> & co")


def point(kind, parameter):
    return SpecialPoint(kind, parameter, np.array([0.5]), np.array([1e-12 + 0j]))


def branch(points):
    line = np.linspace(-1, 1, 3)
    return Branch(
        line, np.zeros((3, 1)), np.ones((3, 2)), np.zeros((3, 1), complex), np.ones(3),
        np.ones(3, int), tuple(points), Balance(0, 1, 1, 0, True), Status.SPAN_END,
        (Status.SPAN_END, Status.SPAN_END),
    )  # fmt: skip


@pytest.fixture(scope="module")
def check():
    branches = (
        branch([point("fold", -0.25), point("hopf", 0.5)]),
        branch([point("fold", -0.2500001)]),
    )
    matches, unmatched = matched(NAMES, branches, 2.0, 1e-2)
    return CrossCheck(NAMES, branches, matches, unmatched, (-1.0, 1.0), 1e-2)


class Outline(HTMLParser):
    """Tags in their nesting, and everything that a page would load."""

    def __init__(self):
        super().__init__()
        self.open, self.loads, self.captions = [], [], []

    def handle_starttag(self, tag, attrs):
        self.loads += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "caption":
            self.captions.append(data)


@pytest.fixture(scope="module")
def outline(check):
    outline = Outline()
    outline.feed(render_cross_check(check))
    return outline


def test_the_page_is_well_formed_and_loads_nothing(outline):
    assert outline.open == []
    assert all(link.startswith("#") for link in outline.loads)


def test_every_match_has_its_table(outline):
    assert "1. fold at p = −0.25" in outline.captions
    assert "Points that an engine lacks" in outline.captions


def test_names_from_outside_are_escaped_once(check):
    page = render_cross_check(check)
    assert "<other>" not in page
    assert "&lt;other&gt; &amp; co" in page
    assert "&amp;lt;" not in page


def test_what_is_missing_is_told_with_its_reason(check):
    page = render_cross_check(check)
    assert "1 special point matched, 1 missing somewhere" in page
    assert "its nearest point is a fold at p = " in page


def test_the_file_holds_the_page(check, tmp_path):
    path = write_cross_check(tmp_path / "check.html", check)
    assert path.read_text(encoding="utf-8") == render_cross_check(check)
