"""Special points of several engines are matched, compared and, where they lack, explained."""

import json

import equinox as eqx
import numpy as np
import pytest
import xarray as xr

import bifbridge as bb
from bifbridge.continuation import AbstractEngine, Balance
from tests import helpers
from tests.reference import systems
from tests.reference.recorded_engine import RecordedEngine


def wilson_cowan():
    return bb.ContinuationProblem(helpers.wilson_cowan, [0.0, 0.0], span=(-1, 4))


@pytest.fixture(scope="module")
def steps():
    """Two step sizes of one engine: every number has a second, independent path to it."""
    return bb.cross_check(wilson_cowan(), [bb.JaxEngine(), bb.JaxEngine(step=0.02)])


@pytest.fixture(scope="module")
def recorded():
    """Our engine against what BifurcationKit gave once."""
    system = systems.recorded()["wilson_cowan"]
    problem = bb.ContinuationProblem(
        systems.field("wilson_cowan"),
        np.array(system["start_state"]),
        span=tuple(system["span"]),
        parameter=system["start_param"],
    )
    return bb.cross_check(problem, [bb.JaxEngine(), RecordedEngine("wilson_cowan")])


class Altered(AbstractEngine):
    """An engine whose special points were tampered with."""

    engine: AbstractEngine
    change: object = eqx.field(static=True)

    def run(self, problem):
        branch = self.engine.run(problem)
        points = tuple(self.change(list(branch.special_points)))  # pyright: ignore
        return eqx.tree_at(lambda b: b.special_points, branch, points)


def test_all_points_match_and_all_numbers_agree(steps):
    assert steps.engines == ("JaxEngine", "JaxEngine 2")
    assert [match.kind for match in steps.matches] == ["hopf", "fold", "hopf", "fold"]
    assert steps.unmatched == ()
    assert steps.agrees(1e-9)
    assert set(steps.largest_differences) == {
        "parameter", "state", "eigenvalue", "ω", "b₂", "Re c₁", "Im c₁", "ℓ₁"
    }  # fmt: skip
    for match, (_, where) in zip(
        steps.matches, sorted(helpers.WILSON_COWAN, key=lambda known: known[1]), strict=True
    ):
        parameter = match.quantities[0]
        assert parameter.name == "parameter"
        assert parameter.values == pytest.approx((where, where), abs=1e-9)


def test_our_engine_agrees_with_the_recorded_results_of_bifurcationkit(recorded):
    assert recorded.unmatched == ()
    assert all(match.same_kind for match in recorded.matches)
    # Recorded folds and Hopf points were polished: what is left is their rounding.
    assert recorded.agrees(1e-6), recorded.largest_differences
    assert recorded.largest_differences["parameter"] < 1e-12


def test_engines_may_be_named():
    problem = bb.ContinuationProblem(helpers.pitchfork, [0.0], span=(-1, 1))
    engines = {"dense": bb.JaxEngine(), "matrix-free": bb.KrylovEngine()}
    check = bb.cross_check(problem, engines)
    assert check.engines == ("dense", "matrix-free")
    assert check.agrees(1e-9)
    (match,) = check.matches
    coefficient = match.quantities[-1]
    assert coefficient.name == "c₃"
    assert coefficient.values == pytest.approx((-1, -1))


def test_one_engine_is_nothing_to_compare():
    with pytest.raises(ValueError, match="got 1 engines, expected at least two"):
        bb.cross_check(wilson_cowan(), [bb.JaxEngine()])


def altered(change):
    return bb.cross_check(
        wilson_cowan(), {"whole": bb.JaxEngine(), "altered": Altered(bb.JaxEngine(), change)}
    )


def test_a_point_that_is_missing_is_listed_with_what_is_there_instead():
    check = altered(lambda points: points[:-1])
    (lack,) = check.unmatched
    assert lack.kind == "fold"
    assert lack.parameter == pytest.approx(3.0955971806)
    assert (lack.found_by, lack.missed_by) == (("whole",), "altered")
    assert "its nearest point is a" in lack.reason
    assert len(check.matches) == 3
    assert not check.agrees()
    assert "is missing in altered: its nearest point is a" in repr(check)


def test_a_point_that_nobody_else_has_is_missing_in_the_others():
    def add(points):
        far = eqx.tree_at(lambda p: p.parameter, points[0], 0.8)
        return [*points, far]

    check = altered(add)
    (lack,) = check.unmatched
    assert (lack.found_by, lack.missed_by) == (("altered",), "whole")
    assert "at a relative distance of" in lack.reason


def test_another_kind_at_the_same_place_is_matched_and_said():
    def rename(points):
        return [eqx.tree_at(lambda p: p.kind, p, "transcritical") if p.kind == "fold" else p
                for p in points]  # fmt: skip

    check = altered(rename)
    assert check.unmatched == ()
    assert not check.agrees(1.0)
    assert [match.same_kind for match in check.matches] == [True, False, True, False]
    assert "DIFFERENT KINDS: fold (whole), transcritical (altered)" in repr(check)


def test_a_hopf_point_is_never_matched_with_a_fold():
    def swap(points):
        return [eqx.tree_at(lambda p: p.kind, p, "fold") if p.kind == "hopf" else p
                for p in points]  # fmt: skip

    check = altered(swap)
    assert sum(lack.reason.endswith("of another kind") for lack in check.unmatched) >= 2


def test_close_points_are_assigned_by_least_total_distance():
    # Two folds 7.7e-7 apart in p, well within the tolerance, in reverse order in one engine.
    problem = bb.ContinuationProblem(helpers.hysteresis, [-1.0], span=(-0.5, 0.5), parameter=-0.5)
    engines = {
        "forward": bb.JaxEngine(),
        "backward": Altered(bb.JaxEngine(), lambda points: points[::-1]),
    }
    check = bb.cross_check(problem, engines, tolerance=0.1)
    assert len(check.matches) == 2
    assert check.agrees(1e-9)


def test_the_sign_of_the_eigenvector_does_not_count():
    def flip(points):
        def turned(point):
            form = point.normal_form
            form = eqx.tree_at(
                lambda f: (f.right, f.quadratic), form, (-form.right, -form.quadratic)
            )
            return eqx.tree_at(lambda p: p.normal_form, point, form)

        return [turned(point) if point.kind == "fold" else point for point in points]

    assert altered(flip).agrees(1e-12)


def test_an_engine_that_stopped_early_is_excused_with_its_range():
    short = bb.JaxEngine(step=0.05, max_points=5)
    check = bb.cross_check(wilson_cowan(), {"whole": bb.JaxEngine(), "short": short})
    assert len(check.unmatched) == 4
    assert "its branch covers p from -1" in check.unmatched[-1].reason
    assert "limit on the number of points" in check.unmatched[-1].reason


def test_an_engine_without_a_branch_is_excused_with_its_status():
    class Nothing(AbstractEngine):
        def run(self, problem):
            return bb.JaxEngine().run(
                bb.ContinuationProblem(lambda z, p: z**2 + 1, [0.0, 0.0], span=problem.span)
            )

    check = bb.cross_check(wilson_cowan(), {"whole": bb.JaxEngine(), "nothing": Nothing()})
    assert check.matches == ()
    assert all("it has no branch: " in lack.reason for lack in check.unmatched)


def test_the_table_shows_every_number(steps):
    text = steps.text()
    assert text.startswith("CrossCheck of JaxEngine, JaxEngine 2: 4 special points matched, 0 unm")
    assert "ℓ₁" in text
    assert "3.11763079061" in text


def test_plain_data_survives_json(steps):
    report = json.loads(json.dumps(steps.to_dict(), allow_nan=False))
    assert [engine["name"] for engine in report["engines"]] == ["JaxEngine", "JaxEngine 2"]
    fold = report["matches"][1]
    assert fold["kinds"] == ["fold", "fold"]
    assert fold["quantities"]["b2"]["values"][0] == pytest.approx(-2.32918780781)
    assert report["largest_differences"]["parameter"] < 1e-9


def test_a_file_holds_values_differences_and_what_is_unmatched(tmp_path):
    check = altered(lambda points: points[:-1])
    check.save(tmp_path / "check.nc")
    with xr.open_dataset(tmp_path / "check.nc", engine="h5netcdf") as data:
        assert list(data["engine"].values) == ["whole", "altered"]
        assert data.sizes["match"] == 3
        assert data.attrs["format"] == "bifbridge-cross-check"
        hopf = data.isel(match=0)
        np.testing.assert_allclose(hopf["omega"], 1.23448666282)
        assert float(hopf["c1_real_difference"]) < 1e-12
        assert data["state"].shape == (3, 2, 2)
        assert str(data["unmatched_kind"].values[0]) == "fold"
        assert "nearest point" in str(data["unmatched_reason"].values[0])


def test_a_check_without_any_point_is_still_a_table_and_a_dataset():
    problem = bb.ContinuationProblem(lambda z, p: -z, [0.0], span=(0, 1))
    check = bb.cross_check(problem, [bb.JaxEngine(), bb.JaxEngine(step=0.1)])
    assert check.matches == ()
    assert check.agrees()
    assert check.to_xarray().sizes["match"] == 0
    assert isinstance(check.branches[0].balance, Balance)
