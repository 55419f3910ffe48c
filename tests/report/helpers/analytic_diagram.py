"""The diagram of ż = pz − z³, ẏ = −2y, written down from its closed form."""

import jax.numpy as jnp
import numpy as np

from bifbridge.continuation import (
    Balance,
    Branch,
    Diagram,
    DiagramBranch,
    SpecialPoint,
    Status,
)
from bifbridge.normal_forms import ScalarNormalForm


def field(z, p):
    return jnp.stack([p * z[0] - z[0] ** 3, -2 * z[1]])


def number(value):
    return jnp.asarray(float(value))


def pitchfork():
    first, zero = np.array([1.0, 0.0]), np.zeros(2)
    form = ScalarNormalForm(
        "pitchfork", jnp.asarray(zero), number(0), jnp.asarray(first), jnp.asarray(first),
        number(0),
        number(-1), jnp.asarray(zero), None, number(16),
    )  # fmt: skip
    return SpecialPoint("pitchfork", 0.0, zero, np.array([0, -2], complex), form, index=10, jump=1)


def branch(parameters, heights, growth, points=()):
    states = np.stack([heights, np.zeros(heights.size)], axis=1)
    values = np.stack([growth, np.full(heights.size, -2.0)], axis=1)
    eigenvalues = -np.sort(-values, axis=1) + 0j
    unstable = [int(growth[k] > 0) for k in (0, -1)]
    return Branch(
        parameters, states, np.zeros((heights.size, 3)), eigenvalues, np.full(heights.size, 0.1),
        np.ones(heights.size, int), tuple(points),
        Balance(unstable[0], unstable[1], len(points), 0, True),
        Status.SPAN_END, (Status.SPAN_END, Status.SPAN_END),
    )  # fmt: skip


def diagram():
    """Three branches, of which the first bears the pitchfork."""
    p, q = np.linspace(-1, 1, 22), np.linspace(1e-3, 1, 21)
    trivial = branch(p, np.zeros(22), p, [pitchfork()])
    arms = [branch(q, sign * np.sqrt(q), -2 * q) for sign in (1.0, -1.0)]
    return Diagram((DiagramBranch(trivial, 0), *(DiagramBranch(arm, 1, 0, 0) for arm in arms)))
