"""Candidates for special points, polished and described in one compiled program per kind."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
from jaxtyping import Array, Float

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar
from bifbridge.continuation.jax_engine._curve import Curve, Extended, norm, tangent
from bifbridge.continuation.jax_engine._polish import (
    polish_branch_point,
    polish_fold,
    polish_hopf,
)
from bifbridge.continuation.jax_engine._spectra import chosen, chunk_size, eigenvalues
from bifbridge.normal_forms import complex_eigenvectors, multilinear, real_eigenvectors
from bifbridge.normal_forms._hopf import HopfCoefficients, hopf_coefficients_along
from bifbridge.normal_forms._scalar import (
    RATIO_TOLERANCE,
    ScalarCoefficients,
    scalar_coefficients_along,
)

Kind = Literal["fold", "branch_point", "hopf"]

#: Most candidates in one call.
_CAPACITY = 16
#: From this many states on, passes over n × n entries are worth the compiler's time.
_THOROUGH = 128


class Candidate(NamedTuple):
    """Where a special point is presumed.

    Attributes:
        guess: y nearby.
        along: the branch's direction nearby.
        frequency: ω nearby, for a Hopf point.
        member: of an ensemble, 0 for a single branch.
    """

    guess: np.ndarray
    along: np.ndarray
    frequency: float = 0.0
    member: int = 0


class Detail(NamedTuple):
    """What is known at a candidate.

    Attributes:
        point: y, polished.
        state: z, polished.
        good: whether it was located, and is of the kind that was presumed.
        frequency: ω of a Hopf point, 0 elsewhere.
        direction: the branch's own unit tangent.
        rate: derivative of the critical real part along it.
        matrix: F_z, shape (n, n).
        forcing: F_p, shape (n,).
        coefficients: of the normal form.
    """

    point: Any
    state: Any
    good: Any
    frequency: Any
    direction: Any
    rate: Any
    matrix: Any
    forcing: Any
    coefficients: ScalarCoefficients | HopfCoefficients


class Described(NamedTuple):
    """One candidate's detail with the eigenvalues there.

    Attributes:
        detail: in NumPy.
        eigenvalues: by falling real part, shape (n,).
        state: z, in JAX.
        coefficients: of the normal form, in JAX.
    """

    detail: Detail
    eigenvalues: np.ndarray
    state: Array
    coefficients: ScalarCoefficients | HopfCoefficients


def describe(curve: Curve, kind: Kind, candidates: Sequence[Candidate]) -> list[Described]:
    """Polish candidates on one branch, one after the other in a compiled loop."""
    n = candidates[0].guess.size - 1
    size, loop = min(chunk_size(n), _CAPACITY), _quick_loop if n < _THOROUGH else _thorough_loop
    found: list[Described] = []
    for first in range(0, len(candidates), size):
        part = candidates[first : first + size]
        arrays = _packed(part, size)
        details = loop(curve, kind, *arrays, np.asarray(len(part)))
        found += _unpacked(details, len(part))
    return found


def describe_members(curves: Curve, kind: Kind, candidates: Sequence[Candidate]) -> list[Described]:
    """Polish candidates on the branches of an ensemble, many at once."""
    n = candidates[0].guess.size - 1
    size, batch = chunk_size(n), _quick_batch if n < _THOROUGH // 8 else _thorough_batch
    found: list[Described] = []
    for first in range(0, len(candidates), size):
        part = candidates[first : first + size]
        members = np.array([candidate.member for candidate in part] + [0] * (size - len(part)))
        found += _unpacked(batch(curves, kind, members, *_packed(part, size)), len(part))
    return found


def _packed(part: Sequence[Candidate], size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    filled = [*part, *[part[-1]] * (size - len(part))]
    return (
        np.stack([candidate.guess for candidate in filled]),
        np.stack([candidate.along for candidate in filled]),
        np.array([candidate.frequency for candidate in filled]),
    )


def _unpacked(details: Detail, count: int) -> Iterator[Described]:
    plain: Detail = jtu.tree_map(lambda leaf: np.asarray(leaf)[:count], details)
    values = eigenvalues(plain.matrix)
    leaves, form = jtu.tree_flatten((details.state, details.coefficients))
    # Rows of a long batch are cheaper to cut in one go, but that is one more program per shape.
    many = count > _CAPACITY
    columns = [list(leaf) if many else np.asarray(leaf) for leaf in leaves]
    for k in range(count):
        rows = [column[k] if many else jnp.asarray(column[k]) for column in columns]
        one = jtu.tree_map(lambda leaf, k=k: leaf[k], plain)
        yield Described(one, values[k], *jtu.tree_unflatten(form, rows))


def _loop(
    curve: Curve, kind: Kind, guesses: Any, alongs: Any, frequencies: Any, count: Any
) -> Detail:
    def one(k: Any) -> Detail:
        return _detail(curve, kind, guesses[k], alongs[k], frequencies[k])

    def fill(k: Array, buffers: Detail) -> Detail:
        return jtu.tree_map(lambda buffer, value: buffer.at[k].set(value), buffers, one(k))

    empty = jtu.tree_map(
        lambda leaf: jnp.zeros((len(guesses), *leaf.shape), leaf.dtype), jax.eval_shape(one, 0)
    )
    return jax.lax.fori_loop(0, count, fill, empty)


def _batch(
    curves: Curve, kind: Kind, members: Any, guesses: Any, alongs: Any, frequencies: Any
) -> Detail:
    def one(curve: Curve, guess: Any, along: Any, frequency: Any) -> Detail:
        return _detail(curve, kind, guess, along, frequency)

    return eqx.filter_vmap(one)(chosen(curves, members), guesses, alongs, frequencies)


_quick_loop, _thorough_loop = quick_jit(_loop), eqx.filter_jit(_loop)
_quick_batch, _thorough_batch = quick_jit(_batch), eqx.filter_jit(_batch)


def _detail(
    curve: Curve, kind: Kind, guess: Extended, along: Extended, frequency: Scalar
) -> Detail:
    residual = curve.residual
    if kind == "hopf":
        polished = polish_hopf(residual, guess, along, frequency)
        right = polished.extra > 0
    elif kind == "fold":
        polished = polish_fold(residual, guess, along)
        # Without forcing by the parameter it is a branch point that looks like a fold.
        right = polished.extra > RATIO_TOLERANCE
    else:
        polished = polish_branch_point(residual, guess, along)
        right = polished.extra <= 1
    point, matrix = polished.point, polished.jacobian[:, :-1]
    state, near = point[:-1], (polished.right, polished.left)

    def velocity(z: Array) -> Array:
        return residual(z, point[-1])

    if kind == "hopf":
        omega = polished.extra
        vectors: Any = complex_eigenvectors(matrix, omega, 2, near)
        coefficients = hopf_coefficients_along(velocity, state, matrix, *vectors)
        direction = tangent(curve, polished.jacobian, along, along)
    else:
        omega = jnp.zeros(())
        vectors = real_eigenvectors(matrix, 2, near)
        coefficients = scalar_coefficients_along(velocity, state, matrix, *vectors)
        direction = polished.direction / norm(curve, polished.direction)
    _, v, w = vectors
    rate = _rate(residual, point, direction, v, w)
    return Detail(
        point, state, polished.converged & right, omega, direction, rate, matrix,
        polished.jacobian[:, -1], coefficients,
    )  # fmt: skip


def _rate(
    residual: Callable[[Any, Any], Any], point: Extended, direction: Extended, v: Array, w: Array
) -> Float[Array, ""]:
    # d Re λ/ds = Re wᴴ D(F_z v)[t], as wᴴv = 1.
    def product(y: Array) -> Array:
        return multilinear(lambda z: residual(z, y[-1]), y[:-1], v)

    return jnp.vdot(w, jax.jvp(product, (point,), (direction,))[1]).real
