"""The linear example: the first mode's crossing deflects the second one."""

from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

import bifbridge as bb
from bifbridge.sntk import StateSpaceNTK, linearise_map
from claims._claim import Claim, Criterion, Measured, Quantity, at_least, at_most

START, TARGET = (0.5, 0.6), (1.5, 1.2)
ALONE = (0.5, 1.2)
TRIALS, LENGTH, RATE = 16, 8, 5e-5


class LinearCell(eqx.Module):
    """h⁺ = Wh."""

    weights: Float[Array, "2 2"]

    def __call__(self, h):
        """The next state."""
        return self.weights @ h


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Plain descent from diag(.5, .6) to diag(1.5, 1.2), and to diag(.5, 1.2) for comparison."""
    states = jnp.asarray(np.random.default_rng([seed, 9]).normal(size=(TRIALS, 2)))
    steps = 2000 if quick else 16_000
    path = np.asarray(_descend(jnp.diag(jnp.array(TARGET)), states, steps))
    alone = np.asarray(_descend(jnp.diag(jnp.array(ALONE)), states, steps))
    whitening = jnp.linalg.inv(jnp.linalg.cholesky(states.T @ states / TRIALS))
    white = np.asarray(_descend(jnp.diag(jnp.array(TARGET)), states @ whitening.T, steps))
    values, angles = _modes(path)
    first = int(np.argmax(values.max(1) > 1))
    second = int(np.argmax(values.min(1) > 1))
    ranks, cosines, gradients = zip(*(_kernel(path[k], states) for k in (0, first)), strict=True)
    far = np.linalg.norm(path - path[0], axis=(1, 2))
    early = int(np.argmax(far > 0.1 * far[first]))
    motion = np.abs(np.diff(path, axis=0)).reshape(len(path) - 1, -1)
    speed = np.diff(values.min(1)) / np.linalg.norm(motion, axis=1)
    return {
        "path": path[:: max(1, steps // 400)].reshape(-1, 4).tolist(),
        "first": float(first),
        "first_is_one": float(path[first][0, 0] > path[first][1, 1]),
        "second": float(second) if values.min(1).max() > 1 else None,
        "rank_start": ranks[0],
        "rank_crossing": ranks[1],
        "cosine": cosines[1],
        "gradient": gradients[1],
        "gradient_start": gradients[0],
        "angle": float(angles[first]),
        "angle_largest": float(angles.max()),
        "angle_alone": float(_modes(alone)[1].max()),
        "angle_white": float(_modes(white)[1].max()),
        "speed_early": float(speed[:early].mean()),
        "speed_crossing": float(speed[first]),
        "slowed": float(abs(speed[first]) / speed[:early].mean()),
        "distance": float(np.abs(path[-1] - np.diag(TARGET)).max()),
    }


@eqx.filter_jit
def _descend(target: Array, states: Array, steps: int) -> Float[Array, "K 2 2"]:
    def loss(weights):
        errors = _orbits(weights, states) - wanted
        return 0.5 * jnp.sum(errors**2) / (TRIALS * LENGTH)

    def step(weights, _):
        return weights - RATE * LENGTH * jax.grad(loss)(weights), weights

    wanted = _orbits(target, states)
    return jax.lax.scan(step, jnp.diag(jnp.array(START)), length=steps)[1]


def _orbits(weights: Array, states: Array) -> Float[Array, "L N 2"]:
    def step(h, _):
        h = h @ weights.T
        return h, h

    return jax.lax.scan(step, states, length=LENGTH)[1]


def _modes(path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues along a path, and the angle of the second mode to its own axis in degrees."""
    values, vectors = np.linalg.eig(path)
    values, vectors = values.real, vectors.real
    # The second mode is the eigenvector nearer the second axis.
    second = np.argmax(np.abs(vectors[:, 1, :]), axis=1)
    chosen = np.take_along_axis(vectors, second[:, None, None], 2)[..., 0]
    return values, np.degrees(np.arctan2(np.abs(chosen[:, 0]), np.abs(chosen[:, 1])))


def _kernel(weights: np.ndarray, states: Array) -> tuple[float, float, float]:
    """Effective rank, and cosines of ∇θλ with the top direction and with the loss's gradient."""
    sensitivity = linearise_map(LinearCell(jnp.asarray(weights)), states, LENGTH)
    kernel = StateSpaceNTK(sensitivity)
    spectrum = bb.spectrum(kernel, k=1)
    values, vectors = np.linalg.eig(weights)
    mode = int(np.argmax(values.real))
    left = np.linalg.inv(vectors)[mode].real
    slope = np.outer(left, vectors[:, mode].real).ravel()
    slope /= np.linalg.norm(slope)
    wanted = jnp.swapaxes(_orbits(jnp.diag(jnp.array(TARGET)), states), 0, 1)
    errors = sensitivity.trajectories.at[:, 1:].add(-wanted).at[:, 0].set(0.0)
    gradient = np.asarray(kernel.pull(errors))
    return (
        spectrum.participation_ratio,
        float(abs(slope @ np.asarray(spectrum.top_right_singular_vector))),
        float(abs(slope @ gradient) / np.linalg.norm(gradient)),
    )


CLAIM = Claim(
    name="companion",
    title="The linear example: the first crossing deflects the second mode",
    statement=(
        "h⁺ = Wh learns diag(1.5, 1.2) from diag(0.5, 0.6) by plain descent on trajectories of "
        f"{LENGTH} steps from {TRIALS} Gaussian initial states. The second mode starts ahead, the "
        "first one overtakes it and crosses 1. While it does, the gradient turns into the first "
        "mode's channel, the second eigenvector is turned away from its axis and its eigenvalue "
        "stalls. For comparison the same descent to diag(0.5, 1.2), where no first mode crosses, "
        "and from the same initial states made uncorrelated: then the modes are independent, W "
        "stays diagonal, and there is nothing to deflect."
    ),
    quantities=(
        Quantity(
            "first_is_one",
            "W₁₁ has overtaken W₂₂ at the first crossing (1 = yes)",
            Criterion("yes", lambda x: x == 1),
            "yes",
        ),
        Quantity("rank_start", "effective rank at the start (at most 4)"),
        Quantity("rank_crossing", "effective rank at the first crossing", at_most(2)),
        Quantity("cosine", "cosine of ∇θλ₁ and top direction there", at_least(0.9)),
        Quantity("gradient_start", "cosine of ∇θλ₁ and the gradient of the loss at the start"),
        Quantity("gradient", "the same at the first crossing", at_least(0.9)),
        Quantity(
            "angle", "second eigenvector off its axis at the first crossing, degrees", at_least(5)
        ),
        Quantity("angle_largest", "the same at most"),
        Quantity("angle_alone", "the same at most without a first crossing", at_most(5)),
        Quantity(
            "angle_white", "the same at most from uncorrelated initial states", at_most(1e-6), "0"
        ),
        Quantity(
            "slowed",
            "speed of the second eigenvalue per parameter distance: at the first "
            "crossing over before",
            at_most(0.5),
        ),
        Quantity("first", "step of the first crossing"),
        Quantity("second", "step of the second crossing", at_least(1)),
        Quantity("distance", "largest |W − W*| at the end", at_most(0.01), "0"),
    ),
    measure=measure,
)
