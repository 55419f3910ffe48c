"""∇θμ at special points: BifurcationKit knows one parameter, the gradients are all ours."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.curves import Branch, SpecialPoint
from bifbridge.normal_forms import FieldVelocity, HopfNormalForm, ScalarNormalForm
from bifbridge.normal_forms._normal_form import _branch_gradient, _fold_gradient, _hopf_gradients


def with_gradients(problem: ContinuationProblem, branch: Branch) -> Branch:
    """A branch whose normal forms carry the unfolding gradient."""
    points = tuple(_with_gradient(problem, point) for point in branch.special_points)
    return eqx.tree_at(lambda b: b.special_points, branch, points)


def _with_gradient(problem: ContinuationProblem, point: SpecialPoint) -> SpecialPoint:
    velocity: Any = problem.family.velocity(jnp.asarray(point.parameter))
    form, state = point.normal_form, jnp.asarray(point.state)
    if not isinstance(velocity, FieldVelocity) or form is None or not point.converged:
        return point
    if isinstance(form, HopfNormalForm):
        real, turning = _hopf_gradients(velocity, problem.names, state, form.right, form.left)
        return _replaced(point, form, (real, turning))
    assert isinstance(form, ScalarNormalForm)
    if form.kind == "fold":
        gradient = _fold_gradient(velocity, problem.names, state, form.left)
    else:
        gradient = _branch_gradient(velocity, problem.names, state, form.right, form.left)
    return _replaced(point, form, (gradient,))


def _replaced(point: SpecialPoint, form: Any, gradients: tuple[Any, ...]) -> SpecialPoint:
    names = ("unfolding_gradient", "frequency_gradient")[: len(gradients)]
    new = eqx.tree_at(
        lambda f: [getattr(f, name) for name in names], form, list(gradients),
        is_leaf=lambda leaf: leaf is None,
    )  # fmt: skip
    return eqx.tree_at(lambda p: p.normal_form, point, new)
