"""Kernels against formulas: linear systems, reduced equations, and the order of the solver."""

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
import scipy.linalg as sl
from jaxtyping import Array, Float

from bifbridge.fields import CTRNN, random_ctrnn
from bifbridge.landscape import (
    FoldEquation,
    HopfEquation,
    PitchforkEquation,
    TranscriticalEquation,
)
from bifbridge.sntk import StateSpaceNTK, gram_matrix, weighted_matrix
from bifbridge.trajectories import Trials, uniform_grid

GRID = uniform_grid(6.0, 0.1, save_every=6)


def test_a_linear_network_has_the_frechet_derivative_of_its_exponential():
    """ż = Az: the derivative in A along E is the upper right block of exp([[A, E], [0, A]]t) z₀."""
    a = np.array([[-0.3, 1.1], [-0.8, -0.5]])
    starts = np.array([[1.0, -0.4], [0.2, 0.7], [-1.0, -1.0]])
    field = CTRNN(jnp.asarray(a + np.eye(2)), nonlinearity=lambda z: z)
    trials = Trials(jnp.asarray(starts), GRID, solver=dfx.Dopri8())
    ntk = StateSpaceNTK(field, trials, parameters=["weights"])
    columns = []
    for entry in np.eye(4).reshape(4, 2, 2):
        block = np.block([[a, entry], [np.zeros((2, 2)), a]])
        moved = [sl.expm(block * t)[:2, 2:] @ starts.T for t in np.asarray(ntk.times)]
        columns.append(np.transpose(moved, (2, 0, 1)))
    exact = np.asarray(columns) * np.sqrt(np.asarray(ntk.measure))
    gram = exact.reshape(4, -1) @ exact.reshape(4, -1).T
    np.testing.assert_allclose(gram_matrix(ntk), gram, atol=1e-8)


class Reduced(eqx.Module):
    """A reduced equation as a field, with its unfolding parameters for θ."""

    theta: Float[Array, " r"]
    kind: str = eqx.field(static=True)

    def __call__(self, t, z, u):
        mu, a = self.theta[0], z[0]
        if self.kind == "hopf":
            y = z[0] + 1j * z[1]
            rate = (mu + 1j * self.theta[1] + (-0.4 + 0.9j) * jnp.abs(y) ** 2) * y
            return jnp.stack([rate.real, rate.imag])
        rates = {
            "fold": mu - 0.5 * a**2,
            "transcritical": mu * a - 0.7 * a**2,
            "pitchfork": mu * a - 0.4 * a**3,
        }
        return rates[self.kind][None]


def analytic(kind, starts, times, mu):
    """Columns of S, shape (r, N, T, n)."""
    if kind == "hopf":
        equation = HopfEquation(jnp.asarray(2.0), jnp.asarray(-0.4 + 0.9j))
        y = starts[:, 0] + 1j * starts[:, 1]
        found = jax.vmap(lambda y0: equation.solution(times, y0, jnp.asarray(mu)))(y)
        return jnp.stack([jnp.stack([x.real, x.imag], -1) for x in found[1:]])
    equation = {
        "fold": FoldEquation(jnp.asarray(-0.5)),
        "transcritical": TranscriticalEquation(jnp.asarray(-0.7)),
        "pitchfork": PitchforkEquation(jnp.asarray(-0.4)),
    }[kind]
    found = jax.vmap(lambda a0: equation.solution(times, a0, jnp.asarray(mu)))(starts[:, 0])
    return found.sensitivity[None, ..., None]


@pytest.mark.parametrize("kind", ["fold", "transcritical", "pitchfork", "hopf"])
def test_each_reduced_equation_has_its_analytic_kernel_to_eight_digits(kind):
    size, rank = (2, 2) if kind == "hopf" else (1, 1)
    starts = jnp.array([[0.3, 0.1], [0.05, -0.2]])[:, :size]
    for mu in (-0.05, 0.0, 0.2):
        theta = jnp.array([mu, 2.0])[:rank]
        field = Reduced(theta, kind)
        ntk = StateSpaceNTK(field, Trials(starts, GRID, solver=dfx.Dopri8())).materialise()
        exact = analytic(kind, starts, ntk.times, mu) * jnp.sqrt(ntk.measure)
        flat = exact.reshape(rank, -1)
        kernel = weighted_matrix(ntk).T @ weighted_matrix(ntk)
        reference = flat.T @ flat
        assert float(jnp.abs(kernel - reference).max()) < 1e-8 * float(reference.max())


def tanh_kernel(steps, solver):
    """With the same saved times for every number of steps, so that only the solve differs."""
    field = random_ctrnn(3, radius=1.5, key=jr.key(0))
    grid = uniform_grid(4.0, 4.0 / steps, save_every=steps // 4)
    trials = Trials(jr.normal(jr.key(1), (2, 3)), grid, solver=solver)
    return gram_matrix(StateSpaceNTK(field, trials, parameters=["weights"]))


@pytest.fixture(scope="module")
def reference():
    return tanh_kernel(128, dfx.Dopri8())


@pytest.mark.parametrize(
    ("solver", "order"), [(dfx.Heun(), 2), (dfx.Bosh3(), 3), (dfx.Tsit5(), 5)], ids=str
)
def test_the_discrete_kernel_converges_at_the_order_of_the_solver(solver, order, reference):
    errors = [float(jnp.abs(tanh_kernel(n, solver) - reference).max()) for n in (24, 48)]
    slope = np.log2(errors[0] / errors[1])
    # The leading error constants of Tsit5 are so small that at first it seems to be of order six.
    assert order - 0.35 < slope < order + (1.2 if order == 5 else 0.35)


def test_the_trapezoid_inner_product_converges_at_second_order_in_the_saved_times():
    """∫₀² (1 − e^{−t})² dt, the trace for ż = −z + b."""
    exact, errors = 2 - 2 * (1 - np.exp(-2)) + (1 - np.exp(-4)) / 2, []
    for every in (16, 8, 4):
        grid = uniform_grid(2.0, 1 / 64, save_every=every)
        errors.append(abs(float(grid.weights @ (1 - jnp.exp(-grid.times)) ** 2) - exact))
    assert np.polyfit(np.log([16, 8, 4]), np.log(errors), 1)[0] == pytest.approx(2, abs=0.1)
