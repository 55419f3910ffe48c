"""Branches are cut where their stability changes, and nowhere else."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bifbridge.plotting._log_axis import _plain
from bifbridge.plotting._predicted import thinned
from bifbridge.plotting._stability import stability_runs


@given(arrays(bool, st.integers(1, 20)))
def test_pieces_alternate_touch_and_keep_every_point(stable):
    x = np.arange(stable.size, dtype=float)
    runs = stability_runs(x, x**2, stable)
    assert len(runs) == 1 + np.count_nonzero(np.diff(stable.astype(int)))
    for left, right in itertools.pairwise(runs):
        assert left[2] != right[2]
        assert (left[0][-1], left[1][-1]) == (right[0][0], right[1][0])
    assert set(x) <= set(np.concatenate([run[0] for run in runs]))


def test_the_cut_lies_at_the_known_change():
    x = np.array([0.0, 1.0, 2.0])
    runs = stability_runs(x, 10 * x, np.array([True, False, False]), [0.25])
    np.testing.assert_array_equal(runs[0][0], [0.0, 0.25])
    np.testing.assert_array_equal(runs[1][1], [2.5, 10.0, 20.0])


def test_gaps_are_not_bridged():
    runs = stability_runs(np.arange(4.0), np.array([1.0, np.nan, 2.0, 3.0]), np.ones(4, bool))
    assert [len(run[0]) for run in runs] == [1, 2]


@given(st.integers(1, 400), st.integers(2, 30))
def test_thinning_keeps_both_ends_and_the_bound(length, at_most):
    kept = thinned(length, at_most)
    assert kept[0] == 0
    assert kept[-1] == length - 1
    assert kept.size <= max(at_most, 1)
    assert np.all(np.diff(kept) > 0)


def test_tick_labels_are_plain_numbers_where_they_are_short():
    texts = [_plain(x) for x in (0.02, 30.0, 1000.0, 1e-5, 2e6)]
    assert texts == ["0.02", "30", "1000", "$10^{-5}$", "$2\\times10^{6}$"]
