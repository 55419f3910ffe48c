"""Bifurcations of codimension two in a learned low-rank network.

The teacher ẋ = y, ẏ = p + qx − x³ + (ν − x²)y has a cusp at (p, q) = (0, 0) and, where x² = ν, two
Bogdanov–Takens points at (±2ν^{3/2}, 3ν). A network of rank two learns its velocities at random
states and inputs: its left factors and input weights are random, its right factors are found by
least squares. Fold and Hopf curves of the *learned* field in its two inputs are then followed; the
figure holds their points of codimension two against those of the teacher, drawn as rings.
"""

# %%
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import LIGHT, SINGLE_COLUMN, new_figure, plot_two_parameters, styled

NU = 0.3
UNITS, SAMPLES = (150, 2000) if QUICK else (400, 10000)


def teacher(z, p, q):
    """The teacher, in two states and two parameters."""
    x, y = z
    return jnp.stack([y, p + q * x - x**3 + (NU - x**2) * y])


# %% [markdown]
# ż = −z + M(Nᵀ tanh z + κ) + B(u − v), v̇ = u − v would be the whole network; its states decay to
# z = Mκ + Bu, so that the two latent states κ̇ = −κ + Nᵀ tanh(Mκ + Bu + b) say everything.


# %%
class LowRank(bb.fields.AbstractVectorField):
    """κ̇ = −κ + Nᵀ tanh(Mκ + Bu + b): a network of rank two on its own latent plane.

    Attributes:
        left: M, shape (n, 2).
        right: N, shape (n, 2).
        input_weights: B, shape (n, 2).
        bias: b, shape (n,).
    """

    left: jax.Array
    right: jax.Array
    input_weights: jax.Array
    bias: jax.Array

    def __call__(self, t, z, u):
        """The velocity of the latent state."""
        rates = jnp.tanh(self.left @ z + self.input_weights @ u + self.bias)
        return -z + self.right.T @ rates


# %% [markdown]
# Learning: the velocities of the teacher, at random states and inputs.

# %%
keys = jr.split(jr.key(0), 5)
network = LowRank(
    0.8 * jr.normal(keys[0], (UNITS, 2)),
    jnp.zeros((UNITS, 2)),
    0.5 * jr.normal(keys[1], (UNITS, 2)),
    jr.normal(keys[2], (UNITS,)),
)
latent = jr.uniform(keys[3], (SAMPLES, 2), minval=-1.3, maxval=1.3)
low, high = jnp.array([-1.2, -0.7]), jnp.array([1.2, 1.4])
inputs = jr.uniform(keys[4], (SAMPLES, 2), minval=low, maxval=high)
rates = jax.vmap(
    lambda z, u: jnp.tanh(network.left @ z + network.input_weights @ u + network.bias)
)(latent, inputs)
wanted = jax.vmap(lambda z, u: teacher(z, *u))(latent, inputs) + latent
ridge = 1e-10 * SAMPLES * jnp.eye(UNITS)
right = jnp.linalg.solve(rates.T @ rates + ridge, rates.T @ wanted)
network = eqx.tree_at(lambda n: n.right, network, right)
error = jnp.sqrt(jnp.mean((rates @ right - wanted) ** 2) / jnp.mean(wanted**2))
print(f"relative error of the learned velocities: {float(error):.2%}")

# %% [markdown]
# A first branch in p at q = 0.6 has two folds, on one curve, and two Hopf points.


# %%
def plane(z, p, q):
    """The learned field in its two inputs."""
    return network(0.0, z, jnp.stack([p, q]))


SECOND, SPANS = 0.6, ((-1.1, 1.1), (-0.6, 1.25))
problem = bb.ContinuationProblem(
    lambda z, p: plane(z, p, SECOND), jnp.array([-1.2, 0.0]), span=SPANS[0]
)
branch = bb.continuation(problem)
print(branch)
folds = [point for point in branch.special_points if point.kind == "fold"]
hopfs = [point for point in branch.special_points if point.kind == "hopf"]
chosen = [*folds[:1], *([] if QUICK else hopfs)]
curves = [bb.two_parameter.bifurcation_curve(plane, point, SECOND, spans=SPANS) for point in chosen]
for curve in curves:
    print(curve)

# %% [markdown]
# What theory says of the teacher: rings.

# %%
side = 2 * NU**1.5
known = np.array([[0.0, 0.0], [side, 3 * NU], [-side, 3 * NU]])
found = [(point.kind, *point.parameters) for curve in curves for point in curve.special_points]
for kind, p, q in found:
    gap = np.min(np.linalg.norm(known - np.array([p, q]), axis=1))
    print(f"{kind} at ({p:.4f}, {q:.4f}), {gap:.4f} from the teacher's nearest")
with styled(LIGHT):
    figure = new_figure(LIGHT, width=SINGLE_COLUMN, height=3.2)
    axes = figure.subplots()
    axes.plot(*known.T, "o", markersize=11, markerfacecolor="none", color="0.3", label="teacher")
    plot_two_parameters(curves, names=("input p", "input q"), ax=axes)
    save(figure, "codimension-two-low-rank")
