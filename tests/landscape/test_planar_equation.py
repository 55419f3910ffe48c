"""The Hopf normal form's closed form against an accurate solve with its derivative."""

import diffrax as dfx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.landscape import HopfEquation

TIMES = jnp.linspace(0.0, 10.0, 21)
START = jnp.asarray(0.3 + 0.1j)


@jax.jit
def reference(omega, cubic, mu):
    """y, ∂y/∂μ and ∂y/∂ω as real pairs, by a solve of the variational equations."""

    def velocity(pair, mu, omega):
        y = pair[0] + 1j * pair[1]
        rate = HopfEquation(omega, cubic).velocity(y, mu)
        return jnp.stack([rate.real, rate.imag])

    def joint(t, state, args):
        y, along_mu, along_omega = state
        rate, slope_mu = jax.jvp(lambda p, m: velocity(p, m, omega), (y, mu), (along_mu, 1.0))
        _, slope_omega = jax.jvp(lambda p, w: velocity(p, mu, w), (y, omega), (along_omega, 1.0))
        return rate, slope_mu, slope_omega

    start = (jnp.array([0.3, 0.1]), jnp.zeros(2), jnp.zeros(2))
    control = dfx.PIDController(rtol=1e-12, atol=1e-14)
    solved = dfx.diffeqsolve(
        dfx.ODETerm(joint),
        dfx.Dopri8(),
        0.0,
        TIMES[-1],
        None,
        start,
        saveat=dfx.SaveAt(ts=TIMES),
        stepsize_controller=control,
        max_steps=10_000,
    ).ys
    assert solved is not None
    return [x[:, 0] + 1j * x[:, 1] for x in solved]


@pytest.mark.parametrize("cubic", [-0.4 + 0.9j, 0.02 - 0.5j, 0.7j])
@pytest.mark.parametrize("mu", [-0.2, 0.0, 1e-9, 0.2])
def test_closed_form_meets_an_accurate_solve(mu, cubic):
    equation = HopfEquation(jnp.asarray(2.0), jnp.asarray(cubic))
    closed = equation.solution(TIMES, START, jnp.asarray(mu))
    for exact, solved in zip(closed, reference(2.0, jnp.asarray(cubic), mu), strict=True):
        fair = jnp.abs(closed.amplitude) < 30
        assert fair.sum() > 12
        np.testing.assert_allclose(exact[fair], solved[fair], rtol=1e-8, atol=1e-8)


def test_the_cycle_has_its_amplitude_and_shifted_frequency():
    equation = HopfEquation(jnp.asarray(2.0), jnp.asarray(-0.4 + 0.9j))
    late = jnp.array([0.0, 1000.0, 1001.0])
    y = equation.solution(late, START, jnp.asarray(0.5)).amplitude
    np.testing.assert_allclose(jnp.abs(y[1]) ** 2, 0.5 / 0.4, rtol=1e-12)
    turned = jnp.angle(y[2] / y[1])
    expected = jnp.angle(jnp.exp(1j * (2.0 + 0.9 * 0.5 / 0.4)))
    np.testing.assert_allclose(turned, expected, rtol=1e-9)
