"""Matrix-free pieces for large states: Newton–Krylov steps, leading eigenvalues, normal forms.

Nothing here ever holds an n × n matrix: Jacobians act through forward and reverse derivatives,
bordered systems are solved by GMRES, and the leading eigenvalues come from ARPACK's Arnoldi
iteration (Lehoucq, Sorensen and Yang, *ARPACK Users' Guide*, SIAM 1998).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import scipy.sparse.linalg as ssl
from jaxtyping import Array

from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._curve import Curve, Extended, norm
from bifbridge.normal_forms import multilinear

Preconditioner = Callable[[Array], Array]


class KrylovPoint(NamedTuple):
    """A corrected point.

    Attributes:
        point: y.
        tangent: unit tangent.
        iterations: Newton steps.
        status: `Status.RUNNING` for success.
    """

    point: Any
    tangent: Any
    iterations: Any
    status: Any


@eqx.filter_jit
def krylov_correct(
    curve: Curve,
    guess: Extended,
    row: Extended,
    along: Extended,
    preconditioner: Preconditioner | None,
    tolerance: float,
    max_iterations: int,
) -> KrylovPoint:
    """Newton's method for F(y) = 0, row·(y − guess) = 0, and the tangent, all by GMRES."""

    def extended(y: Array) -> Array:
        return jnp.append(curve.residual(y[:-1], y[-1]), row @ (y - guess))

    def unfinished(state: tuple[Array, ...]) -> Array:
        _, length, iteration = state
        return (length > tolerance) & jnp.isfinite(length) & (iteration < max_iterations)

    def iterate(state: tuple[Array, ...]) -> tuple[Array, ...]:
        y, _, iteration = state
        value, push = jax.linearize(extended, y)
        # A residual of rounding asks for no step; GMRES would divide by its size.
        small = jnp.max(jnp.abs(value)) <= 1e-14 * (1 + jnp.max(jnp.abs(y)))
        step = _gmres(push, jnp.where(small, 1.0, value), preconditioner, 1e-8)
        step = jnp.where(small, 0.0, step)
        return y - step, norm(curve, step) / (1 + norm(curve, y)), iteration + 1

    far = jnp.full((), 1e300)
    y, length, iterations = jax.lax.while_loop(unfinished, iterate, (guess, far, jnp.array(0)))
    _, push = jax.linearize(
        lambda s: jnp.append(curve.residual(s[:-1], s[-1]), (curve.weights * along) @ s), y
    )
    raw = _gmres(push, jnp.zeros_like(y).at[-1].set(1.0), preconditioner, 1e-10)
    finite = jnp.all(jnp.isfinite(y))
    good = jnp.where(length <= tolerance, int(Status.RUNNING), int(Status.NO_CONVERGENCE))
    return KrylovPoint(
        y, raw / norm(curve, raw), iterations, jnp.where(finite, good, int(Status.NOT_FINITE))
    )


@eqx.filter_jit
def jacobian_product(residual: Any, point: Extended, vector: Array) -> Array:
    """F_x u for a real vector."""
    return jax.jvp(lambda x: residual(x, point[-1]), (point[:-1],), (vector,))[1]


@eqx.filter_jit
def transposed_product(residual: Any, point: Extended, vector: Array) -> Array:
    """F_xᵀ u for a real vector."""
    return jax.vjp(lambda x: residual(x, point[-1]), point[:-1])[1](vector)[0]


def leading_eigenvalues(
    residual: Any, point: np.ndarray, count: int, *, left: bool = False, tolerance: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """The eigenvalues of largest real part with eigenvectors, by Arnoldi iteration."""
    size = point.size - 1
    product = transposed_product if left else jacobian_product
    fixed = jnp.asarray(point)

    def apply(vector: np.ndarray) -> np.ndarray:
        return np.asarray(product(residual, fixed, jnp.asarray(vector.reshape(-1))))

    if count >= size - 1:
        matrix = np.stack([apply(column) for column in np.eye(size)], axis=1)
        values, vectors = np.linalg.eig(matrix)
    else:
        start = np.cos(0.7 * np.arange(1.0, size + 1) ** 2)
        # scipy's stubs know neither keyword.
        operator: Any = ssl.LinearOperator((size, size), matvec=apply, dtype=np.dtype(float))  # pyright: ignore[reportCallIssue]
        solve: Any = ssl.eigs
        ncv = min(size, max(2 * count + 1, 40))
        values, vectors = solve(operator, k=count, which="LR", v0=start, tol=tolerance, ncv=ncv)
    order = np.argsort(-np.real(values), kind="stable")[:count]
    return np.asarray(values)[order].astype(complex), np.asarray(vectors)[:, order]


@eqx.filter_jit
def krylov_cubic(
    residual: Any, point: Extended, right: Array, left: Array, preconditioner: Preconditioner | None
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """b₂, c₃ and h₂ at a real zero eigenvalue, by one bordered GMRES solve."""
    x, p = point[:-1], point[-1]

    def velocity(z: Array) -> Array:
        return residual(z, p)

    curvature = multilinear(velocity, x, right, right)
    quadratic = 0.5 * left @ curvature

    def bordered(u: Array) -> Array:
        top = multilinear(velocity, x, u[:-1]) + u[-1] * right
        return jnp.append(top, left @ u[:-1])

    wanted = jnp.append(-curvature + 2 * quadratic * right, 0.0)
    flat = jnp.max(jnp.abs(wanted)) <= 1e-300
    solved = _gmres(bordered, jnp.where(flat, 1.0, wanted), preconditioner, 1e-12)[:-1]
    second = jnp.where(flat, 0.0, solved)
    third = multilinear(velocity, x, right, right, right) / 6
    mixed = multilinear(velocity, x, right, second) / 2
    size = jnp.linalg.norm(left)
    forcing = jax.jacfwd(lambda q: residual(x, q))(p)
    return (
        quadratic,
        left @ (third + mixed),
        second,
        0.5 * size * jnp.linalg.norm(curvature),
        size * (jnp.linalg.norm(third) + jnp.linalg.norm(mixed)),
        forcing,
    )


def _gmres(
    apply: Callable[[Array], Array],
    vector: Array,
    preconditioner: Preconditioner | None,
    tolerance: float,
) -> Array:
    """Solve a bordered system whose last entry belongs to the border."""
    operator = lx.FunctionLinearOperator(apply, jax.eval_shape(lambda: vector))
    options = {}
    if preconditioner is not None:
        given = preconditioner

        def extended(u: Array) -> Array:
            return jnp.append(given(u[:-1]), u[-1])

        options["preconditioner"] = lx.FunctionLinearOperator(
            extended, jax.eval_shape(lambda: vector)
        )
    solver = lx.GMRES(rtol=tolerance, atol=1e-300, restart=60, max_steps=3000, stagnation_iters=60)
    return lx.linear_solve(operator, vector, solver, options=options, throw=False).value
