"""Normal forms of branch points of cycles against derivatives of the Poincaré map."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import CycleEngine, continue_cycles, start_from_orbit
from tests.continuation.cycles.planes import Crossing

TURN = np.linspace(0, 1, 401)
CIRCLE = np.stack([np.cos(2 * np.pi * TURN), np.sin(2 * np.pi * TURN), 0 * TURN], -1)


def poincare_map(family, p, steps=400):
    """(ρ, h) ↦ the same one turn later: the phase is the time of a Runge–Kutta method."""

    def slope(phase, x):
        grow, lift, spin = family.across(p, x[0], x[1], jnp.cos(phase), jnp.sin(phase))
        return jnp.stack([grow, lift]) / spin

    width = 2 * jnp.pi / steps

    def step(x, phase):
        k1 = slope(phase, x)
        k2 = slope(phase + width / 2, x + width / 2 * k1)
        k3 = slope(phase + width / 2, x + width / 2 * k2)
        k4 = slope(phase + width, x + width * k3)
        return x + width / 6 * (k1 + 2 * k2 + 2 * k3 + k4), None

    return lambda x: jax.lax.scan(step, x, width * jnp.arange(steps))[0]


@jax.jit
def derivatives(family):
    back = poincare_map(family, 0.0)
    first = jax.jacfwd(back)
    second = jax.jacfwd(first)
    zero = jnp.zeros(2)
    return first(zero), second(zero), jax.jacfwd(second)(zero)


def map_coefficients(family):
    """b and c of the map ξ + bξ² + cξ³ on its centre manifold, for a unit vector."""
    a, b, c = (np.asarray(d) for d in derivatives(family))
    values, vectors = np.linalg.eig(a)
    v = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    values, vectors = np.linalg.eig(a.T)
    w = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    w = w / (w @ v)
    bent = np.einsum("ijk,j,k->i", b, v, v)
    quadratic = w @ bent / 2
    border = np.block([[a - np.eye(2), w[:, None]], [w[None], np.zeros((1, 1))]])
    h2 = np.linalg.solve(border, np.append(2 * quadratic * v - bent, 0))[:2]
    cubic = w @ np.einsum("ijkl,j,k,l->i", c, v, v, v) / 6
    return quadratic, cubic + w @ np.einsum("ijk,j,k->i", b, v, h2) / 2


@pytest.mark.parametrize(
    ("quadratic", "cubic", "kind"),
    [
        (0.0, -1.0, "pitchfork_of_cycles"),
        (0.0, 1.2, "pitchfork_of_cycles"),
        (0.7, -1.0, "transcritical_of_cycles"),
    ],
)
def test_the_coefficient_is_that_of_the_poincare_map(quadratic, cubic, kind):
    family = Crossing(jnp.asarray(quadratic), jnp.asarray(cubic))
    start = start_from_orbit(family, -0.3, 2 * np.pi * TURN, CIRCLE, intervals=24)
    branch = continue_cycles(start, (-0.3, 0.3), CycleEngine(step=0.2, max_step=0.4))
    (point,) = branch.special_points
    assert point.kind == "branch_point_of_cycles"
    assert abs(point.parameter) < 1e-9
    form = point.normal_form
    assert form is not None
    assert form.kind == kind
    b, c = map_coefficients(family)
    # The mode at phase 0, where the section lies, against a unit vector there.
    phase = np.arctan2(point.cycle.nodes[0, 0, 1], point.cycle.nodes[0, 0, 0])
    assert phase == pytest.approx(0, abs=1e-9)
    mode = form.mode[0, 0]
    scale = np.linalg.norm([mode[0], mode[2]])
    if kind == "pitchfork_of_cycles":
        assert form.map_coefficient.real == pytest.approx(c * scale**2, rel=1e-7)
        assert form.criticality == ("supercritical" if c < 0 else "subcritical")
        assert form.margin < 1e-5
    else:
        assert abs(form.map_coefficient.real) == pytest.approx(abs(b) * scale, rel=1e-7)
        assert form.criticality is None
        assert form.margin > 0.01
    assert kind in repr(branch)
