"""Channels along a cycle: the phase and what goes on across it."""

import diffrax as dfx
import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.sntk import StateSpaceNTK, floquet_projectors, moving_split, spectrum
from bifbridge.trajectories import Trials, uniform_grid

PERIOD = np.pi
MIXING = jnp.array([[1.0, 0.4, 0.0], [0.0, 0.8, 0.3], [0.2, 0.0, 1.1]])
INVERSE = jnp.linalg.inv(MIXING)


class Oscillator(eqx.Module):
    """ṙ = μr − r³, φ̇ = ω + r² − μ, ẇ = −w in skew coordinates; at μ = 0.25 the cycle r = ½ has
    period 2π/ω, multipliers 1, e^{−2μT} and e^{−T}, and isochrones φ + ln r = const.
    """

    theta: Float[Array, "2"]

    def __call__(self, t, z, u):
        x, y, w = INVERSE @ z
        mu, omega = self.theta
        square = x * x + y * y
        growth, turn = mu - square, omega + square - mu
        return MIXING @ jnp.stack([growth * x - turn * y, growth * y + turn * x, -w])


#: The second trial starts at φ = 2, where the first one is at t = 1.
OFFSETS = jnp.array([[0.0], [1.0]])
FIELD = Oscillator(jnp.array([0.25, 2.0]))


def on_cycle(phase):
    return MIXING @ jnp.array([0.5 * jnp.cos(phase), 0.5 * jnp.sin(phase), 0.0])


@pytest.fixture(scope="module")
def phase():
    return floquet_projectors(FIELD, on_cycle(0.0), PERIOD, phases=32)


@pytest.fixture(scope="module")
def ntk():
    starts = jnp.stack([on_cycle(0.0), on_cycle(2.0)])
    grid = uniform_grid(8 * PERIOD, PERIOD / 32, save_every=4)
    return StateSpaceNTK(FIELD, Trials(starts, grid, solver=dfx.Dopri8())).materialise()


def test_the_projectors_fix_the_flow_and_have_the_known_multipliers(phase):
    known = np.exp([0.0, -0.5 * PERIOD, -PERIOD])
    np.testing.assert_allclose(phase.multipliers, known, atol=1e-9)
    times = jnp.arange(32) * PERIOD / 32
    matrices = phase.at(times)
    np.testing.assert_allclose(matrices @ matrices, matrices, atol=1e-9)
    for time, matrix in zip(times[::5], matrices[::5], strict=True):
        flow = FIELD(0.0, on_cycle(2 * time), None)
        np.testing.assert_allclose(matrix @ flow, flow, atol=1e-8)
        # The phase φ + ln r is its left vector: radial displacements shift it by δr/r.
        outward = on_cycle(2 * time)
        np.testing.assert_allclose(matrix @ outward, flow / 2, atol=1e-8)


def test_the_phase_takes_the_kernel_and_the_books_balance(phase, ntk):
    projectors = phase.at(ntk.times[None] + OFFSETS)
    found = moving_split(ntk, projectors)
    np.testing.assert_allclose(found.trace, spectrum(ntk).trace, rtol=1e-10)
    assert found.share > 0.95
    assert found.growth == pytest.approx(1, abs=0.05)
    assert spectrum(ntk).participation_ratio < 1.1
    # ∂φ/∂ω = t moves the state by t·r along the cycle, ∂/∂μ by the isochrone's share of it.
    turning = ntk.push(jnp.array([0.0, 1.0]))
    along = FIELD(0.0, on_cycle(0.0), None) / 2
    end = turning[0, -1]
    np.testing.assert_allclose(end, ntk.times[-1] * along, atol=1e-6)
    probed = moving_split(ntk, projectors, probes=300)
    np.testing.assert_allclose(probed.cc, found.cc, rtol=0.2)


def test_an_amplitude_channel_belongs_to_its_own_multiplier(ntk, phase):
    radial = floquet_projectors(
        FIELD, on_cycle(0.0), PERIOD, phases=32, multiplier=float(np.exp(-0.5 * PERIOD))
    )
    times = jnp.arange(32) * PERIOD / 32
    np.testing.assert_allclose(radial.at(times) @ phase.at(times), 0, atol=1e-8)
    bounded = moving_split(ntk, radial.at(ntk.times[None] + OFFSETS))
    profile = bounded.critical_profile
    assert float(profile[-1]) < 2 * float(profile[profile.size // 2])


def test_what_is_no_cycle_and_what_has_no_projector_is_refused(ntk):
    with pytest.raises(ValueError, match="expected a cycle"):
        floquet_projectors(FIELD, on_cycle(0.0), 0.7 * PERIOD, phases=32)
    with pytest.raises(ValueError, match=r"expected \(2, 65, 3, 3\)"):
        moving_split(ntk, jnp.zeros((2, 4, 3, 3)))
    with pytest.raises(ValueError, match=r"observed\(None\)"):
        moving_split(ntk.observed(jnp.ones((1, 3))), jnp.zeros((2, 65, 3, 3)))
