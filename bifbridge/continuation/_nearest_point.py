"""The special point nearest to a guess, with its normal form, without following a branch."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._compile import quick_jit
from bifbridge._errors import BifbridgeError
from bifbridge._precision import require_x64
from bifbridge.continuation._bifurcation_point import bifurcation_point
from bifbridge.continuation._codim_two_point import codim_two_point
from bifbridge.continuation._families import AbstractFamily, as_family
from bifbridge.continuation._family_checks import check_state
from bifbridge.continuation.curves import SpecialPoint
from bifbridge.continuation.jax_engine._spectra import eigenvalues
from bifbridge.continuation.jax_engine.two_parameter import (
    as_two_parameter_family,
)
from bifbridge.continuation.jax_engine.two_parameter._special import codim_two_normal_form
from bifbridge.continuation.jax_engine.two_parameter._systems import FREQUENCIES
from bifbridge.normal_forms import jacobian, normal_form

#: Kinds that can be asked for: of one parameter, and of two.
ONE_PARAMETER_KINDS = ("fold", "branch_point", "transcritical", "pitchfork", "hopf")
TWO_PARAMETER_KINDS = tuple(FREQUENCIES)

_RESIDUAL = 1e-8
#: |w·F_p| over |w||F_p| below which a singular Jacobian is no fold.
_FORCING = 1e-6


def nearest_special_point(
    family: Any,
    state: Any,
    parameter: float,
    kind: str | None = None,
    *,
    frequency: float | None = None,
) -> SpecialPoint:
    """Locate the special point nearest to a guess and compute its normal form.

    Newton's method is run on the augmented system of each kind in question, from the guess; of
    what it reaches the point least far from the guess is taken.

    Args:
        family: the family of fields, or f(z, p).
        state: guess of z*, shape (n,).
        parameter: guess of p*.
        kind: one of `ONE_PARAMETER_KINDS`; None tries folds, branch points and Hopf points.
        frequency: guess of ω at a Hopf point; None for the pair of eigenvalues nearest to the
            imaginary axis.

    Returns:
        The point. Its kind is what the coefficients say: a branch point that was asked for may
        come back as a pitchfork.

    Raises:
        BifbridgeError: if Newton's method reached no such point.
        ValueError: if the kind is unknown.

    Example:
        >>> import bifbridge as bb
        >>> bb.nearest_special_point(lambda z, p: p * z - z**3, [0.1], 0.2)
        supercritical pitchfork: ȧ = μa − 1 a³ at p = 0
    """
    require_x64("nearest_special_point")
    if kind is not None and kind not in ONE_PARAMETER_KINDS:
        raise ValueError(
            f"nearest_special_point: got kind={kind!r}, expected one of "
            f"{', '.join(ONE_PARAMETER_KINDS)}, or None."
        )
    fields = as_family(family)
    check_state(
        "nearest_special_point", fields, np.asarray(state, float),
        lambda n: f"bb.nearest_special_point(family, numpy.zeros({n}), parameter)",
    )  # fmt: skip
    start = np.append(np.asarray(state, float), float(parameter))
    kinds = ("fold", "branch_point", "hopf") if kind is None else (kind,)
    found = [place for one in kinds for place in _located(fields, start, one, frequency)]
    if not found:
        raise BifbridgeError(
            f"No point of kind {' or '.join(kinds)} was reached by Newton's method from "
            f"p = {float(parameter):g}; give a nearer guess of parameter and state, or follow the "
            "branch with `continuation`."
        )
    nearest = min(found, key=lambda place: float(np.linalg.norm(place.where - start)))
    return _described(fields, nearest)


def nearest_codim_two_point(
    family: Any, state: Any, parameters: Any, kind: str, *, frequencies: Any = None
) -> SpecialPoint:
    """Locate a point of codimension two near a guess and compute its normal form.

    Args:
        family: the two-parameter family of fields, or f(z, p, q).
        state: guess of z*, shape (n,).
        parameters: guess of (p, q).
        kind: one of `TWO_PARAMETER_KINDS`.
        frequencies: guesses of the frequencies; None for those of the pairs of eigenvalues
            nearest to the imaginary axis.

    Returns:
        The point.

    Raises:
        BifbridgeError: if Newton's method reached no such point.
        ValueError: if the kind is unknown.

    Example:
        See `codim_two_point`, which locates the same point without its normal form.
    """
    require_x64("nearest_codim_two_point")
    if kind not in TWO_PARAMETER_KINDS:
        raise ValueError(
            f"nearest_codim_two_point: got kind={kind!r}, expected one of "
            f"{', '.join(TWO_PARAMETER_KINDS)}."
        )
    plane, (p, q) = as_two_parameter_family(family), (float(value) for value in parameters)
    guess = jnp.asarray(state, float)
    given = frequencies
    if given is None:
        matrix = _jacobian(lambda z: plane.velocity(jnp.asarray(p), jnp.asarray(q))(z), guess)
        given = _frequencies(np.asarray(matrix))[: FREQUENCIES[kind]]
    missing = f"No {kind.replace('_', ' ')} was reached from (p, q) = ({p:g}, {q:g})"
    if len(given) < FREQUENCIES[kind]:
        raise BifbridgeError(f"{missing}: too few pairs of complex eigenvalues at the guess.")
    place: Any = codim_two_point(plane, guess, (p, q), kind, frequencies=given)  # pyright: ignore[reportArgumentType]
    if not np.all(np.isfinite(np.concatenate([place.state, place.parameters]))):
        raise BifbridgeError(f"{missing} by Newton's method; give a nearer guess.")
    velocity = plane.velocity(*place.parameters)
    matrix = np.asarray(_jacobian(velocity, place.state))
    return SpecialPoint(
        kind=kind,
        parameter=float(place.parameters[0]),
        second_parameter=float(place.parameters[1]),
        state=np.asarray(place.state),
        eigenvalues=eigenvalues(matrix[None])[0],
        normal_form=codim_two_normal_form(kind, velocity, place.state, place.frequencies),
        frequencies=np.asarray(place.frequencies),
    )


class _Place(NamedTuple):
    """Where Newton's method ended: (z, p), the kind looked for, ω, and the eigenvalues."""

    where: np.ndarray
    kind: str
    frequency: float
    eigenvalues: np.ndarray


def _located(
    family: AbstractFamily, start: np.ndarray, kind: str, frequency: float | None
) -> Iterator[_Place]:
    """The points of one kind that Newton's method reaches: none or one."""
    guess, p = jnp.asarray(start[:-1]), jnp.asarray(start[-1])
    omega = frequency
    if kind == "hopf" and omega is None:
        turning = _frequencies(np.asarray(_jacobian(family.velocity(p), guess)))
        if not turning:
            return
        omega = turning[0]
    place = _point(family, guess, p, kind, frequency=jnp.asarray(omega or 0.0))
    state, parameter = place.state, place.parameter
    if not np.all(np.isfinite(np.append(state, parameter))):
        return
    value, forcing, matrix = (np.asarray(x) for x in _linear(family, state, parameter))
    scale = 1 + float(np.linalg.norm(state))
    if max(np.linalg.norm(value), abs(float(place.imperfection))) > _RESIDUAL * scale:
        return
    values = eigenvalues(matrix[None])[0]
    if kind == "hopf" and float(place.frequency) < 1e-6 * (1 + np.max(np.abs(values))):
        return
    if kind == "fold" and not _forced(matrix, forcing):
        return
    where = np.append(np.asarray(state), float(parameter))
    yield _Place(where, kind, float(place.frequency), values)


def _described(family: AbstractFamily, place: _Place) -> SpecialPoint:
    state, parameter = place.where[:-1], float(place.where[-1])
    form: Any = normal_form(
        family.velocity(jnp.asarray(parameter)), jnp.asarray(state),
        frequency=place.frequency or None,
        kind={"fold": "fold", "hopf": "hopf"}.get(place.kind, "branch_point"),
    )  # fmt: skip
    return SpecialPoint(form.kind, parameter, state, place.eigenvalues, form)


def _forced(matrix: np.ndarray, forcing: np.ndarray) -> bool:
    left = np.linalg.svd(matrix)[0][:, -1]
    return bool(abs(left @ forcing) > _FORCING * max(float(np.linalg.norm(forcing)), 1e-300))


def _frequencies(matrix: np.ndarray) -> list[float]:
    """|Im λ| of complex pairs, those nearest to the imaginary axis first."""
    values = np.linalg.eigvals(matrix)
    turning = values[values.imag > 1e-9 * (1 + np.max(np.abs(values)))]
    return [float(v.imag) for v in turning[np.argsort(np.abs(turning.real))]]


@quick_jit
def _linear(family: Any, state: Any, parameter: Any) -> tuple[Array, Array, Array]:
    value, forcing = jax.jvp(
        lambda p: family.velocity(p)(state), (parameter,), (jnp.ones_like(parameter),)
    )
    return value, forcing, jacobian(family.velocity(parameter), state)


_point = quick_jit(bifurcation_point)
_jacobian = quick_jit(jacobian)
