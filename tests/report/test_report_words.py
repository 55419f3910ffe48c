"""Numbers in prose are right, short and typographically whole."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bifbridge.report._words import (
    article,
    bifurcation,
    cosine,
    escape,
    fixed,
    is_number,
    number,
    percent,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.012345, "0.0123"),
        (1070.4, "1070"),
        (-2.5, "−2.50"),
        (0, "0.00"),
        (2.1e-12, "2.10 × 10<sup>−12</sup>"),
        (3e7, "3.00 × 10<sup>7</sup>"),
        (None, "not known"),
        (math.nan, "not known"),
        (True, "not known"),
        ("7", "not known"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


@given(st.floats(1e-300, 1e300))
def test_three_digits_are_within_half_a_unit_of_the_last(value):
    text = number(value).replace("−", "-").replace("</sup>", "").replace(" × 10<sup>", "e")
    assert float(text) == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.9965, "0.9965"), (1.0, "1.0000"), (-0.5, "−0.500"), (1 - 3e-8, "0.999999970")],
)
def test_cosines_keep_the_digits_that_tell_them_from_one(value, text):
    assert cosine(value) == text


@pytest.mark.parametrize(("share", "text"), [(0.134, "13 %"), (0.002, "0.20 %"), (1.5, "150 %")])
def test_percentages_stay_with_their_sign(share, text):
    assert percent(share) == text.replace(" ", "\N{NO-BREAK SPACE}")


def test_names():
    assert bifurcation({"kind": "hopf", "criticality": "subcritical"}) == "subcritical Hopf"
    assert bifurcation({"kind": "<x>"}) == "&lt;x&gt;"
    assert article("imperfect pitchfork") == "an imperfect pitchfork"
    assert article("fold") == "a fold"
    assert escape("\"&'") == "&quot;&amp;&#x27;"
    assert fixed(-1.005, 1) == "−1.0"
    assert not is_number(math.inf)
