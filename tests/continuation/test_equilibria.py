"""Multi-start search finds all equilibria, each once, and tells slow points apart."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import find_equilibria
from bifbridge.fields import CTRNN
from tests import helpers


def test_all_nine_equilibria_of_two_bistable_units():
    found = find_equilibria(lambda z: z - z**3, np.random.default_rng(0).normal(size=(12, 2)))
    expected = {(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)}
    assert {tuple(int(v) for v in np.round(state)) for state in found.states} == expected
    assert len(found) == 9
    assert np.max(found.speeds) < 1e-14
    assert found.kinds.count("stable") == 4
    assert list(found.unstable) == [0] * 4 + [1] * 4 + [2]


def test_deflation_finds_what_no_start_reaches():
    starts = jnp.array([[2.0]])
    alone = find_equilibria(lambda z: z - z**3, starts, rounds=0)
    assert len(alone) == 1
    deflated = find_equilibria(lambda z: z - z**3, starts)
    np.testing.assert_allclose(np.sort(deflated.states[:, 0]), [-1, 0, 1], atol=1e-12)
    assert sorted(deflated.found_from) == [0, 0, 1]


def test_a_slow_point_is_no_equilibrium():
    """ż = ε + z² rests nowhere; |f|² is least at 0."""
    found = find_equilibria(lambda z: 1e-3 + z**2, jnp.linspace(-1, 1, 7)[:, None])
    assert found.kinds == ("slow",)
    assert abs(found.states[0, 0]) < 1e-6
    assert found.speeds[0] == pytest.approx(1e-3)
    assert len(found.equilibria) == 0
    assert len(find_equilibria(lambda z: 1e-3 + z**2, [[0.5]], slow_points=False)) == 0


def test_at_a_bifurcation_one_flat_equilibrium_stays_one():
    found = find_equilibria(lambda z: -(z**3), np.linspace(-1, 1, 20)[:, None])
    assert len(found.equilibria) == 1


def test_a_network_past_two_pitchforks_from_simulated_states():
    known = helpers.symmetric_network(5)
    gain = 0.5 * (known.gains[1] + 2.0) if known.gains.size > 1 else 1.5
    field = CTRNN(gain * known.field.weights)
    states = np.random.default_rng(1).normal(size=(6, 4, 5))
    found = find_equilibria(field, states)
    for state in found.equilibria:
        assert np.min(np.linalg.norm(found.states + state, axis=1)) < 1e-8
    assert np.min(np.linalg.norm(found.states, axis=1)) < 1e-12
    assert "stable" in found.kinds
    residuals = [np.max(np.abs(field(0.0, jnp.asarray(z), None))) for z in found.equilibria]
    assert max(residuals) < 1e-12


def test_the_report_says_what_was_found():
    text = repr(find_equilibria(lambda z: z - z**3, jnp.array([[0.5], [-0.5], [0.1]])))
    assert text.startswith("3 equilibria, 0 slow points")
    assert "unstable (1 unstable)" in text


def test_no_start_is_refused():
    with pytest.raises(ValueError, match=r"shape \(0, 3\)"):
        find_equilibria(lambda z: z, np.zeros((0, 3)))
