"""Branches survive the way to a file and back, and go on from there."""

import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
import pytest

import bifbridge as bb
from bifbridge import BifbridgeError
from bifbridge.continuation import (
    ContinuationProblem,
    JaxEngine,
    LeafFamily,
    Status,
    continuation,
)
from bifbridge.continuation.curves._files import from_xarray
from bifbridge.fields import CTRNN
from tests import helpers


def assert_same(a, b):
    assert jtu.tree_structure(a) == jtu.tree_structure(b)
    for x, y in zip(jtu.tree_leaves(a), jtu.tree_leaves(b), strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.fixture(scope="module")
def network_problem():
    """A field with a Hopf point, a pitchfork, gradients and a user's event."""
    i, j = np.arange(1.0, 9)[:, None], np.arange(1.0, 9)[None, :]
    weights = np.sin(3 * i + 5 * j**2 + i * j) / np.sqrt(8)
    family = LeafFamily(CTRNN(jnp.asarray(weights)), "gain")
    events = {"third": lambda z, p: p - 1 / 3}
    return ContinuationProblem(
        family, np.zeros(8), span=(0.0, 3.0), names=["weights"], events=events
    )


@pytest.fixture(scope="module")
def branch(network_problem):
    return continuation(network_problem, JaxEngine(gradient=True))


def test_the_branch_of_the_fixture_has_one_of_each(branch):
    assert [point.kind for point in branch.special_points] == ["third", "hopf", "pitchfork"]
    assert branch.special_points[0].parameter == pytest.approx(1 / 3, abs=1e-12)


def test_netcdf_round_trip_is_exact(branch, tmp_path):
    assert_same(bb.load(branch.save(tmp_path / "branch.nc")), branch)


def test_a_branch_without_special_points_round_trips(tmp_path):
    problem = ContinuationProblem(helpers.pitchfork, [0.0], span=(-1.0, -0.5))
    short = continuation(problem)
    assert short.special_points == ()
    assert_same(from_xarray(short.to_xarray()), short)


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "bad.nc").write_bytes(b"\x89HDF\r\n\x1a\n" + b"0" * 100)
    with pytest.raises(BifbridgeError, match=r"bad\.nc"):
        bb.load(tmp_path / "bad.nc")


def test_the_table_has_a_row_per_point_and_names_special_points(branch):
    table = branch.to_dataframe()
    assert len(table) == len(branch)
    assert list(table["special"][table["special"] != ""]) == ["third", "hopf", "pitchfork"]
    np.testing.assert_array_equal(table["z3"], branch.states[:, 3])
    np.testing.assert_array_equal(table["stable"], table["leading"] <= 0)


def test_a_special_point_prints_its_normal_form_with_numbers(branch):
    text = repr(branch)
    assert "supercritical Hopf: ẏ = (μ + 0.550255i)y + (-0.263949-0.080814i) y|y|²" in text
    assert "p = 2.143087368" in text
    assert "unstable 0 → 3, 3 crossings located" in text


def test_a_branch_that_met_its_limit_is_resumed_to_the_same_end(branch, network_problem, tmp_path):
    engine = JaxEngine(max_points=20)
    first = continuation(network_problem, engine)
    assert first.status == Status.POINT_LIMIT
    assert len(first) == 20
    first.save(tmp_path / "part.nc")
    whole = JaxEngine(gradient=True).resume(network_problem, bb.load(tmp_path / "part.nc"))
    assert whole.status == Status.SPAN_END
    assert whole.balance.complete
    np.testing.assert_array_equal(whole.parameters[:20], first.parameters)
    found = [point.parameter for point in whole.special_points]
    np.testing.assert_allclose(found, [point.parameter for point in branch.special_points])
    index = whole.special_points[-1].index
    assert whole.parameters[index] < found[-1] <= whole.parameters[index + 1]


def test_a_branch_of_another_system_is_not_resumed(branch):
    problem = ContinuationProblem(helpers.pitchfork, [0.0], span=(-1.0, 1.0))
    with pytest.raises(ValueError, match="8 states for a problem with 1"):
        JaxEngine().resume(problem, branch)
