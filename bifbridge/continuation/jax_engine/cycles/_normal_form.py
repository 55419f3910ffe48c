"""Normal forms of cycle bifurcations by bordered boundary value problems."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar
from bifbridge.continuation.curves._mesh import expanded
from bifbridge.continuation.jax_engine.cycles._discretise import (
    AnyFamily,
    CyclePoint,
    Mesh,
    Nodes,
    phase_row,
)
from bifbridge.continuation.jax_engine.cycles._variational import Linear
from bifbridge.normal_forms import CycleNormalForm

#: A branch point whose quadratic coefficient is below this share of its terms is a pitchfork.
PITCHFORK = 1e-5


@quick_jit
def period_doubling_coefficient(
    family: AnyFamily, mesh: Mesh, point: CyclePoint
) -> tuple[Array, Nodes]:
    """The cubic coefficient c where a multiplier is −1."""
    # h₂' = Ah₂ + B(v,v) − 2af is periodic, h₃' = Ah₃ + C(v,v,v) + 3B(v,h₂) − 6aAv − 6cv
    # antiperiodic: a and c make them solvable.
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


@quick_jit
def neimark_sacker_coefficient(
    family: AnyFamily, mesh: Mesh, point: CyclePoint, angle: Scalar
) -> tuple[Array, Nodes]:
    """The cubic coefficient d where two multipliers are e^{±iθ}."""
    # h₁₁' = Ah₁₁ + B(v,v̄) − af, h₂₀' = Ah₂₀ + B(v,v) with factor e^{2iθ}, and h₂₁' = Ah₂₁ +
    # C(v,v,v̄) + 2B(v,h₁₁) + B(v̄,h₂₀) − 2aAv − 2dv with factor e^{iθ}.
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


@quick_jit
def cycle_fold_coefficient(
    family: AnyFamily, mesh: Mesh, point: CyclePoint, tangent: CyclePoint
) -> tuple[Array, Nodes]:
    """The quadratic coefficient b where the parameter turns."""
    # The mode solves v' = Av − κf, and h₂' = Ah₂ + B(v,v) − 2κv' − 2bv − 2af.
    linear = Linear.along(family, mesh, point)
    mode = linear.normalised(tangent.states)
    # The tangent's own change of period, in the mode's scale.
    ratio = jnp.sum(mode * tangent.states) / jnp.sum(tangent.states**2)
    kappa = -ratio * tangent.scalars[0] / point.scalars[0]
    return _at_one(linear, mode, kappa).quadratic, mode


class BranchPointCoefficients(NamedTuple):
    """Coefficients where a second multiplier is 1.

    Attributes:
        quadratic: b.
        cubic: c.
        size: what b would be if nothing in it cancelled.
        mode: v at the nodes.
    """

    quadratic: Array
    cubic: Array
    size: Array
    mode: Nodes


@quick_jit
def branch_point_coefficients(
    family: AnyFamily, mesh: Mesh, point: CyclePoint
) -> BranchPointCoefficients:
    """The quadratic and cubic coefficients at a branch point of cycles."""
    # Beside the equations of a fold, h₃' = Ah₃ + C(v,v,v) + 3B(v,h₂) − 3κh₂' − 6av' − 6bh₂ − 6(c
    # + κb)v − 6a₃f.
    linear = Linear.along(family, mesh, point)
    phase, flow = phase_row(mesh, point.states), linear.derivative()

    def iterate(_: Any, mode: Array) -> Array:
        found, _ = linear.solve(linear.points(mode), (flow,), (phase,))
        return found / jnp.max(jnp.abs(found))

    start = jnp.ones(point.states.shape) * jnp.linspace(1.0, 2.0, point.states.shape[-1])
    mode = linear.normalised(jax.lax.fori_loop(0, 3, iterate, start))
    v, row = linear.points(mode), linear.row(mode)
    # κ makes v' = Av − κf solvable where v is given; the border next to it stays zero.
    slope = linear.slopes(mode)
    kappa = jnp.sum(flow * (linear.derivative(v) - slope)) / jnp.sum(flow**2)
    at = _at_one(linear, mode, kappa)
    speed = linear.derivative(v) - kappa * flow
    h2 = linear.points(at.second)
    h2_speed = linear.derivative(h2) + linear.derivative(v, v)
    h2_speed = h2_speed - 2 * (kappa * speed + at.quadratic * v + at.time * flow)
    forcing = linear.derivative(v, v, v) + 3 * linear.derivative(v, h2)
    forcing = forcing - 3 * kappa * h2_speed - 6 * at.time * speed
    forcing = forcing - 6 * at.quadratic * (h2 + kappa * v)
    _, (cubic, _) = linear.solve(forcing, (6 * v, 6 * flow), (phase, row))
    bent = linear.derivative(v, v) - 2 * kappa * speed
    return BranchPointCoefficients(at.quadratic, cubic, jnp.sqrt(jnp.mean(bent**2)), mode)


class _AtOne(NamedTuple):
    quadratic: Array
    time: Array
    second: Nodes


def _at_one(linear: Linear, mode: Nodes, kappa: Array) -> _AtOne:
    # h₂' = Ah₂ + B(v,v) − 2κv' − 2bv − 2af with ∫v·h₂ = 0: b, a and h₂.
    v = linear.points(mode)
    speed = linear.derivative(v) - kappa * linear.derivative()
    rows = (phase_row(linear.mesh, linear.point.states), linear.row(mode))
    columns = (2 * v, 2 * linear.derivative())
    forcing = linear.derivative(v, v) - 2 * kappa * speed
    second, (b, a) = linear.solve(forcing, columns, rows)
    return _AtOne(b, a, second)


def cycle_normal_form(
    family: AnyFamily,
    mesh: Mesh,
    point: CyclePoint,
    tangent: CyclePoint,
    kind: str,
    angle: float,
) -> CycleNormalForm | None:
    """The normal form of a located bifurcation."""
    factor: Any = 1.0
    if kind == "branch_point_of_cycles":
        return _branch_point_form(family, mesh, point)
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


def _branch_point_form(family: AnyFamily, mesh: Mesh, point: CyclePoint) -> CycleNormalForm:
    found = branch_point_coefficients(family, mesh, point)
    b, c, size = (float(value) for value in found[:3])
    period = float(point.scalars[0])
    # Where b is nothing beside the terms it is made of, the cubic term rules.
    margin = abs(b) / max(size + np.sqrt(abs(c) / period), 1e-300)
    kind = "pitchfork_of_cycles" if margin < PITCHFORK else "transcritical_of_cycles"
    coefficient = complex(c if kind == "pitchfork_of_cycles" else b)
    return CycleNormalForm(kind, coefficient, period, 0.0, expanded(np.asarray(found.mode)), margin)
