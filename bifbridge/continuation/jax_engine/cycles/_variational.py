"""The variational equation along a cycle, and boundary value problems with it."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact

from bifbridge.continuation.curves._basis import basis
from bifbridge.continuation.jax_engine.cycles._condense import Factor, solve_bordered
from bifbridge.continuation.jax_engine.cycles._discretise import (
    AnyFamily,
    CyclePoint,
    Mesh,
    Nodes,
    at_points,
    expand,
    field_at,
    slopes,
    variational,
)
from bifbridge.normal_forms import multilinear


class Linear(eqx.Module):
    """The variational equation y' = A(t)y along a cycle, discretised.

    Attributes:
        family: the family of fields.
        mesh: the mesh.
        point: the cycle.
        orbit: the cycle at the Gauss points.
        local: the operator on each interval.
    """

    family: AnyFamily
    mesh: Mesh
    point: CyclePoint
    orbit: Nodes
    local: Inexact[Array, "I mn m1n"]

    @staticmethod
    def along(family: AnyFamily, mesh: Mesh, point: CyclePoint) -> "Linear":
        """Linearise along a cycle."""
        orbit = at_points(mesh, expand(point.states))
        jacobian = jax.vmap(jax.vmap(jax.jacfwd(field_at(family, point))))(orbit)
        local = variational(mesh, point.scalars[0], jacobian)
        return Linear(family, mesh, point, orbit, local)

    def derivative(self, *directions: Nodes) -> Nodes:
        """Dᵏf along the cycle, in directions given at the Gauss points."""
        velocity = field_at(self.family, self.point)
        return jax.vmap(jax.vmap(lambda *given: multilinear(velocity, *given)))(
            self.orbit, *directions
        )

    def solve(
        self,
        forcing: Nodes,
        columns: tuple[Nodes, ...] = (),
        rows: tuple[Nodes, ...] = (),
        factor: Factor = 1.0,
    ) -> tuple[Nodes, Array]:
        """Solve y' = A y + forcing − Σ sₖ columnₖ with rows·y = 0 and y(T) = factor·y(0)."""
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

    def mode(self, factor: Factor) -> Nodes:
        """The solution of y' = A y with y(T) = factor·y(0), of unit root mean square."""
        dtype = jnp.result_type(self.orbit, factor)
        mode = jnp.ones(self.orbit.shape, dtype) * jnp.linspace(1.0, 2.0, self.orbit.shape[-1])

        def iterate(_: Any, nodes: Array) -> Array:
            found, _ = self.solve(self.points(nodes, factor), factor=factor)
            return found / jnp.max(jnp.abs(found))

        mode = jax.lax.fori_loop(0, 3, iterate, mode)
        return self.normalised(mode, factor)

    def normalised(self, mode: Nodes, factor: Factor = 1.0) -> Nodes:
        """Scale a function to unit root mean square over the period, and fix its sign or phase."""
        squares = jnp.sum(jnp.abs(self.points(mode, factor)) ** 2, -1)
        gauss = jnp.asarray(basis(self.mesh.degree).weights)
        size = jnp.sqrt(self.mesh.widths @ squares @ gauss)
        largest = mode.reshape(-1)[jnp.argmax(jnp.abs(mode))]
        return mode * jnp.conj(largest) / jnp.abs(largest) / size

    def points(self, nodes: Nodes, factor: Factor = 1.0) -> Nodes:
        """Values at the Gauss points."""
        return at_points(self.mesh, expand(nodes, factor))

    def slopes(self, nodes: Nodes) -> Nodes:
        """Derivatives by time of a periodic function, at the Gauss points."""
        scale = self.mesh.widths[:, None, None] * self.point.scalars[0]
        return slopes(self.mesh, expand(nodes)) / scale

    def row(self, nodes: Nodes) -> Nodes:
        """The functional ∫ nodes̄·y."""
        return self.mesh.node_weights[..., None] * jnp.conj(nodes)
