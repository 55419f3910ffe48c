"""Descent through the channel: the sign of interference, and the rate at which it fails."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import bifbridge as bb
from bifbridge.fields import flatten_parameters
from bifbridge.landscape import (
    critical_learning_rate,
    isolation,
    measured_interference,
    predict_kernel,
    predicted_interference,
)
from bifbridge.sntk import StateSpaceNTK
from claims._claim import Claim, Measured, Quantity, at_least, at_most, within
from claims._systems import NEXT, PitchforkFamily, TanhNetwork, time_grid

UNITS, HORIZON, TRIALS, OUTPUTS = 20, 40.0, 10, 3
NAMES = ("weights",)


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Interference between trials, and the critical rate of a loss of three outputs."""
    family, draw = PitchforkFamily(seed, UNITS), np.random.default_rng([seed, 5])
    field, grid = family.ensemble.network(1.0), time_grid(HORIZON)
    signs = np.where(np.arange(TRIALS) % 2 == 0, 1.0, -1.0)
    along = signs * draw.uniform(0.05, 0.15, TRIALS)
    off = 0.05 * draw.normal(size=(TRIALS, UNITS))
    off -= np.outer(off @ family.form.left, family.form.right)
    start = jnp.asarray(along[:, None] * family.form.right + off)
    readout = jnp.asarray(draw.normal(size=(OUTPUTS, UNITS)) / np.sqrt(UNITS))
    targets = jnp.asarray(draw.normal(size=(TRIALS, 1, OUTPUTS)))
    states = bb.solve(field, start, grid)
    predicted = predict_kernel(family.form, start, grid.times, grid.weights)
    result = {
        "expected_channels": isolation(field, family.form, grid.times).expected_channels,
        **_interference(field, start, grid, readout, states @ readout.T - targets, predicted),
        **_critical_rate(field, start, grid, readout, predicted),
    }
    return {key: float(value) for key, value in result.items()}


def _loss(field: TanhNetwork, start, grid, readout, targets):
    """θ ↦ the loss of each trial, ½∫|Cz − y|² dt/N, and θ itself."""
    theta, rebuild = flatten_parameters(field, NAMES)

    def losses(vector):
        errors = bb.solve(rebuild(vector), start, grid) @ readout.T - targets
        return 0.5 * jnp.einsum("t,itk->i", grid.weights, errors**2) / len(start)

    return losses, theta


def _interference(field, start, grid, readout, errors, predicted) -> dict[str, float]:
    groups = jnp.arange(TRIALS)
    ours = np.asarray(predicted_interference(predicted, errors, groups, readout))
    kernel = StateSpaceNTK(bb.linearise(field, start, grid, names=NAMES), readout)
    theirs = np.asarray(measured_interference(kernel, errors, groups))
    # The same once more without the kernel: a real step on one trial, the change of another.
    targets = bb.solve(field, start, grid) @ readout.T - errors
    losses, theta = _loss(field, start, grid, readout, targets)
    before, gradients = jax.jit(losses)(theta), jax.jit(jax.jacrev(losses))(theta)
    step = 1e-4 / float(jnp.max(jnp.sum(gradients**2, 1)))
    after = jnp.stack([jax.jit(losses)(theta - step * g) for g in gradients])
    changes = np.asarray((before - after) / step)
    pairs = np.triu_indices(TRIALS, 1)
    size = np.sqrt(np.outer(np.diag(ours), np.diag(ours)))
    clear = np.abs(ours / size)[pairs] > 0
    clear &= np.abs(ours)[pairs] > 0.1 * np.median(np.abs(ours)[pairs])
    same = (np.sign(ours) == np.sign(theirs))[pairs]
    real = (np.sign(ours) == np.sign(changes))[pairs]
    return {
        "pairs": len(same),
        "hurting": (ours[pairs] < 0).mean(),
        "signs": same.mean(),
        "clear": clear.mean(),
        "clear_signs": same[clear].mean(),
        "step_signs": real.mean(),
        "step_clear_signs": real[clear].mean(),
        "correlation": np.corrcoef(ours[pairs], theirs[pairs])[0, 1],
    }


def _critical_rate(field, start, grid, readout, predicted) -> dict[str, float]:
    """The rate at which descent to the network's own outputs turns from shrinking to growing."""
    targets = bb.solve(field, start, grid) @ readout.T
    losses, theta = _loss(field, start, grid, readout, targets)
    gradient = jax.jit(jax.grad(lambda vector: losses(vector).sum()))
    limit = critical_learning_rate(predicted, readout)
    slope = predicted.directions[0] / jnp.linalg.norm(predicted.directions[0])

    @jax.jit
    def grown(rate):
        """Growth of a small offset along ∇θμ over the last of forty steps."""

        def step(offset, _):
            offset = offset - rate * gradient(theta + offset)
            size = jnp.linalg.norm(offset)
            return offset * 1e-7 / size, size / 1e-7

        return jax.lax.scan(step, 1e-7 * slope, length=40)[1][-1]

    low, high = 0.25 * limit, 4 * limit
    for _ in range(14):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if float(grown(middle)) > 1 else (middle, high)
    return {"rate_ratio": limit / (low * high) ** 0.5}


CLAIM = Claim(
    name="learning",
    title="Descent through the channel: interference and the critical learning rate",
    statement=(
        f"−z + tanh(Wz) at its pitchfork, n = {UNITS}, the next eigenvalue {NEXT - 1:.2f} (an "
        f"isolated event), T = {HORIZON:g}, {TRIALS} trials off the centre manifold "
        "(a₀ from ±0.05 to ±0.15, other coordinates of size 0.05), three random outputs with "
        "random targets. A small step on trial i changes the loss of trial j: its sign as the "
        "normal form predicts it, from the measured kernel, and from a real step. “Clear” pairs "
        "are those whose predicted product is above a tenth of the median. The critical rate is "
        "found by bisection on real descent from an offset along ∇θμ."
    ),
    quantities=(
        Quantity("expected_channels", "channels expected (1: isolated)", at_most(1), "1"),
        Quantity("hurting", "share of the 45 pairs predicted to hurt each other"),
        Quantity("signs", "share of pairs with the predicted sign, kernel", at_least(0.9), "1"),
        Quantity("clear", "share of clear pairs"),
        Quantity("clear_signs", "the same among clear pairs", at_least(0.95), "1"),
        Quantity("step_signs", "share of pairs with the sign, real step", at_least(0.9), "1"),
        Quantity("step_clear_signs", "the same among clear pairs", at_least(0.95), "1"),
        Quantity("correlation", "correlation of predicted and measured products", at_least(0.95)),
        Quantity(
            "rate_ratio",
            "critical learning rate, predicted over found by descent",
            within(1, 0.15),
            "1",
        ),
    ),
    measure=measure,
)
