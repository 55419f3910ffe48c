"""Special points to machine precision: Newton on minimally augmented systems.

The test function g is the last entry of a bordered solve, whose derivative needs one directional
derivative and no eigenvectors. The bordered matrix differs from Newton's in its last rows only,
so one factorisation serves both. Govaerts, *Numerical Methods for Bifurcations of Dynamical
Equilibria* (SIAM 2000), chapters 3, 4 and 8; Griewank and Reddien, "Characterization and
computation of generalized turning points" (1984).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jax.tree_util as jtu
from jaxtyping import Array, Bool, Float

from bifbridge._custom_types import Scalar
from bifbridge._linalg import solve, solve_both
from bifbridge.continuation.jax_engine._curve import Extended
from bifbridge.normal_forms import complex_eigenvectors, multilinear, real_eigenvectors

Residual = Callable[[Any, Any], Any]
Unknowns = Float[Array, " m"]

_ITERATIONS = 12
_TOLERANCE = 1e-11
_ACCEPTED = 1e-8


class Polished(NamedTuple):
    """A located point.

    Attributes:
        point: y = (x, p), shape (N + 1,).
        extra: ω at a Hopf point; the imperfection β at a branch point, in units of what rounding
            makes of it; the forcing |wᵀF_p|/(|w||F_p|) at a fold.
        converged: whether Newton's last step was small.
        jacobian: [F_x F_p] there, shape (N, N + 1).
        right: the critical right eigenvector, of length one.
        left: the critical left eigenvector, of length one.
        direction: tangent of the branch; zero at a Hopf point, where [F_x F_p] tells it.
    """

    point: Extended
    extra: Scalar
    converged: Bool[Array, ""]
    jacobian: Array
    right: Array
    left: Array
    direction: Extended


class Augmented(NamedTuple):
    """An extended system at one point.

    Attributes:
        value: of the system, zero at a solution.
        step: Newton's step, to be subtracted.
        right: near the right null vector.
        left: near the left null vector.
        plane: at a branch point, the kernel of [F_x F_p] and the second derivatives on it.
    """

    value: Unknowns
    step: Unknowns
    right: Array
    left: Array
    plane: tuple[Array, ...] = ()


def polish_fold(residual: Residual, point: Extended, along: Extended) -> Polished:
    """Solve F(x, p) = 0, g(x, p) = 0 with g = 0 where F_x is singular."""
    right, left = _borders(residual, point)
    y, converged, last = _newton(lambda y: fold_system(residual, y, right, left), point)
    jacobian = _jacobian(residual, y)
    size = jnp.linalg.norm(jacobian[:, -1])
    ratio = jnp.abs(last.left @ jacobian[:, -1]) / jnp.where(size > 0, size, 1.0)
    direction = jnp.append(last.right, 0.0)
    direction = direction * jnp.where(direction @ along < 0, -1.0, 1.0)
    return Polished(y, ratio, converged, jacobian, last.right, last.left, direction)


def fold_system(residual: Residual, y: Unknowns, right: Array, left: Array) -> Augmented:
    """The minimally augmented system [F; g] of a fold."""
    value, jacobian = residual(y[:-1], y[-1]), _jacobian(residual, y)
    full = _border(jacobian[:, :-1], left[:, None], right[None, :])
    unit = _last_unit(full.shape[0], 1)
    tops = jnp.append(jnp.stack([value, jacobian[:, -1]], 1), jnp.zeros((1, 2)), 0)
    columns, row = solve_both(full, jnp.concatenate([tops, unit], 1), unit)
    u, w, q = columns.T
    psi = row[:-1, 0]

    def product(s: Array) -> Array:
        return -psi @ multilinear(lambda x: residual(x, s[-1]), s[:-1], q[:-1])

    slope = jax.grad(product)(y)
    dp, t = _two_by_two(
        jnp.stack([-w[-1], slope[-1] - slope[:-1] @ w[:-1]]),
        jnp.stack([q[-1], slope[:-1] @ q[:-1]]),
        jnp.stack([-u[-1], q[-1] - slope[:-1] @ u[:-1]]),
    )
    step = jnp.append((u - dp * w + t * q)[:-1], dp)
    return Augmented(jnp.append(value, q[-1]), step, _unit(q[:-1]), _unit(psi))


def polish_branch_point(residual: Residual, point: Extended, along: Extended) -> Polished:
    """Solve F + βb = 0 with both test functions of the rank drop of [F_x F_p] zero."""
    # The imperfection β vanishes at a true branch point; at a fold it does not, which tells the
    # two apart even where a pitchfork, met from its side branch, looks like a fold.
    right, left = _borders(residual, point)
    y, converged, last = _newton(
        lambda y: branch_point_system(residual, y, right, left), jnp.append(point, 0.0)
    )
    jacobian = _jacobian(residual, y[:-1])
    rounding = 1e-12 + 1e-13 * jnp.max(jnp.abs(jacobian) @ jnp.abs(y[:-1]))
    kernel, second = last.plane
    direction = _nearest_branch(kernel, second, along)
    extra = jnp.abs(y[-1]) / rounding
    return Polished(y[:-1], extra, converged, jacobian, last.right, last.left, direction)


def branch_point_system(
    residual: Residual, unknowns: Unknowns, right: Array, left: Array
) -> Augmented:
    """The extended system [F + βb; g₁; g₂] of a simple branch point."""
    y, beta = unknowns[:-1], unknowns[-1]
    value, jacobian = residual(y[:-1], y[-1]) + beta * left, _jacobian(residual, y)
    rows = jnp.stack([jnp.append(right, 0.0), jnp.zeros(y.size).at[-1].set(1.0)])
    full = _border(jacobian, left[:, None], rows)
    units = _last_unit(full.shape[0], 2)
    top = jnp.append(value, jnp.zeros(2))[:, None]
    columns, row = solve_both(full, jnp.concatenate([top, units], 1), units[:, 1:])
    particular, kernel = columns[:, 0], columns[:, 1:]
    psi = row[: left.size, 0]

    def slope(phi: Array) -> Array:
        return jax.grad(
            lambda s: -psi @ jax.jvp(lambda r: residual(r[:-1], r[-1]), (s,), (phi,))[1]
        )(y)

    gradients = jax.vmap(slope, in_axes=1)(kernel[:-1])
    second = gradients @ kernel[:-1]
    defect = kernel[-1] - gradients @ particular[:-1]
    step = particular + kernel @ jnp.stack(_two_by_two(second[:, 0], second[:, 1], defect))
    return Augmented(
        jnp.append(value, kernel[-1]), step, _unit(kernel[:-2, 0]), _unit(psi),
        (kernel[:-1], second),
    )  # fmt: skip


def polish_hopf(
    residual: Residual, point: Extended, along: Extended, frequency: Scalar
) -> Polished:
    """Solve F = 0 and g(x, p, ω) = 0, complex, with g = 0 where F_x − iω is singular."""
    # A real ω cannot lead to a neutral saddle, whose eigenvalues are real.
    _, right, left = complex_eigenvectors(_jacobian(residual, point)[:, :-1], frequency, 2)
    left = _unit(left)
    y, converged, last = _newton(
        lambda y: hopf_system(residual, y, right, left), jnp.append(point, frequency)
    )
    jacobian = _jacobian(residual, y[:-1])
    nowhere = jnp.zeros_like(along)
    return Polished(y[:-1], y[-1], converged, jacobian, last.right, last.left, nowhere)


def hopf_system(residual: Residual, unknowns: Unknowns, right: Array, left: Array) -> Augmented:
    """The minimally augmented system [F; Re g; Im g] of a Hopf point."""
    y, omega = unknowns[:-1], unknowns[-1]
    jacobian = _jacobian(residual, y)
    shifted = jacobian[:, :-1] - 1j * omega * jnp.eye(right.size)
    full = _border(shifted, left[:, None], jnp.conj(right)[None, :])
    unit = _last_unit(full.shape[0], 1)
    column, row = (x[:, 0] for x in solve_both(full, unit, unit))
    q, p, g = column[:-1], row[:-1], column[-1]

    def slope(part: Callable[[Array], Array]) -> Array:
        def value(s: Array) -> Array:
            return -part(jnp.vdot(p, multilinear(lambda x: residual(x, s[-1]), s[:-1], q)))

        return jax.grad(value)(y)

    by_frequency = 1j * jnp.vdot(p, q)
    gradients = jnp.stack([slope(jnp.real), slope(jnp.imag)])
    last = jnp.stack([by_frequency.real, by_frequency.imag])
    value = jnp.concatenate([residual(y[:-1], y[-1]), jnp.stack([g.real, g.imag])])
    top = jnp.concatenate([jacobian, jnp.zeros((right.size, 1))], 1)
    matrix = jnp.concatenate([top, jnp.concatenate([gradients, last[:, None]], 1)])
    return Augmented(value, solve(matrix, value), _unit(q), _unit(p))


def newton(
    system: Callable[[Unknowns], tuple[Array, Array]], start: Unknowns
) -> tuple[Unknowns, Bool[Array, ""]]:
    """Newton's method to rounding."""

    def stepped(y: Unknowns) -> Augmented:
        value, jacobian = system(y)
        return Augmented(value, jnp.linalg.solve(jacobian, value), jnp.zeros(0), jnp.zeros(0))

    return _newton(stepped, start)[:2]


def _newton(
    system: Callable[[Unknowns], Augmented], start: Unknowns
) -> tuple[Unknowns, Bool[Array, ""], Augmented]:
    def unfinished(state: tuple[Any, ...]) -> Array:
        _, length, iteration, _ = state
        return (length > _TOLERANCE) & (iteration < _ITERATIONS) & jnp.isfinite(length)

    def iterate(state: tuple[Any, ...]) -> tuple[Any, ...]:
        y, _, iteration, _ = state
        found = system(y)
        length = jnp.linalg.norm(found.step) / (1 + jnp.linalg.norm(y))
        return y - found.step, length, iteration + 1, found

    far = jnp.full((), 1e300, start.dtype)
    shapes = jax.eval_shape(system, start)
    empty = jtu.tree_map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    y, length, _, last = jax.lax.while_loop(unfinished, iterate, (start, far, jnp.array(0), empty))
    return y, (length <= _ACCEPTED) & jnp.all(jnp.isfinite(y)), last


def _nearest_branch(kernel: Array, second: Array, along: Extended) -> Extended:
    # Both branches solve τᵀMτ = 0 on the kernel: Newton on the angle, from the known direction.
    gram = kernel.T @ kernel
    start = jnp.stack(_two_by_two(gram[:, 0], gram[:, 1], kernel.T @ along))

    def turned(_: Array, tau: Array) -> Array:
        across = jnp.stack([-tau[1], tau[0]])
        symmetric = second + second.T
        slope = across @ symmetric @ tau
        angle = -0.5 * (tau @ symmetric @ tau) / jnp.where(slope == 0, 1.0, slope)
        return _unit(tau + jnp.clip(angle, -0.1, 0.1) * across)

    direction = kernel @ jax.lax.fori_loop(0, 4, turned, _unit(start))
    return direction * jnp.where(direction @ along < 0, -1.0, 1.0)


def _two_by_two(first: Array, second: Array, right: Array) -> tuple[Array, Array]:
    # Cramer's rule for the matrix with these two columns.
    size = first[0] * second[1] - first[1] * second[0]
    return (
        (right[0] * second[1] - right[1] * second[0]) / size,
        (first[0] * right[1] - first[1] * right[0]) / size,
    )


def _borders(residual: Residual, point: Extended) -> tuple[Array, Array]:
    _, right, left = real_eigenvectors(_jacobian(residual, point)[:, :-1], 2)
    return right, _unit(left)


def _jacobian(residual: Residual, y: Extended) -> Array:
    return jax.jacfwd(lambda s: residual(s[:-1], s[-1]))(y)


def _border(matrix: Array, columns: Array, rows: Array) -> Array:
    corner = jnp.zeros((rows.shape[0], columns.shape[1]), columns.dtype)
    top = jnp.concatenate([matrix, columns.astype(matrix.dtype)], 1)
    return jnp.concatenate([top, jnp.concatenate([rows, corner], 1).astype(matrix.dtype)])


def _last_unit(size: int, count: int) -> Array:
    return jnp.eye(size)[:, size - count :]


def _unit(vector: Array) -> Array:
    return vector / jnp.linalg.norm(vector)
