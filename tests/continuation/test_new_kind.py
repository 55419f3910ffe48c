"""A kind of solution that the package has never seen passes through everything after a follower."""

import numpy as np
import pytest

import bifbridge as bb
from bifbridge.cli._reports import branch_report, curve_report
from bifbridge.continuation import SOLUTIONS, SolutionKind, SpecialPoint, Status
from bifbridge.continuation.curves import MAP, both_ways, one_way
from bifbridge.normal_forms import ScalarNormalForm

LOGISTIC = SolutionKind(
    name="logistic_fixed_point",
    plural="fixed points",
    rule=MAP,
    forms={"fold": ScalarNormalForm},
    bifurcations=frozenset({"flip"}),
    resume=f"{__name__}:further",
)


def followed(start, end):
    """x* = 1 − 1/r of x ↦ rx(1 − x), with multiplier 2 − r: it flips at r = 3."""
    r = np.linspace(start, end, 11)
    k = int(np.searchsorted(r, 3.0)) - 1
    flips = start < 3 < end
    flip = SpecialPoint("flip", 3.0, np.array([2 / 3]), np.array([-1.0 + 0j]), index=k, jump=1)
    return one_way(
        LOGISTIC,
        Status.SPAN_END,
        [flip] if flips else [],
        parameters=r,
        states=(1 - 1 / r)[:, None],
        tangents=np.ones((11, 2)),
        eigenvalues=(2 - r)[:, None].astype(complex),
        steps=np.full(11, 0.1),
        iterations=np.ones(11, int),
    )


def further(branch, problem, span, engine):
    return followed(branch.parameters[-1], span[1])


@pytest.fixture
def branch(monkeypatch):
    monkeypatch.setitem(SOLUTIONS, LOGISTIC.name, LOGISTIC)
    return followed(2.05, 3.4)


def test_its_stability_is_read_off_multipliers_and_balanced(branch):
    assert list(np.flatnonzero(branch.unstable)) == list(np.flatnonzero(branch.parameters > 3))
    assert repr(branch.balance) == "unstable 0 → 1, 1 crossings located"
    assert [point.kind for point in branch.bifurcations] == ["flip"]


def test_its_text_table_and_json_say_what_it_is(branch):
    assert repr(branch).startswith("Branch of 11 fixed points, n = 1, p from 2.05 to 3.4")
    table = branch.to_dataframe()
    np.testing.assert_allclose(table["leading"], np.abs(2 - branch.parameters))
    assert branch_report(branch)["special_points"][0]["multipliers"] == [[-1.0, 0.0]]
    assert curve_report(branch)["kind"] == "logistic_fixed_point"


def test_it_comes_back_from_a_file_and_goes_on(branch, tmp_path):
    loaded = bb.load(branch.save(tmp_path / "branch.nc"))
    assert loaded.solution is LOGISTIC
    assert repr(loaded) == repr(branch)
    longer = loaded.resume(None, (2, 3.9))
    assert longer.parameters[-1] == pytest.approx(3.9)
    assert longer.balance.complete


def test_ways_of_it_are_joined_and_turned():
    whole = both_ways([followed(2.9, 2.5), followed(2.9, 3.3)])
    assert np.all(np.diff(whole.parameters) > 0)
    (flip,) = whole.special_points
    assert whole.parameters[flip.index] < 3 < whole.parameters[flip.index + 1]


def test_it_is_drawn_like_any_other(branch):
    ax = branch.plot()
    assert "flip" in [text.get_text() for text in ax.get_legend().get_texts()]
    assert "<table>" in branch._repr_html_()
