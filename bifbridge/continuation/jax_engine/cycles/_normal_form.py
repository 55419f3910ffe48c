"""Normal forms of cycle bifurcations by bordered boundary value problems."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from bifbridge._custom_types import Scalar
from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.jax_engine.cycles._basis import basis
from bifbridge.continuation.jax_engine.cycles._condense import solve_bordered
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Mesh,
    at_points,
    expand,
    phase_row,
    variational,
)
from bifbridge.continuation.jax_engine.cycles._normal_form_types import CycleNormalForm
from bifbridge.normal_forms import multilinear

Nodes = Inexact[Array, "I m n"]


class Linear(eqx.Module):
    """The variational equation y' = A(t)y along a cycle, discretised.

    Attributes:
        family: the family of fields.
        mesh: the mesh.
        point: the cycle.
        orbit: the cycle at the Gauss points.
        local: the operator on each interval.
    """

    family: AbstractFamily
    mesh: Mesh
    point: CyclePoint
    orbit: Nodes
    local: Inexact[Array, "I mn m1n"]

    @staticmethod
    def along(family: AbstractFamily, mesh: Mesh, point: CyclePoint) -> "Linear":
        """Linearise along a cycle.

        Args:
            family: the family of fields.
            mesh: the mesh.
            point: the cycle.

        Returns:
            The variational equation.
        """
        orbit = at_points(mesh, expand(point.states))
        jacobian = jax.vmap(jax.vmap(jax.jacfwd(family.velocity(point.scalars[1]))))(orbit)
        local = variational(mesh, point.scalars[0], jacobian)
        return Linear(family, mesh, point, orbit, local)

    def derivative(self, *directions: Nodes) -> Nodes:
        """Dᵏf along the cycle, in directions given at the Gauss points.

        Args:
            *directions: k functions at the Gauss points.

        Returns:
            The k-th derivative at the Gauss points.
        """
        velocity = self.family.velocity(self.point.scalars[1])
        return jax.vmap(jax.vmap(lambda *given: multilinear(velocity, *given)))(
            self.orbit, *directions
        )

    def solve(
        self,
        forcing: Nodes,
        columns: tuple[Nodes, ...] = (),
        rows: tuple[Nodes, ...] = (),
        factor: Scalar | complex | float = 1.0,
    ) -> tuple[Nodes, Array]:
        """Solve y' = A y + forcing − Σ sₖ columnₖ with rows·y = 0 and y(T) = factor·y(0).

        Args:
            forcing: at the Gauss points.
            columns: at the Gauss points, one for each unknown number.
            rows: functionals over the nodes, as many.
            factor: of the end.

        Returns:
            y at the nodes, and the numbers s.
        """
        dtype = jnp.result_type(forcing, factor, *columns)
        scale = self.mesh.widths[:, None, None] * self.point.scalars[0]
        count, degree, n = forcing.shape

        def flat(values: Nodes) -> Array:
            return (scale * values).astype(dtype).reshape(count, degree * n)

        k = len(columns)
        stacked = [flat(column) for column in columns]
        wide = jnp.stack(stacked, -1) if k else jnp.zeros((count, degree * n, 0), dtype)
        functionals = jnp.stack(rows) if k else jnp.zeros((0, count, degree, n))
        solution = solve_bordered(
            self.local.astype(dtype),
            wide,
            flat(forcing)[..., None],
            functionals.astype(dtype),
            jnp.zeros((k, k), dtype),
            jnp.zeros((k, 1), dtype),
            factor,
        )
        return solution.states[..., 0], solution.scalars[:, 0]

    def mode(self, factor: Scalar | complex | float) -> Nodes:
        """The solution of y' = A y with y(T) = factor·y(0), of unit root mean square.

        Args:
            factor: a Floquet multiplier.

        Returns:
            The mode at the nodes; its largest component is real and positive.
        """
        dtype = jnp.result_type(self.orbit, factor)
        mode = jnp.ones(self.orbit.shape, dtype) * jnp.linspace(1.0, 2.0, self.orbit.shape[-1])
        for _ in range(3):
            forcing = at_points(self.mesh, expand(mode, factor))
            mode, _ = self.solve(forcing, factor=factor)
            mode = mode / jnp.max(jnp.abs(mode))
        return self.normalised(mode, factor)

    def normalised(self, mode: Nodes, factor: Scalar | complex | float = 1.0) -> Nodes:
        """Scale a function to unit root mean square over the period, and fix its sign or phase.

        Args:
            mode: the function at the nodes.
            factor: of the end.

        Returns:
            The same, scaled.
        """
        squares = jnp.sum(jnp.abs(self.points(mode, factor)) ** 2, -1)
        gauss = jnp.asarray(basis(self.mesh.degree).weights)
        size = jnp.sqrt(self.mesh.widths @ squares @ gauss)
        largest = mode.reshape(-1)[jnp.argmax(jnp.abs(mode))]
        return mode * jnp.conj(largest) / jnp.abs(largest) / size

    def points(self, nodes: Nodes, factor: Scalar | complex | float = 1.0) -> Nodes:
        """Values at the Gauss points.

        Args:
            nodes: node values.
            factor: of the end.

        Returns:
            The values.
        """
        return at_points(self.mesh, expand(nodes, factor))

    def row(self, nodes: Nodes) -> Nodes:
        """The functional ∫ nodes̄·y.

        Args:
            nodes: node values.

        Returns:
            The row.
        """
        return self.mesh.node_weights[..., None] * jnp.conj(nodes)


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
    nodes = np.asarray(expand(mode, factor))
    return CycleNormalForm(kind, complex(coefficient), float(point.scalars[0]), angle, nodes)
