"""The equations of a cycle on a mesh: orthogonal collocation at Gauss points.

With time scaled by the period T, x' = T f(x, p) on [0, 1] and x(1) = x(0). On each of I intervals
x is a polynomial of degree m that satisfies the equation at the m Gauss points: order h^{m+1}
everywhere, h^{2m} at mesh points (de Boor and Swartz, SIAM J. Numer. Anal. 10 (1973) 582;
Doedel, Keller and Kernevez, Int. J. Bifurcation Chaos 1 (1991) 745).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact

from bifbridge._custom_types import Scalar
from bifbridge.continuation.curves import CyclePoint
from bifbridge.continuation.curves._basis import basis
from bifbridge.continuation.jax_engine.cycles._condense import Factor, as_matrix

#: Ends of mesh intervals, on the host or in a compiled program.
Vector = Float[Any, " I1"]
#: Node values without each interval's last node, which is the next one's first.
Nodes = Inexact[Any, "I m n"]
#: A family in one parameter, or in two: its `velocity` takes that many numbers.
AnyFamily = Any
#: Node values of each interval, shared ends twice.
Expanded = Inexact[Any, "I m1 n"]


class Mesh(eqx.Module):
    """Where the intervals lie.

    Attributes:
        times: ends of the intervals in [0, 1], shape (I + 1,).
        degree: m.
    """

    times: Vector
    degree: int = eqx.field(static=True)

    @property
    def widths(self) -> Float[Any, " I"]:
        """Lengths of the intervals."""
        return self.times[1:] - self.times[:-1]

    @property
    def node_weights(self) -> Float[Any, "I m"]:
        """Quadrature weights of the nodes as in `Nodes`; they add up to 1."""
        nodal = basis(self.degree).nodal
        shared = np.eye(1, self.degree)  # the first node is also the last of the interval before
        before = self.widths[np.arange(-1, self.times.shape[0] - 2)]
        return self.widths[:, None] * nodal[:-1] + before[:, None] * nodal[-1] * shared


def expand(states: Nodes, factor: Factor = 1.0) -> Expanded:
    """Give each interval its last node."""
    last = as_matrix(factor, states.shape[-1]) @ states[0, 0]
    ends = jnp.concatenate([states[1:, 0].astype(last.dtype), last[None]])
    return jnp.concatenate([states.astype(ends.dtype), ends[:, None]], 1)


def at_points(mesh: Mesh, nodes: Expanded) -> Inexact[Array, "I m n"]:
    """Values at the Gauss points."""
    return jnp.einsum("gj,ijn->ign", jnp.asarray(basis(mesh.degree).value), nodes)


def slopes(mesh: Mesh, nodes: Expanded) -> Inexact[Array, "I m n"]:
    """Derivatives by the *local* time of each interval, at the Gauss points."""
    return jnp.einsum("gj,ijn->ign", jnp.asarray(basis(mesh.degree).slope), nodes)


class Linearised(NamedTuple):
    """The collocation equations and their derivative at a point.

    Attributes:
        residual: shape (I, mn).
        local: derivative by the nodes of each interval, shape (I, mn, (m + 1)n).
        columns: derivative by the scalars, shape (I, mn, k).
    """

    residual: Float[Array, "I mn"]
    local: Float[Array, "I mn m1n"]
    columns: Float[Array, "I mn k"]


def field_at(family: AnyFamily, point: CyclePoint) -> Callable[[Any], Any]:
    """The autonomous field at a point's parameters."""
    return family.velocity(*point.scalars[1:])


def residual(family: AnyFamily, mesh: Mesh, point: CyclePoint) -> Float[Array, "I m n"]:
    """X' − hT f(x, p) at every Gauss point, in local time."""
    nodes = expand(point.states)
    field = jax.vmap(jax.vmap(field_at(family, point)))(at_points(mesh, nodes))
    return slopes(mesh, nodes) - point.scalars[0] * mesh.widths[:, None, None] * field


def linearise(family: AnyFamily, mesh: Mesh, point: CyclePoint) -> Linearised:
    """The equations with their exact derivative."""
    nodes = expand(point.states)
    period, parameters = point.scalars[0], point.scalars[1:]
    at = at_points(mesh, nodes)

    def at_point(z: Array) -> tuple[Array, Array, Array]:
        velocity = field_at(family, point)
        by_parameters = jax.jacfwd(lambda given: family.velocity(*given)(z))(parameters)
        return velocity(z), jax.jacfwd(velocity)(z), by_parameters

    field, jacobian, by_parameters = jax.vmap(jax.vmap(at_point))(at)
    h = mesh.widths[:, None, None]
    value = slopes(mesh, nodes) - h * period * field
    by_scalars = jnp.concatenate([field[..., None], period * by_parameters], -1)
    columns = -h[..., None] * by_scalars
    count, degree, n = at.shape
    return Linearised(
        value.reshape(count, degree * n),
        variational(mesh, period, jacobian),
        columns.reshape(count, degree * n, -1),
    )


def variational(
    mesh: Mesh, period: Scalar, jacobian: Float[Array, "I m n n"]
) -> Float[Array, "I mn m1n"]:
    """The operator y' − hT A(t) y on each interval."""
    count, degree, n = jacobian.shape[:3]
    space = basis(mesh.degree)
    moving = jnp.einsum("gj,ab->gajb", jnp.asarray(space.slope), jnp.eye(n))
    field = jnp.einsum("gj,igab->igajb", jnp.asarray(space.value), jacobian)
    local = moving - period * mesh.widths[:, None, None, None, None] * field
    return local.reshape(count, degree * n, (degree + 1) * n)


def phase_row(mesh: Mesh, reference: Nodes) -> Float[Array, "I m n"]:
    """The functional y ↦ ∫ y·x_ref' dt as a row over the nodes, scaled to unit length."""
    space = basis(mesh.degree)
    speed = slopes(mesh, expand(reference)) * jnp.asarray(space.weights)[:, None]
    row = jnp.einsum("gj,ign->ijn", jnp.asarray(space.value), speed)
    folded = row[:, :-1].at[:, 0].add(jnp.roll(row[:, -1], 1, axis=0))
    return folded / jnp.linalg.norm(folded)
