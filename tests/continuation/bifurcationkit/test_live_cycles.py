"""Branches of cycles in a running Julia: closed forms, the embedded engine, learned networks."""

import jax.numpy as jnp
import numpy as np
import pytest

import bifbridge as bb
from bifbridge._errors import JuliaExecutionError
from bifbridge.continuation import JaxEngine, LeafFamily
from bifbridge.continuation.bifurcationkit import (
    BifurcationKit,
    Collocation,
    ContinuationPar,
    Shooting,
)
from bifbridge.continuation.bifurcationkit._runtime import call
from bifbridge.continuation.jax_engine.cycles import continue_cycles, start_from_hopf
from bifbridge.fields import CTRNN
from tests import helpers
from tests.continuation.bifurcationkit.live import (
    METHODS,
    first_of,
    imitate,
    of_kind,
    problem,
    shooting_or_skip,
)
from tests.continuation.cycles import systems

pytestmark = [pytest.mark.julia, pytest.mark.slow, pytest.mark.usefixtures("live_julia")]

CYCLES = BifurcationKit(ContinuationPar(ds=0.01, dsmax=0.1, max_steps=30, tol_stability=1e-6))


def stuart_landau_hopf():
    return first_of(problem(helpers.stuart_landau, [0.0, 0.0], (-1, 1)), "hopf")


def test_cycles_by_collocation():
    """Radius² = p/1.5, ω = 2 + 0.7 p/1.5, multiplier exp(−2pT)."""
    branch = CYCLES.cycles(
        helpers.stuart_landau, stuart_landau_hopf(), (-1.0, 1.0), Collocation(20, 4)
    )
    p = branch.parameters
    np.testing.assert_allclose(branch.periods, 2 * np.pi / (2 + 0.7 * p / 1.5), rtol=1e-6)
    np.testing.assert_allclose(branch.amplitudes[:, 0], np.sqrt(p / 1.5), rtol=1e-4)
    np.testing.assert_allclose(branch.multipliers[:, 0], np.exp(-2 * p * branch.periods), rtol=1e-3)
    assert np.all(branch.stable)


def test_cycles_by_shooting():
    hopf = stuart_landau_hopf()
    if not call("has_ode_solver"):
        with pytest.raises(JuliaExecutionError, match="ODE solver"):
            CYCLES.cycles(helpers.stuart_landau, hopf, (-1.0, 1.0), Shooting(2))
        pytest.skip("needs an OrdinaryDiffEq package in the Julia project")
    branch = CYCLES.cycles(helpers.stuart_landau, hopf, (-1.0, 1.0), Shooting(2))
    p = branch.parameters
    np.testing.assert_allclose(branch.periods, 2 * np.pi / (2 + 0.7 * p / 1.5), rtol=1e-6)
    np.testing.assert_allclose(branch.amplitudes[:, 0], np.sqrt(p / 1.5), rtol=1e-4)


def born_at_hopf(ring, speed):
    """`ring`, whose unit circle is a cycle at p = 0, with cycles of radius √(1 + p) down to p = −1.

    Inside, and without bound near p = 0, it is a Hopf normal form; time runs `speed` times as fast.
    """

    def field(z, p):
        x, y, height = z
        square = x * x + y * y
        inside = jnp.array([(1 + p - square) * x - y, (1 + p - square) * y + x, -height])
        scale = jnp.stack([*[jnp.sqrt(jnp.maximum(1 + p, 0.04))] * 2, jnp.ones_like(square)])
        # The ring's field is singular on its axis, where it has no weight.
        outer = jnp.where(square < 0.04, jnp.array([1.0, 0.0, 0.0]), z / scale)
        part = jnp.clip((jnp.sqrt(jnp.maximum(square, 0.04)) - 0.45) / 0.35, 0, 1)
        weight = part**4 * (35 - 84 * part + 70 * part**2 - 20 * part**3)
        return speed * (weight * scale * ring(outer, p) + (1 - weight) * inside)

    return field


def critical_cycle(ring, speed, kind, method):
    """The point at p = 0 of a `ring`, by BifurcationKit."""
    field = born_at_hopf(ring, speed)
    hopf = first_of(problem(field, [0.0, 0.0, 0.0], (-1.5, 0.3), parameter=-1.2), "hopf")
    np.testing.assert_allclose(hopf.parameter, -1, atol=1e-10)
    steps = ContinuationPar(ds=0.01, dsmax=0.05, max_steps=200, tol_stability=1e-5)
    found = BifurcationKit(steps).cycles(field, hopf, (-1.5, 0.3), method)
    (point,) = of_kind(found.special_points, kind)
    np.testing.assert_allclose(point.parameter, 0, atol=1e-10)
    np.testing.assert_allclose(point.period, 2 * np.pi / speed, rtol=1e-9)
    # Where BifurcationKit itself had bisected it, further away.
    assert 0 < abs(point.raw["parameter"]) < 1e-4
    return point


@pytest.mark.parametrize("speed", [1.0, 2.5])
def test_the_period_doubling_coefficient_has_its_closed_form(speed):
    """c = −1 in units in which T = 2π: −`speed` here, whatever the period."""
    point = critical_cycle(systems.mobius, speed, "period_doubling", Collocation(20, 4))
    np.testing.assert_allclose(complex(point.normal_form.coefficient), -speed, rtol=1e-7)
    raw = point.raw["refined"]["normal_form"]
    np.testing.assert_allclose(complex(raw["b3"]), -(speed**2) / (2 * np.pi), rtol=1e-7)


@pytest.mark.parametrize("speed", [1.0, 2.5])
def test_the_neimark_sacker_coefficient_has_its_closed_form(speed):
    """d = 2(−1 + 0.5i) − 2·0.4·0.3i by the phase; without its second term by time."""
    point = critical_cycle(systems.torus, speed, "neimark_sacker", Collocation(40, 4))
    np.testing.assert_allclose(
        complex(point.normal_form.coefficient), speed * (-2 + 0.76j), rtol=1e-9
    )
    raw = point.raw["refined"]["normal_form"]
    np.testing.assert_allclose(complex(raw["d"]) * point.period, speed * (-2 + 1j), rtol=1e-9)


def roessler(z, a):
    """b = 2, c = 4: a Hopf point at small a, whose cycles double their period."""
    return jnp.stack([-z[1] - z[2], z[0] + a * z[1], 2.0 + z[2] * (z[0] - 4.0)])


def langford(z, p):
    """A zero-Hopf unfolding: the circle of z₃ = 0.7, r² = (p + 0.7 − 0.7³/3)/1.175 has a torus."""
    x, y, h = z
    square = x * x + y * y
    lift, spin = p + h - h**3 / 3 - square * (1 + 0.25 * h), 3.5 + 0.4 * (h - 0.7) ** 2
    return jnp.stack([(h - 0.7) * x - spin * y, spin * x + (h - 0.7) * y, lift])


def generalised_hopf(z, p):
    """A subcritical Hopf point at 0; the fold of cycles lies at p = −1/4, r² = 1/2."""
    x, y = z
    square = x * x + y * y
    growth, spin = p + square - square**2, 1 + 0.3 * square
    return jnp.stack([growth * x - spin * y, growth * y + spin * x])


@pytest.fixture(scope="module")
def learned():
    """Networks that imitate the three systems, with the parameter where those have it."""
    rossler = imitate(lambda z: roessler(z, 0.0), [-4, -6, -0.5], [7, 4, 6])
    torus = imitate(lambda z: langford(z, 0.0), [-1.2, -1.2, -0.5], [1.2, 1.2, 1.5])
    plane = imitate(lambda z: generalised_hopf(z, 0.0), [-1, -1], [1, 1])
    return {
        roessler: lambda z, a: rossler(z) + a * jnp.array([0.0, 1.0, 0.0]) * z,
        langford: lambda z, p: torus(z) + p * jnp.array([0.0, 0.0, 1.0]),
        generalised_hopf: lambda z, p: plane(z) + p * z,
    }


@pytest.fixture(params=[False, True], ids=["textbook", "network"])
def as_taught(request):
    """A system, or the network that learned it."""
    if not request.param:
        return lambda field: field
    return request.getfixturevalue("learned").__getitem__


def cycle_bifurcation(field, start, span, kind, method, parameter, dsmax=0.05):
    """The first such point by BifurcationKit and by the embedded engine, from one Hopf point."""
    equilibria = bb.continuation(problem(field, start, span, parameter=parameter), JaxEngine())
    hopf = of_kind(equilibria.special_points, "hopf")[0]
    steps = ContinuationPar(ds=0.005, dsmax=dsmax, max_steps=400, tol_stability=1e-4)
    found = BifurcationKit(steps).cycles(field, hopf, span, method)
    own = continue_cycles(start_from_hopf(field, hopf.parameter, hopf.normal_form), span)
    return tuple(of_kind(b.special_points, kind)[0] for b in (found, own))


@METHODS
def test_a_period_doubling_of_cycles_with_its_normal_form(method, as_taught):
    shooting_or_skip(method)
    mine, other = cycle_bifurcation(
        as_taught(roessler), [0.0, 0.0, 0.5], (0.0, 0.4), "period_doubling", method, 0.02
    )
    np.testing.assert_allclose(mine.parameter, other.parameter, rtol=1e-8)
    np.testing.assert_allclose(mine.period, other.period, rtol=1e-8)
    if isinstance(method, Collocation):
        np.testing.assert_allclose(
            complex(mine.normal_form.coefficient), complex(other.normal_form.coefficient), rtol=1e-6
        )


@METHODS
def test_a_neimark_sacker_point_with_its_normal_form(method, as_taught):
    shooting_or_skip(method)
    field = as_taught(langford)
    mine, other = cycle_bifurcation(
        field, [0.0, 0.0, -0.2], (-0.8, 1.9), "neimark_sacker", method, -0.2, dsmax=0.012
    )
    if field is langford:
        square = (1 - 0.7**2) / 0.25
        expected = square * 1.175 - (0.7 - 0.7**3 / 3)
        np.testing.assert_allclose(other.parameter, expected, atol=1e-7)
        np.testing.assert_allclose(mine.parameter, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(mine.parameter, other.parameter, atol=1e-8)
    np.testing.assert_allclose(mine.period, other.period, rtol=1e-8)
    if isinstance(method, Collocation):
        form, own = mine.normal_form, other.normal_form
        # See the next test.
        np.testing.assert_allclose(complex(form.coefficient), complex(own.coefficient), rtol=1e-2)


def test_the_neimark_sacker_coefficient_is_of_first_order_in_the_mesh_width():
    """BifurcationKit 0.8 scales h₁₁ by 1/(2 ntst) where h₂₀ is interpolated to the nodes."""
    errors = []
    for ntst in (40, 80):
        mine, own = cycle_bifurcation(
            langford, [0.0, 0.0, -0.2], (-0.8, 1.9), "neimark_sacker", Collocation(ntst, 4), -0.2,
            dsmax=0.012,
        )  # fmt: skip
        errors.append(complex(mine.normal_form.coefficient) - complex(own.normal_form.coefficient))
    np.testing.assert_allclose(errors[0] / errors[1], 2, rtol=0.02)


@METHODS
def test_a_fold_of_cycles(method, as_taught):
    shooting_or_skip(method)
    field = as_taught(generalised_hopf)
    mine, other = cycle_bifurcation(field, [0.0, 0.0], (-0.5, 0.5), "cycle_fold", method, -0.4)
    if field is generalised_hopf:
        np.testing.assert_allclose(other.parameter, -0.25, atol=1e-9)
        np.testing.assert_allclose(mine.parameter, -0.25, rtol=0, atol=1e-10)
    np.testing.assert_allclose(mine.parameter, other.parameter, atol=1e-8)
    np.testing.assert_allclose(mine.period, other.period, rtol=1e-7)


def test_cycles_of_a_network():
    weights = jnp.array([[2.0, -3.0], [3.0, 2.0]])
    family = LeafFamily(CTRNN(weights), "gain")
    hopf = first_of(problem(family, jnp.zeros(2), (0.2, 1.0)), "hopf")
    np.testing.assert_allclose(hopf.parameter, 0.5, rtol=1e-10)
    found = CYCLES.cycles(family, hopf, (0.2, 1.0), Collocation(30, 4))
    own = continue_cycles(start_from_hopf(family, hopf.parameter, hopf.normal_form), (0.2, 1.0))
    at = 0.7
    np.testing.assert_allclose(
        np.interp(at, found.parameters, found.periods), np.interp(at, own.parameters, own.periods),
        rtol=1e-2,
    )  # fmt: skip
