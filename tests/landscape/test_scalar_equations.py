"""Closed forms of the reduced equations against accurate solves of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.landscape import (
    BranchPointEquation,
    FoldEquation,
    ForcedEquation,
    PitchforkEquation,
    TranscriticalEquation,
)
from bifbridge.landscape._scalar_equations import integrate_scalar

TIMES = jnp.linspace(0.0, 10.0, 21)
MU, START = (
    x.ravel()
    for x in jnp.meshgrid(
        jnp.array([-0.5, -1e-3, -1e-9, 0.0, 1e-9, 1e-3, 0.5]), jnp.array([0.0, 0.02, 0.3, -0.1])
    )
)


def equation(kind, coefficient):
    return kind(jnp.asarray(coefficient))


EQUATIONS = [
    equation(FoldEquation, -0.5),
    equation(FoldEquation, 0.3),
    equation(FoldEquation, 0.0),
    equation(TranscriticalEquation, -0.7),
    equation(TranscriticalEquation, 0.2),
    equation(PitchforkEquation, -0.4),
    equation(PitchforkEquation, 0.1),
    equation(ForcedEquation, -0.3),
    equation(ForcedEquation, 0.2),
]
NAMES = [f"{type(e).__name__}-{jax.tree.leaves(e)[0]}" for e in EQUATIONS]


@pytest.mark.parametrize("system", EQUATIONS, ids=NAMES)
def test_closed_form_meets_an_accurate_solve(system):
    closed = jax.vmap(lambda mu, a0: system.solution(TIMES, a0, mu))(MU, START)
    solved = jax.jit(jax.vmap(lambda mu, a0: integrate_scalar(system, TIMES, a0, mu, 1e-12)))(
        MU, START
    )
    # A solve close to its blow-up is no reference.
    fair = jnp.isfinite(closed.amplitude) & (jnp.abs(closed.amplitude) < 30)
    assert fair.mean() > 0.7
    for exact, reference in zip(closed, solved, strict=True):
        np.testing.assert_allclose(exact[fair], reference[fair], rtol=1e-8, atol=1e-10)
    escaped = jnp.isnan(closed.amplitude)
    assert not (escaped & (jnp.abs(solved.amplitude) < 1e3)).any()


@pytest.mark.parametrize("system", EQUATIONS[:1] + EQUATIONS[3:4] + EQUATIONS[5:6])
def test_solutions_settle_without_overflow_after_thousands_of_time_constants(system):
    late = jnp.array([0.0, 2000.0, 5000.0])
    one = jnp.ones(())
    end = system.solution(late, jnp.asarray(0.1), one)
    slope, forcing = jax.grad(system.velocity, (0, 1))(end.amplitude[-1], one)
    np.testing.assert_allclose(system.velocity(end.amplitude[-1], one), 0, atol=1e-12)
    np.testing.assert_allclose(end.sensitivity[-1], -forcing / slope, rtol=1e-10)
    if not isinstance(system, FoldEquation):
        decayed = system.solution(late, jnp.asarray(0.1), jnp.asarray(-0.5))
        np.testing.assert_array_equal(decayed.sensitivity, 0.0)


def test_an_escape_is_not_a_number_from_then_on():
    passing = equation(FoldEquation, 1.0).solution(TIMES, jnp.asarray(0.0), jnp.asarray(1.0))
    np.testing.assert_array_equal(jnp.isnan(passing.amplitude), jnp.greater(TIMES, jnp.pi / 2))
    cubic = equation(PitchforkEquation, 1.0).solution(TIMES, jnp.asarray(0.5), jnp.asarray(0.0))
    np.testing.assert_array_equal(jnp.isnan(cubic.amplitude), jnp.greater_equal(TIMES, 2.0))


def test_a_branch_point_with_one_coefficient_is_the_closed_form():
    numbers = (TIMES, jnp.asarray(0.2), jnp.asarray(0.1))
    for general, special in (
        (
            BranchPointEquation(jnp.asarray(-0.3), jnp.zeros(())),
            equation(TranscriticalEquation, -0.3),
        ),
        (BranchPointEquation(jnp.zeros(()), jnp.asarray(-0.3)), equation(PitchforkEquation, -0.3)),
    ):
        for a, b in zip(general.solution(*numbers), special.solution(*numbers), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-8)


@pytest.mark.parametrize(
    ("system", "start", "law"),
    [
        (EQUATIONS[0], 1e-6, lambda t: t**3 / 3),
        (EQUATIONS[3], 1e-6, lambda t: 1e-12 * t**3 / 3),
        (EQUATIONS[5], 1e-6, lambda t: 1e-12 * t**3 / 3),
    ],
    ids=["fold", "transcritical", "pitchfork"],
)
def test_amplification_at_the_crossing_grows_like_the_cube_of_the_horizon(system, start, law):
    times = jnp.linspace(0.0, 10.0, 4001)
    g = system.solution(times, jnp.asarray(start), jnp.asarray(0.0)).sensitivity
    np.testing.assert_allclose(jnp.trapezoid(g**2, times), law(10.0), rtol=1e-4)


def test_the_peak_over_mu_is_delayed_past_the_crossing():
    times, start = jnp.linspace(0.0, 40.0, 801), 1e-3
    mu = jnp.linspace(-0.1, 0.6, 701)
    g = jax.vmap(lambda m: EQUATIONS[5].solution(times, jnp.asarray(start), m).sensitivity)(mu)
    peak = float(mu[jnp.trapezoid(g**2, times).argmax()])
    assert peak == pytest.approx(np.log(1 / start) / 40, rel=0.3)
