"""The page of a continuation holds the numbers of its data, with or without the field."""

import json
import re

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import SpecialPoint
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from bifbridge.plotting._special_points import STYLES, UNKNOWN
from bifbridge.report import render_diagram, write_diagram
from bifbridge.report._diagram._content import content
from bifbridge.report._diagram._data import SYMBOLS
from bifbridge.report._diagram._planes import portraits_of
from tests.report.helpers.analytic_diagram import branch, diagram, field
from tests.report.helpers.page_reader import PageReader


@pytest.fixture(scope="module")
def text():
    return render_diagram(diagram(), family=field, parameter="<gain> & co")


def data_of(page):
    (data,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(data)


def test_the_page_is_well_formed_and_loads_nothing(text):
    page = PageReader(text)
    assert page.errors == []
    assert len(page.all("h1")) == 1
    addresses = [v for _, a in page.tags for name, v in a.items() if name in {"src", "href"}]
    assert all(address.startswith("#") for address in addresses)
    assert len(text) < 2.5e6


def test_names_from_outside_cannot_become_markup(text):
    assert "<gain>" not in text
    assert "&lt;gain&gt; &amp; co" in text


def test_only_its_two_scripts_may_run(text):
    (policy,) = re.findall(r"script-src ([^\"]*)", text)
    assert policy.count("sha256-") == 2
    assert "unsafe" not in policy


def test_the_data_are_those_of_the_branches(text):
    data = data_of(text)
    assert data["observables"] == ["z[0]", "z[1]", "|z|"]
    trivial, upper, _ = data["branches"]
    # Every point, and the pitchfork on both of its sides.
    assert len(trivial["p"]) == 24
    assert trivial["unstable"] == [0] * 12 + [1] * 12
    assert trivial["eigenvalues"][0] == [[-1.0, 0.0], [-2.0, 0.0]]
    np.testing.assert_allclose(upper["y"][0], np.sqrt(upper["p"]), rtol=1e-5)


def test_portraits_of_the_field_show_the_arms_being_born(text):
    (point,) = data_of(text)["points"]
    before, at, after = point["portrait"]["stages"]
    assert before["stable"] == [True]
    np.testing.assert_allclose(np.ravel(at["equilibria"]), 0, atol=1e-9)
    found = sorted(zip(after["equilibria"], after["stable"], strict=True))
    np.testing.assert_allclose([z[0] for z, _ in found], [-0.4, 0, 0.4], atol=1e-5)
    assert [stable for _, stable in found] == [True, False, True]


def scalar(kind, b2, c3):
    zero, one = jnp.zeros(1), jnp.ones(1)
    number = jnp.asarray
    form = ScalarNormalForm(
        kind, zero, number(0.0), one, one, number(b2), number(c3), zero, None, number(16.0)
    )
    return SpecialPoint(kind, 0.0, np.zeros(1), np.zeros(1, complex), form)


def reduced(point):
    line = np.linspace(-1, 1, 5)
    one = branch(line, np.zeros(5), line)
    found = portraits_of(content(one, cycles=(), family=None, parameter="p"), point)
    assert found is not None
    return found["stages"]


@pytest.mark.parametrize(
    ("kind", "b2", "c3", "counts"),
    [
        ("fold", 2.0, 0.0, (2, 1, 0)),
        ("fold", -0.5, 0.3, (0, 1, 2)),
        ("pitchfork", 0.0, -0.7, (1, 1, 3)),
        ("pitchfork", 0.0, 0.7, (3, 1, 1)),
        ("transcritical", 1.5, 0.0, (2, 1, 2)),
    ],
)
def test_portraits_of_the_reduced_equation_have_its_equilibria(kind, b2, c3, counts):
    stages = reduced(scalar(kind, b2, c3))
    assert [len(stage["equilibria"]) for stage in stages] == list(counts)
    for stage in stages[::2]:
        mu = float(stage["label"].split("= ")[1])
        for (a,), stable in zip(stage["equilibria"], stage["stable"], strict=True):
            slope = 2 * b2 * a + (3 * c3 * a**2 if kind != "fold" else 0)
            slope += 0 if kind == "fold" else mu
            assert stable == (slope < 0)


def test_the_portrait_of_a_hopf_form_has_its_cycle():
    q = jnp.array([1.0, -1j]) / np.sqrt(2)
    form = HopfNormalForm(
        jnp.zeros(2), jnp.asarray(2.0), jnp.asarray(2j), q, q, jnp.asarray(-0.5 + 0.3j), None, None,
        jnp.asarray(6.0),
    )  # fmt: skip
    point = SpecialPoint("hopf", 0.0, np.zeros(2), np.array([2j, -2j]), form)
    after = reduced(point)[2]
    radii = [np.hypot(*path[-1]) for path in after["paths"]]
    # μ = 0.2 and Re c₁ = −0.5: the cycle has radius √0.4.
    np.testing.assert_allclose(np.median(radii), np.sqrt(0.4), rtol=0.05)


def test_the_file_holds_the_page(tmp_path, text):
    path = write_diagram(tmp_path / "d.html", diagram(), family=field, parameter="<gain> & co")
    assert path.read_text(encoding="utf-8") == text


def test_every_kind_of_point_has_a_symbol_on_the_page():
    markers = [style.marker for style in (*STYLES.values(), UNKNOWN)]
    assert set(markers) <= set(SYMBOLS)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
