"""Families of networks at a bifurcation of every kind, one member per seed.

All weights are V diag(critical block, rest) V⁻¹. V is a random rotation times a random matrix near
the identity, so that eigenvectors are moderately non-orthogonal (|v||w| about 1.2 to 1.4), and the
rest are real numbers in [−0.23, 0.23] with the largest exactly 0.23: the next eigenvalue of the
Jacobian is −0.77.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

import bifbridge as bb
from bifbridge.landscape import (
    NeimarkSackerMap,
    PredictedKernel,
    ScalarMap,
    predict_kernel,
    predict_map_kernel,
)
from bifbridge.sntk import StateSpaceNTK, linearise_map

#: Largest of the other eigenvalues of the weights.
NEXT = 0.23
#: Size of the random part of the basis.
SKEW = 0.5
#: Amplitude at which trials start.
AMPLITUDE = 0.02
#: Steps of the solver at every horizon: at T = 80 they are 0.4 time constants long.
STEPS = 200
#: Frequency of the oscillations, in radians per time constant or per step of a map.
OMEGA = 0.7


class TanhNetwork(bb.fields.AbstractVectorField):
    """ż = −z + tanh(Wz + b)."""

    weights: Float[Array, "n n"]
    bias: Float[Array, " n"]

    def __call__(self, t, z, u):
        """The velocity."""
        return jnp.tanh(self.weights @ z + self.bias) - z


class Cell(eqx.Module):
    """z⁺ = W tanh z."""

    weights: Float[Array, "n n"]

    def __call__(self, z):
        """The next state."""
        return self.weights @ jnp.tanh(z)


class Pair(NamedTuple):
    """A predicted kernel and the measured one."""

    predicted: PredictedKernel
    measured: StateSpaceNTK


#: From a horizon (or number of steps) to both kernels at the bifurcation.
AtHorizon = Callable[[float], Pair]


class Ensemble:
    """Random weights with a chosen critical block."""

    def __init__(self, seed: int, units: int):
        draw = np.random.default_rng([seed, units])
        self.units = units
        self.rest = draw.uniform(-NEXT, NEXT, units)
        self.rest[-1] = NEXT
        rotation = np.linalg.qr(draw.normal(size=(units, units)))[0]
        skew = SKEW * draw.normal(size=(units, units)) / np.sqrt(units)
        self.basis = rotation @ (np.eye(units) + skew)
        self.draw = draw

    def weights(self, block: np.ndarray | float) -> Array:
        """W with the block in place of the first eigenvalues."""
        block = np.atleast_2d(block)
        core = np.diag(self.rest)
        core[: len(block), : len(block)] = block
        return jnp.asarray(self.basis @ core @ np.linalg.inv(self.basis))

    def network(self, block: np.ndarray | float) -> TanhNetwork:
        """ż = −z + tanh(Wz)."""
        return TanhNetwork(self.weights(block), jnp.zeros(self.units))


def turn(growth: float = 1.0, angle: float = OMEGA) -> np.ndarray:
    """A rotation times a growth factor."""
    return growth * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


class PitchforkFamily:
    """ż = −z + tanh(Wz) with the leading eigenvalue μ, everything else fixed."""

    def __init__(self, seed: int, units: int = 24):
        self.ensemble = Ensemble(seed, units)
        self.form = bb.normal_form(self.ensemble.network(1.0), jnp.zeros(units), names=("weights",))

    def kernels(self, mu: float, horizon: float, amplitude: float = AMPLITUDE) -> Pair:
        """Both kernels of one trial that starts on the critical eigenvector."""
        grid = time_grid(horizon)
        start = amplitude * self.form.right[None]
        network = self.ensemble.network(1.0 + mu)
        measured = bb.linearise(network, start, grid, names=("weights",))
        return Pair(
            predict_kernel(self.form, start, grid.times, grid.weights, mu), StateSpaceNTK(measured)
        )

    def with_local_cubic(self, pair: Pair, mu: float) -> Pair:
        """The same with c₃ taken in the network at μ instead of at the bifurcation.

        v and w do not change along the family and Wv = (1 + μ)v, so that
        c₃ = −⅓Σ w (Wv)³ is (1 + μ)³ times its value at the bifurcation.
        """
        local = eqx.tree_at(lambda form: form.cubic, self.form, self.form.cubic * (1 + mu) ** 3)
        times, weights = pair.predicted.times, pair.predicted.weights
        start = pair.predicted.amplitudes[:, 0, 0]
        return Pair(predict_kernel(local, start, times, weights, mu), pair.measured)


def time_grid(horizon: float) -> bb.trajectories.TimeGrid:
    """Two hundred steps, a hundred of them saved: one compiled program for every horizon."""
    return bb.uniform_grid(horizon, horizon / STEPS, save_every=2)


def pitchfork(seed: int, units: int = 20) -> AtHorizon:
    """ż = −z + tanh(Wz) at its pitchfork."""
    family = PitchforkFamily(seed, units)
    return lambda horizon: family.kernels(0.0, horizon)


def not_odd(x: Array) -> Array:
    """φ(x) = 1 − e⁻ˣ."""
    return -jnp.expm1(-x)


def transcritical(seed: int, units: int = 20) -> AtHorizon:
    """A rate network with φ(x) = 1 − e⁻ˣ, which is not odd: b₂ ≠ 0 at the origin."""
    ensemble = Ensemble(seed, units)
    field = bb.CTRNN(ensemble.weights(1.0), nonlinearity=not_odd)
    form = bb.normal_form(field, jnp.zeros(units), names=("weights",), kind="transcritical")
    # On the side on which trajectories stay bounded.
    side = -jnp.sign(form.quadratic)
    return _flow(field, form, ("weights",), side * AMPLITUDE / 4 * form.right)


def fold(seed: int, units: int = 20, *, gaussian: bool = False) -> AtHorizon:
    """ż = −z + tanh(Wz + b) at a fold away from the origin, weights and biases trained."""
    ensemble = Ensemble(seed, units)
    state = jnp.asarray(ensemble.draw.uniform(-0.4, 0.4, units))
    critical = gaussian_weights(ensemble.draw, units) if gaussian else ensemble.weights(1.0)
    weights = critical / (1 - state**2)[:, None]
    field = TanhNetwork(weights, jnp.arctanh(state) - weights @ state)
    names = ("weights", "bias")
    form = bb.normal_form(field, state, names=names, kind="fold")
    return _flow(field, form, names, -jnp.sign(form.quadratic) * AMPLITUDE / 4 * form.right)


def gaussian_weights(draw: np.random.Generator, units: int) -> Array:
    """Gaussian weights, their largest real eigenvalue moved to 1, the rest scaled to Re ≤ 0.23.

    Their eigenvectors are far from orthogonal: |v||w| between 1.5 and 10.
    """
    values, vectors = np.linalg.eig(draw.normal(size=(units, units)))
    real = np.abs(values.imag) < 1e-12
    if not real.any():
        return gaussian_weights(draw, units)
    first = int(np.argmax(np.where(real, values.real, -np.inf)))
    values = values * NEXT / np.delete(values, first).real.max()
    values[first] = 1.0
    return jnp.asarray(((vectors * values) @ np.linalg.inv(vectors)).real)


def hopf(seed: int, units: int = 20) -> AtHorizon:
    """ż = −z + tanh(Wz) with the eigenvalues ±iω."""
    ensemble = Ensemble(seed, units)
    field = ensemble.network(np.array([[1.0, -OMEGA], [OMEGA, 1.0]]))
    form = bb.normal_form(field, jnp.zeros(units), names=("weights",), kind="hopf")
    return _flow(field, form, ("weights",), 2 * AMPLITUDE * form.right.real)


def _flow(field, form, names, offset) -> AtHorizon:
    start = (form.state + offset)[None]

    def kernels(horizon: float) -> Pair:
        grid = time_grid(horizon)
        measured = bb.linearise(field, start, grid, names=names)
        return Pair(predict_kernel(form, start, grid.times, grid.weights), StateSpaceNTK(measured))

    return kernels


def flip(seed: int, units: int = 20) -> AtHorizon:
    """z⁺ = W tanh z with the multiplier −1; c = Σ w v³/3."""
    weights = Ensemble(seed, units).weights(-1.0)
    right, left = (x.real for x in _eigenvectors(weights, -1.0))
    equation = ScalarMap("flip", jnp.sum(left * right**3) / 3)
    return _map(weights, equation, right, left, -jnp.outer(left, right)[None], right)


def neimark_sacker(seed: int, units: int = 20) -> AtHorizon:
    """z⁺ = W tanh z with the multipliers e^±iω; c₁ = −Σ p̄ q|q|²."""
    weights = Ensemble(seed, units).weights(turn())
    right, left = _eigenvectors(weights, np.exp(1j * OMEGA))
    equation = NeimarkSackerMap(
        jnp.asarray(OMEGA), -jnp.sum(left.conj() * right * jnp.abs(right) ** 2)
    )
    gradient = np.exp(-1j * OMEGA) * jnp.outer(left.conj(), right)
    gradients = jnp.stack([gradient.real, gradient.imag])
    return _map(weights, equation, right, left, gradients, 2 * right.real)


def _map(weights, equation, right, left, gradients, direction) -> AtHorizon:
    units, start = weights.shape[0], AMPLITUDE * direction[None]
    flat = gradients.reshape(gradients.shape[0], -1)

    def kernels(horizon: float) -> Pair:
        steps = round(horizon)
        arguments = (equation, jnp.zeros(units), right, left, flat, start, steps)
        measured = linearise_map(Cell(weights), start, steps)
        return Pair(predict_map_kernel(*arguments), StateSpaceNTK(measured))

    return kernels


def _eigenvectors(weights: Array, target: complex) -> tuple[Array, Array]:
    values, vectors = np.linalg.eig(np.asarray(weights))
    index = int(np.argmin(np.abs(values - target)))
    right, left = vectors[:, index], np.linalg.inv(vectors)[index].conj()
    size = np.linalg.norm(right)
    return jnp.asarray(right / size), jnp.asarray(left * size)


#: Every bifurcation of codimension one, with the rank of its channel.
KINDS: dict[str, tuple[Callable[..., AtHorizon], int]] = {
    "fold": (fold, 1),
    "transcritical": (transcritical, 1),
    "pitchfork": (pitchfork, 1),
    "flip": (flip, 1),
    "Hopf": (hopf, 2),
    "Neimark–Sacker": (neimark_sacker, 2),
}
