"""Every bifurcation of a cell's fixed point has the channel that its normal form predicts."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array, Float

from bifbridge.landscape import compare, critical_projector, predict_cell_kernel
from bifbridge.normal_forms import MapNormalForm, NeimarkSackerNormalForm, map_normal_form
from bifbridge.sntk import StateSpaceNTK, linearise_map

MIXING = jnp.array([[1.0, 0.4, 0.0], [0.0, 0.8, 0.3], [0.2, 0.0, 1.1]])


class SkewCell(eqx.Module):
    """One reduced map at multiplier 1 and two contracting ones, driven by it, in skew coordinates.

    θ moves μ = θ₁ + 2θ₂. In the coordinate a along v, |v| = 1, a coefficient of xᵏ is divided by
    |M e₁|ᵏ⁻¹ and a forcing is multiplied by |M e₁|.
    """

    theta: Float[Array, "2"]
    kind: str = eqx.field(static=True)

    def __call__(self, z):
        x, y, w = jnp.linalg.solve(MIXING, z)
        mu = self.theta[0] + 2 * self.theta[1]
        after = {
            "fold": x + mu - 0.4 * x**2,
            "transcritical": (1 + mu) * x - 0.4 * x**2,
            "pitchfork": (1 + mu) * x - 0.4 * x**3,
        }[self.kind]
        return MIXING @ jnp.stack([after, 0.3 * y + 0.5 * x**2, -0.2 * w + 0.3 * x**2])


class Cell(eqx.Module):
    """z⁺ = W tanh z."""

    weights: Float[Array, "n n"]

    def __call__(self, z):
        return self.weights @ jnp.tanh(z)


def agreement(cell, form, start, steps, names):
    predicted = predict_cell_kernel(form, start, steps)
    return compare(predicted, StateSpaceNTK(linearise_map(cell, start, steps, names=names)))


@pytest.mark.parametrize("kind", ["fold", "transcritical", "pitchfork"])
def test_at_multiplier_one_form_and_channel_are_those_of_the_reduced_map(kind):
    cell = SkewCell(jnp.zeros(2), kind)
    form = map_normal_form(cell, jnp.zeros(3), kind=kind)
    assert isinstance(form, MapNormalForm)
    assert form.kind == kind
    length = float(jnp.linalg.norm(MIXING[:, 0]))
    if kind == "pitchfork":
        np.testing.assert_allclose(form.cubic, -0.4 / length**2, rtol=1e-9)
    else:
        np.testing.assert_allclose(form.quadratic, -0.4 / length, rtol=1e-9)
    slope = jnp.array([1.0, 2.0]) * (length if kind == "fold" else 1.0)
    assert form.unfolding_gradient is not None
    np.testing.assert_allclose(form.unfolding_gradient, slope, rtol=1e-9)
    start = 4e-3 * jnp.array([[1.0], [-0.5]]) * form.right
    found = agreement(cell, form, start, 120, None)
    assert found.participation_ratio < 1.01
    assert found.parameter_direction_cosine > 0.999
    assert found.restricted_kernel_error < 0.1
    assert found.top_eigenvalue_ratio == pytest.approx(1, abs=0.1)


def test_a_flip_and_a_neimark_sacker_point_are_read_off_the_cell_alone():
    """For z⁺ = W tanh z at 0, C(v, v, v) = −2 W v³ and ∇_W λ = w vᵀ."""
    basis = jnp.eye(4) + 0.25 * jr.normal(jr.key(0), (4, 4))
    flip = Cell(basis @ jnp.diag(jnp.array([-1.0, 0.3, -0.2, 0.1])) @ jnp.linalg.inv(basis))
    form = map_normal_form(flip, jnp.zeros(4))
    assert isinstance(form, MapNormalForm)
    assert form.kind == "flip"
    np.testing.assert_allclose(form.cubic, jnp.sum(form.left * form.right**3) / 3, rtol=1e-10)
    np.testing.assert_allclose(
        form.unfolding_gradient, -jnp.outer(form.left, form.right).ravel(), atol=1e-10
    )
    start = 0.02 * jnp.array([[1.0], [-0.5]]) * form.right
    assert predict_cell_kernel(form, start, 20).rank == 1

    angle = 0.7
    turn = jnp.array([[jnp.cos(angle), -jnp.sin(angle)], [jnp.sin(angle), jnp.cos(angle)]])
    core = jnp.diag(jnp.array([0.0, 0.0, -0.2, 0.1])).at[:2, :2].set(turn)
    circle = map_normal_form(Cell(basis @ core @ jnp.linalg.inv(basis)), jnp.zeros(4))
    assert isinstance(circle, NeimarkSackerNormalForm)
    q, p = circle.right, circle.left
    np.testing.assert_allclose(circle.cubic, -jnp.sum(p.conj() * q * jnp.abs(q) ** 2), rtol=1e-9)
    assert circle.unfolding_gradient is not None
    found = circle.unfolding_gradient + 1j * circle.frequency_gradient
    known = jnp.exp(-1j * angle) * jnp.outer(p.conj(), q).ravel()
    np.testing.assert_allclose(found, known, atol=1e-10)
    start = 2 * (0.02 * jnp.array([[1.0], [1j], [-0.5]]) * q).real
    assert predict_cell_kernel(circle, start, 20).rank == 2
    projector = critical_projector(circle)
    np.testing.assert_allclose(projector.left.T @ projector.right, jnp.eye(2), atol=1e-10)


def test_orbits_of_unequal_length_are_what_they_would_be_alone():
    cell, starts = Cell(jnp.diag(jnp.array([0.9, -0.5]))), jnp.array([[0.3, 0.2], [-0.4, 0.1]])
    both = linearise_map(cell, starts, 6, lengths=jnp.array([6, 3]))
    alone = linearise_map(cell, starts[1:], 3)
    error = jr.normal(jr.key(0), (2, 7, 2))
    direction = jnp.arange(4.0)
    np.testing.assert_allclose(both.push(direction)[1, :4], alone.push(direction)[0], atol=1e-14)
    whole = linearise_map(cell, starts[:1], 6)
    pulled = (whole.pull(error[:1]) + alone.pull(error[1:, :4])) / 2
    np.testing.assert_allclose(both.pull(error), pulled, atol=1e-13)
