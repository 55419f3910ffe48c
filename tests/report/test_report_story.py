"""The words of a report follow from the numbers, on every path of a run."""

import copy

import pytest

from bifbridge.report import _captions as captions
from bifbridge.report import _story as story
from bifbridge.report._criteria import findings, rank_before
from bifbridge.report._parts import events_table
from bifbridge.training import Run
from tests.report.helpers.page_reader import PageReader
from tests.report.helpers.synthetic_run import run_summary, run_tree


def run_with(*, without=(), **changes):
    summary = copy.deepcopy(run_summary())
    return Run(run_tree(without=list(without)), summary | changes)


def words(html):
    return PageReader(html).words


def test_a_fall_that_an_earlier_crossing_began_is_said_to_be_shared():
    drops = [
        {"crossing": 25.3, "onset": 27, "offset": 1.7, "factor": 193.0, "percentile": 0.978},
        {"crossing": 108.4, "onset": 27, "offset": -81.4, "factor": 8.23, "percentile": 0.89},
    ]
    matched = [drop | {"matched": True} for drop in drops]
    first, second = (
        f for f in findings(run_with(loss_drops=matched)) if f.name.startswith("Crossing")
    )
    assert "begins 2 steps after the crossing." in first.meaning
    assert "81 steps before the crossing, in the fall that the crossing before it" in second.meaning
    assert second.found == "8.23 times smaller"


@pytest.mark.parametrize(
    ("offset", "text"), [(1.2, "1 step after"), (-0.8, "1 step before"), (12.0, "12 steps after")]
)
def test_steps_are_counted_in_english(offset, text):
    run = run_with(loss_drops=[{"crossing": 9.0, "offset": offset, "matched": True}])
    (drop,) = [f for f in findings(run) if f.name.startswith("Crossing")]
    assert drop.found == text


@pytest.mark.parametrize(("matched", "offset"), [(False, 140.0), (False, None), (True, -3.0)])
def test_loss_drops_are_judged_as_the_run_matched_them(matched, offset):
    run = run_with(loss_drops=[{"crossing": 9.0, "offset": offset, "matched": matched}])
    (drop,) = [f for f in findings(run) if f.name.startswith("Crossing")]
    assert drop.met is matched


def test_without_matches_the_events_are_asked():
    events = [{"step": 10.0, "loss_drop_offset": 130.0}, {"step": 90.0, "loss_drop_offset": -4.0}]
    verdicts = [f.met for f in findings(run_with(events=events)) if f.name.startswith("Crossing")]
    assert verdicts == [False, True]


def test_the_fall_of_the_rank_is_taken_from_the_kernel_if_the_summary_has_none():
    run = run_with()
    kernel = run.tree.children["kernel"].dataset
    before = rank_before(run)
    assert before is not None
    assert 10 < before < kernel["participation_ratio"].values[0]
    assert rank_before(run_with(without=["kernel"])) is None
    known = run_summary()["effective_rank"] | {"highest_within_50_steps": 88.5}
    assert rank_before(run_with(effective_rank=known)) == 88.5


@pytest.mark.parametrize(
    ("slope", "met"), [(1.9, True), (1.76, True), (1.74, False), (2.6, True), (-1.0, False)]
)
def test_slopes_may_be_a_quarter_below_the_order(slope, met):
    study = {"slopes": {"a_error": slope}, "expected": {"a_error": 2.0}}
    (order,) = [f for f in findings(run_with(distance_study=study)) if f.bar == "order 2"]
    assert order.met is met


def test_the_minimum_of_the_rank_is_set_apart_from_the_crossing():
    step = run_summary()["first_bifurcation"]["step"]
    ranks = run_summary()["effective_rank"]
    same = captions.window(run_with(effective_rank=ranks | {"step_of_minimum": step + 0.4}))
    later = captions.window(run_with(effective_rank=ranks | {"step_of_minimum": step + 20}))
    assert "also its minimum over the whole run" in same
    assert "separatrix" in later


def test_crossings_to_and_fro_are_told_from_separate_ones():
    near = [{"step": 10.0, "kind": "pitchfork"}, {"step": 12.0, "kind": "pitchfork"}]
    apart = [{"step": 10.0, "kind": "pitchfork"}, {"step": 112.0, "kind": "pitchfork"}]
    assert "to and fro" in " ".join(story.when_it_bifurcated(run_with(events=near)))
    text = " ".join(story.when_it_bifurcated(run_with(events=apart)))
    assert "2 crossings" in text
    assert "to and fro" not in text


def test_the_fate_of_the_equilibrium_is_told():
    lost = " ".join(story.when_it_bifurcated(run_with(equilibrium="lost in a fold")))
    assert "vanished in a fold" in lost
    other = " ".join(story.when_it_bifurcated(run_with(equilibrium="not followed")))
    assert "could not be followed to the end: not followed" in other


@pytest.mark.parametrize(
    ("kind", "form", "equation"),
    [
        ("fold", {"quadratic": 2.0}, "da/dt = μ + (2.00) a²"),
        ("transcritical", {"quadratic": -1.0}, "da/dt = μa + (−1.00) a²"),
        ("branch_point", {"quadratic": 1.0, "cubic": 2.0}, "μa + (1.00) a² + (2.00) a³"),
        (
            "hopf",
            {"cubic": -3.0, "cubic_imaginary": 1.4, "frequency": 2.0},
            "(−3.00 + 1.40 i) y|y|² with ω = 2.00",
        ),
        ("cusp", {}, ""),
    ],
)
def test_each_kind_has_its_reduced_equation(kind, form, equation):
    crossing = run_summary()["first_bifurcation"] | {"kind": kind, "normal_form": form}
    assert equation in words(
        " ".join(story.when_it_bifurcated(run_with(first_bifurcation=crossing)))
    )


def test_a_crossing_that_did_not_converge_is_not_passed_over():
    crossing = run_summary()["first_bifurcation"] | {"converged": False}
    text = words(" ".join(story.when_it_bifurcated(run_with(first_bifurcation=crossing))))
    assert "did not converge" in text
    table = words(events_table([crossing | {"converged": False}]))
    assert "not converged" in table


def test_long_lists_of_events_are_cut_short():
    events = [{"step": float(k), "kind": "fold", "unstable_change": 1} for k in range(20)]
    assert "and 12 more" in words(events_table(events))
    assert "and 16 more" in captions.training(run_with(events=events))


def test_without_bifurcation_the_margin_to_instability_is_told():
    run = run_with(events=[], first_bifurcation=None)
    assert "comes no higher" not in captions.training(run), "here an eigenvalue did cross"
    tree = run_tree()
    stable = tree.children["equilibrium"].to_dataset()
    stable["eigenvalues_real"] = stable["eigenvalues_real"] - 2.0
    tree["equilibrium"] = stable
    text = captions.training(Run(tree, run.summary))
    assert "comes no higher than −1.4" in text


def test_rings_are_only_promised_where_they_are_drawn():
    assert "Rings" in captions.diagram(run_with())
    assert "Rings" not in captions.diagram(run_with(without=["equilibrium"]))
