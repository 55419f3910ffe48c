"""Points of codimension two to machine precision: Newton on minimally augmented systems.

Each system is f = 0 with two scalar test functions (four where two frequencies are unknown) in
(z, p, q) and the frequencies. Govaerts, Kuznetsov and Sijnave, "Numerical methods for the
generalized Hopf bifurcation", SIAM J. Numer. Anal. 38 (2000); Govaerts, *Numerical Methods for
Bifurcations of Dynamical Equilibria* (SIAM 2000), chapter 8.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from bifbridge._compile import quick_jit
from bifbridge.continuation.jax_engine._polish import newton
from bifbridge.continuation.jax_engine.two_parameter._borders import Null, bordered_null
from bifbridge.continuation.jax_engine.two_parameter._families import AbstractTwoParameterFamily
from bifbridge.normal_forms import multilinear

#: How many frequencies are unknown at each kind of point, and whether zero is an eigenvalue.
FREQUENCIES = {"cusp": 0, "bogdanov_takens": 0, "bautin": 1, "zero_hopf": 1, "hopf_hopf": 2}
#: Kinds with a zero eigenvalue.
STEADY = {"cusp", "bogdanov_takens", "zero_hopf"}


class PolishedPoint(NamedTuple):
    """A located point of codimension two.

    Attributes:
        state: z*, shape (n,).
        parameters: (p, q).
        frequencies: as many as the kind has.
        converged: whether Newton's last step was small and the frequencies make sense.
    """

    state: np.ndarray
    parameters: np.ndarray
    frequencies: np.ndarray
    converged: bool


def polish_codim_two(
    family: AbstractTwoParameterFamily,
    kind: str,
    state: np.ndarray,
    parameters: np.ndarray,
    frequencies: list[float],
    matrix: np.ndarray,
) -> PolishedPoint:
    """Solve the augmented system of a kind of point from nearby."""
    shifts = ([0.0] if kind in STEADY else []) + frequencies
    borders = [_borders(matrix, shift) for shift in shifts]
    start = jnp.concatenate([state, parameters, np.asarray(frequencies)])
    found, converged = _solve(family, kind, borders, start, state.size)
    solution = np.asarray(found)
    omegas = solution[state.size + 2 :]
    apart = np.all(np.abs(omegas) > 1e-7) and (
        omegas.size < 2 or abs(abs(omegas[0]) - abs(omegas[1])) > 1e-7 * np.max(np.abs(omegas))
    )
    return PolishedPoint(
        solution[: state.size],
        solution[state.size : state.size + 2],
        np.abs(omegas),
        bool(converged) and bool(apart),
    )


@quick_jit
def _solve(
    family: AbstractTwoParameterFamily, kind: str, borders: list[Any], start: Array, n: int
) -> tuple[Array, Array]:
    def tests(unknowns: Array) -> Array:
        return _tests(family, kind, borders, unknowns, n)

    def field(unknowns: Array) -> Array:
        return _field(family, unknowns, n)

    def system(unknowns: Array) -> tuple[Array, Array]:
        # Few scalars of a large matrix: backwards; as many outputs as inputs: forwards.
        value = jnp.concatenate([field(unknowns), tests(unknowns)])
        slopes = jnp.concatenate([jax.jacfwd(field)(unknowns), jax.jacrev(tests)(unknowns)])
        return value, slopes

    return newton(system, start)


def codim_two_system(
    family: AbstractTwoParameterFamily, kind: str, borders: list[Any], unknowns: Array, n: int
) -> Float[Array, " m"]:
    """The augmented system of a kind of point."""
    return jnp.concatenate([
        _field(family, unknowns, n),
        _tests(family, kind, borders, unknowns, n),
    ])


def _field(family: AbstractTwoParameterFamily, unknowns: Array, n: int) -> Array:
    return family.velocity(unknowns[n], unknowns[n + 1])(unknowns[:n])


def _tests(
    family: AbstractTwoParameterFamily, kind: str, borders: list[Any], unknowns: Array, n: int
) -> Float[Array, " k"]:
    z, omegas = unknowns[:n], unknowns[n + 2 :]
    velocity = family.velocity(unknowns[n], unknowns[n + 1])
    matrix = jax.jacfwd(velocity)(z)
    values = []
    if kind in STEADY:
        null = bordered_null(matrix, *borders[0])
        values.append(null.value)
        if kind == "cusp":
            values.append(null.left @ multilinear(velocity, z, null.right, null.right))
        elif kind == "bogdanov_takens":
            values.append(null.left @ null.right)
    turning = borders[1:] if kind in STEADY else borders
    for k, pair in enumerate(turning):
        null = bordered_null(matrix - 1j * omegas[k] * jnp.eye(n), *pair)
        values += [null.value.real, null.value.imag]
        if kind == "bautin":
            values.append(_real_cubic(velocity, z, matrix, omegas[k], null))
    return jnp.stack(values)


def _real_cubic(velocity: Any, z: Array, matrix: Array, omega: Array, null: Null) -> Array:
    # Re c₁ as a smooth function of everything, from bordered instead of exact eigenvectors.
    q = null.right / jnp.linalg.norm(null.right)
    p = null.left / jnp.conj(jnp.vdot(null.left, q))
    r = jnp.conj(q)
    mean = jnp.linalg.solve(matrix, multilinear(velocity, z, q, r).real)
    twice = 2j * omega * jnp.eye(z.size) - matrix
    second = jnp.linalg.solve(twice, multilinear(velocity, z, q, q))
    third = multilinear(velocity, z, q, q, r) - 2 * multilinear(velocity, z, q, mean)
    return 0.5 * jnp.vdot(p, third + multilinear(velocity, z, r, second)).real


def _borders(matrix: np.ndarray, frequency: float) -> tuple[Array, Array]:
    shifted = matrix if frequency == 0 else matrix - 1j * frequency * np.eye(len(matrix))
    left, _, right = np.linalg.svd(shifted)
    return jnp.asarray(right[-1].conj()), jnp.asarray(left[:, -1])
