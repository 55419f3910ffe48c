"""Normal forms of cycle bifurcations by bordered boundary value problems."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._custom_types import Scalar
from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Mesh,
    Nodes,
    phase_row,
)
from bifbridge.continuation.jax_engine.cycles._mesh import expanded
from bifbridge.continuation.jax_engine.cycles._normal_form_types import CycleNormalForm
from bifbridge.continuation.jax_engine.cycles._variational import Linear


@eqx.filter_jit
def period_doubling_coefficient(
    family: AbstractFamily, mesh: Mesh, point: CyclePoint
) -> tuple[Array, Nodes]:
    """The cubic coefficient c where a multiplier is −1.

    h₂' = Ah₂ + B(v,v) − 2af is periodic, h₃' = Ah₃ + C(v,v,v) + 3B(v,h₂) − 6aAv − 6cv
    antiperiodic: a and c make them solvable.

    Args:
        family: the family of fields.
        mesh: the mesh.
        point: the cycle at the bifurcation.

    Returns:
        c, and the mode v at the nodes.
    """
    linear = Linear.along(family, mesh, point)
    mode = linear.mode(-1.0)
    v = linear.points(mode, -1.0)
    phase = (phase_row(mesh, point.states),)
    second, (a,) = linear.solve(linear.derivative(v, v), (2 * linear.derivative(),), phase)
    h2 = linear.points(second)
    forcing = linear.derivative(v, v, v) + 3 * linear.derivative(v, h2)
    forcing = forcing - 6 * a * linear.derivative(v)
    _, (c,) = linear.solve(forcing, (6 * v,), (linear.row(mode),), -1.0)
    return c, mode


@eqx.filter_jit
def neimark_sacker_coefficient(
    family: AbstractFamily, mesh: Mesh, point: CyclePoint, angle: Scalar
) -> tuple[Array, Nodes]:
    """The cubic coefficient d where two multipliers are e^{±iθ}.

    h₁₁' = Ah₁₁ + B(v,v̄) − af, h₂₀' = Ah₂₀ + B(v,v) with factor e^{2iθ}, and
    h₂₁' = Ah₂₁ + C(v,v,v̄) + 2B(v,h₁₁) + B(v̄,h₂₀) − 2aAv − 2dv with factor e^{iθ}.

    Args:
        family: the family of fields.
        mesh: the mesh.
        point: the cycle at the bifurcation.
        angle: θ.

    Returns:
        d, and the mode v at the nodes.
    """
    linear = Linear.along(family, mesh, point)
    factor = jnp.exp(1j * angle)
    mode = linear.mode(factor)
    v = linear.points(mode, factor)
    phase = (phase_row(mesh, point.states),)
    mixed = linear.derivative(v, jnp.conj(v)).real
    mean, (a,) = linear.solve(mixed, (linear.derivative(),), phase)
    twice, _ = linear.solve(linear.derivative(v, v), factor=factor**2)
    h20 = linear.points(twice, factor**2)
    forcing = (
        linear.derivative(v, v, jnp.conj(v))
        + 2 * linear.derivative(v, linear.points(mean))
        + linear.derivative(jnp.conj(v), h20)
        - 2 * a * linear.derivative(v)
    )
    _, (d,) = linear.solve(forcing, (2 * v,), (linear.row(mode),), factor)
    return d, mode


@eqx.filter_jit
def cycle_fold_coefficient(
    family: AbstractFamily, mesh: Mesh, point: CyclePoint, tangent: CyclePoint
) -> tuple[Array, Nodes]:
    """The quadratic coefficient b where the parameter turns.

    The mode solves v' = Av − κf, and h₂' = Ah₂ + B(v,v) − 2κv' − 2bv − 2af.

    Args:
        family: the family of fields.
        mesh: the mesh.
        point: the cycle at the fold.
        tangent: the branch's tangent there, which is the mode.

    Returns:
        b, and the mode v at the nodes.
    """
    linear = Linear.along(family, mesh, point)
    mode = linear.normalised(tangent.states)
    # The tangent's own change of period, in the mode's scale.
    ratio = jnp.sum(mode * tangent.states) / jnp.sum(tangent.states**2)
    kappa = -ratio * tangent.scalars[0] / point.scalars[0]
    v = linear.points(mode)
    speed = linear.derivative(v) - kappa * linear.derivative()
    rows = (phase_row(mesh, point.states), linear.row(mode))
    columns = (2 * v, 2 * linear.derivative())
    forcing = linear.derivative(v, v) - 2 * kappa * speed
    _, (b, _) = linear.solve(forcing, columns, rows)
    return b, mode


def cycle_normal_form(
    family: AbstractFamily,
    mesh: Mesh,
    point: CyclePoint,
    tangent: CyclePoint,
    kind: str,
    angle: float,
) -> CycleNormalForm | None:
    """The normal form of a located bifurcation.

    Args:
        family: the family of fields.
        mesh: the mesh.
        point: the cycle.
        tangent: the branch's tangent there.
        kind: which bifurcation.
        angle: θ of the critical multiplier, for Neimark–Sacker.

    Returns:
        The normal form; None for kinds that have none here.
    """
    factor: Any = 1.0
    if kind == "cycle_fold":
        coefficient, mode = cycle_fold_coefficient(family, mesh, point, tangent)
        angle = 0.0
    elif kind == "period_doubling":
        coefficient, mode = period_doubling_coefficient(family, mesh, point)
        factor, angle = -1.0, float(np.pi)
    elif kind == "neimark_sacker":
        at = jnp.asarray(angle, float)
        coefficient, mode = neimark_sacker_coefficient(family, mesh, point, at)
        factor = np.exp(1j * angle)
    else:
        return None
    nodes = expanded(np.asarray(mode), factor)
    return CycleNormalForm(kind, complex(coefficient), float(point.scalars[0]), angle, nodes)
