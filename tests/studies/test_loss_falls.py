"""Falls of the loss are dated and ranked by what the loss does, not by the crossing."""

import numpy as np
import pytest

from bifbridge.studies.student_teacher._loss_falls import (
    distinct_crossings,
    loss_fall,
    previous_crossings,
)

STEPS = np.arange(2000)


def two_falls(noise=0.0):
    """Plateaus at 1, e⁻² and e⁻³ with falls from steps 500 and 1200 on, of time constant 30."""
    rng = np.random.default_rng(0)
    log = sum(
        -size * (1 - np.exp(-np.maximum(STEPS - start, 0) / 30))
        for start, size in ((500, 2), (1200, 1))
    )
    return np.exp(log + noise * rng.standard_normal(STEPS.size))


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize(("crossing", "size"), [(495.3, 2.0), (1188.8, 1.0)])
def test_a_fall_is_dated_where_a_tenth_of_it_has_happened(crossing, size, noise):
    fall = loss_fall(two_falls(noise), crossing)
    onset = (500 if size == 2.0 else 1200) + 30 * np.log(10 / 9)
    assert abs(fall.onset - onset) <= (3 if noise == 0 else 12)
    np.testing.assert_allclose(np.log(fall.factor), size, rtol=0.1)
    assert fall.percentile > 0.75


def test_the_onset_is_not_that_of_the_previous_crossing():
    log = sum(-2 * (1 - np.exp(-np.maximum(STEPS - start, 0) / 10)) for start in (500, 560))
    assert loss_fall(np.exp(log), 558.0).onset < 530
    assert loss_fall(np.exp(log), 558.0, previous=500.0).onset > 528


def test_each_crossing_knows_the_cluster_before_its_own():
    steps = np.array([100.0, 101.5, 700.0, 702.0, 900.0])
    assert previous_crossings(steps) == [None, None, 100.0, 100.0, 700.0]


def test_a_plateau_is_not_a_fall():
    fall = loss_fall(two_falls(), 900.0)
    assert abs(np.log(fall.factor)) < 0.01
    assert fall.percentile < 0.75


def test_a_rising_loss_has_no_onset():
    assert np.isnan(loss_fall(np.exp(STEPS / 500), 700.0).onset)


def test_spikes_do_not_count():
    losses = two_falls()
    losses[850:860] = 50.0
    assert abs(np.log(loss_fall(losses, 855.0).factor)) < 0.01


def test_a_run_shorter_than_a_fall_is_measured_as_far_as_it_goes():
    fall = loss_fall(np.exp(-np.arange(60) / 30), 10.0)
    assert fall.factor > 1


def test_crossings_to_and_fro_count_as_one():
    assert distinct_crossings(np.array([100.0, 101.5, 102.2, 700.0])) == [0, 3]
    assert distinct_crossings(np.array([])) == []
