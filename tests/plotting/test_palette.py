"""Colours stand out from their ground, and kinds of points from each other."""

import itertools

import pytest

from bifbridge.plotting import DARK, LIGHT, OKABE_ITO, kind_in_words
from bifbridge.plotting._special_points import STYLES, point_style
from tests.report.helpers.contrast import contrast


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_text_and_lines_stand_out(theme):
    assert contrast(theme.ink, theme.ground) > 7
    assert contrast(theme.muted, theme.ground) >= 4.5
    for colour in theme.cycle:
        assert contrast(colour, theme.ground) >= 3
        assert colour in OKABE_ITO.values()


def test_kinds_of_special_points_differ_without_colour():
    shapes = [style.marker for style in STYLES.values()]
    assert all(a != b for a, b in itertools.combinations(shapes, 2))


def test_kinds_in_words():
    assert kind_in_words("pitchfork", "supercritical") == "supercritical pitchfork"
    assert kind_in_words("branch_point", None) == "branch point"
    assert kind_in_words("something_new", "nan") == "something new"
    assert point_style("something_new").label == "special point"
