"""What the live tests share: an engine, questions, special points by kind, and learned networks."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

import bifbridge as bb
from bifbridge.continuation import ContinuationProblem
from bifbridge.continuation.bifurcationkit import BifurcationKit, Collocation, Shooting
from bifbridge.continuation.bifurcationkit._runtime import call

ENGINE = BifurcationKit()


def problem(field, state, span, **more):
    return ContinuationProblem(field, state, span=span, **more)


def special(branch) -> list[Any]:
    return list(branch.special_points)


def of_kind(points, kind) -> list[Any]:
    return [point for point in points if point.kind == kind]


def first_of(question, kind, engine=None) -> Any:
    """The first point of a kind on a branch."""
    branch = bb.continuation(question, ENGINE if engine is None else engine)
    return of_kind(branch.special_points, kind)[0]


METHODS = pytest.mark.parametrize(
    "method", [Collocation(40, 4), Shooting(3)], ids=["collocation", "shooting"]
)


def shooting_or_skip(method):
    if isinstance(method, Shooting) and not call("has_ode_solver"):
        pytest.skip("needs an OrdinaryDiffEq package in the Julia project")


class Imitation(eqx.Module):
    """A network with one hidden layer that learned the part of a field that has no parameter.

    N(z) = B tanh(Az + a) + b.
    """

    inner: Float[Array, "width n"]
    offset: Float[Array, " width"]
    outer: Float[Array, "n width"]
    rest: Float[Array, " n"]

    def __call__(self, z: Array) -> Array:
        return self.outer @ jnp.tanh(self.inner @ z + self.offset) + self.rest


def imitate(field: Callable[[Array], Array], low: Any, high: Any, width: int = 120) -> Imitation:
    """Learn a field on a box: random inner weights, outer ones by ridge regression on samples.

    Returns:
        The network; it fits the field to a hundredth of its variation.
    """
    rng = np.random.default_rng(0)
    low, high = np.asarray(low, float), np.asarray(high, float)
    inner = 0.7 * rng.normal(size=(width, low.size)) / (high - low)
    offset = -inner @ (low + high) / 2 + rng.normal(size=width)
    samples = rng.uniform(low, high, size=(40 * width, low.size))
    wanted = np.asarray(jax.vmap(field)(jnp.asarray(samples)))
    features = np.column_stack([np.tanh(samples @ inner.T + offset), np.ones(len(samples))])
    normal = features.T @ features + 1e-10 * len(samples) * np.eye(width + 1)
    weights = np.linalg.solve(normal, features.T @ wanted)
    error = np.sqrt(np.mean((features @ weights - wanted) ** 2) / np.var(wanted))
    assert error < 1e-2, error
    return Imitation(*map(jnp.asarray, (inner, offset, weights[:-1].T, weights[-1])))
