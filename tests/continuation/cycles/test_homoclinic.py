"""Where the period says that a homoclinic orbit is near, and where it does not."""

import numpy as np
import pytest

from bifbridge.continuation.curves._homoclinic import approach


def test_a_period_that_grew_and_fell_in_the_last_step_heads_for_nothing():
    assert approach(np.linspace(0, 1, 6), np.array([1.0, 1.5, 2.0, 2.5, 3.0, 2.9])) is None


def test_a_logarithmic_period_gives_place_and_rate():
    distance = 0.1 * 0.5 ** np.arange(10)
    found = approach(1.0 - distance, 3.0 - np.log(distance) / 0.7)
    assert found is not None
    assert found.parameter == pytest.approx(1.0, abs=1e-6)
    assert found.rate == pytest.approx(0.7, rel=1e-4)
