"""From located events to special points with their normal forms."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from bifbridge.continuation.curves import SpecialPoint
from bifbridge.continuation.jax_engine.two_parameter._families import AbstractTwoParameterFamily
from bifbridge.continuation.jax_engine.two_parameter._locate import Event
from bifbridge.continuation.jax_engine.two_parameter._residuals import state_jacobian
from bifbridge.normal_forms import (
    CodimTwoNormalForm,
    bautin_normal_form,
    bogdanov_takens_normal_form,
    cusp_normal_form,
    hopf_hopf_normal_form,
    zero_hopf_normal_form,
)


def special_point(family: AbstractTwoParameterFamily, event: Event) -> SpecialPoint:
    """A located event with its eigenvalues and its normal form."""
    state, (p, q) = event.point.state, event.point.parameters
    velocity = family.velocity(jnp.asarray(p), jnp.asarray(q))
    matrix = np.asarray(state_jacobian(family, jnp.asarray(state), jnp.asarray(p), jnp.asarray(q)))
    values = np.linalg.eigvals(matrix).astype(complex)
    form = None
    if event.point.converged and event.generic:
        form = codim_two_normal_form(event.kind, velocity, state, event.point.frequencies)
    return SpecialPoint(
        kind=event.kind,
        parameter=float(p),
        second_parameter=float(q),
        state=np.asarray(state, float),
        eigenvalues=values[np.argsort(-np.real(values), kind="stable")],
        normal_form=form,
        frequencies=np.asarray(event.point.frequencies, float),
        converged=event.point.converged,
        index=event.step,
    )


def distinct(points: list[SpecialPoint]) -> list[SpecialPoint]:
    """Each point once: a curve that starts on such a point, or closes, meets it twice."""
    kept: list[SpecialPoint] = []
    for point in points:
        scale = 1e-7 * (1 + np.linalg.norm(point.state))
        if not any(
            point.kind == other.kind
            and np.linalg.norm(point.state - other.state) < scale
            and np.linalg.norm(point.parameters - other.parameters) < scale
            for other in kept
        ):
            kept.append(point)
    return kept


def codim_two_normal_form(
    kind: str, velocity: Any, state: Any, frequencies: Any
) -> CodimTwoNormalForm | None:
    """The normal form of a kind of point."""
    if kind == "cusp":
        return cusp_normal_form(velocity, state)
    if kind == "bogdanov_takens":
        return bogdanov_takens_normal_form(velocity, state)
    if kind == "bautin":
        return bautin_normal_form(velocity, state, float(frequencies[0]))
    if kind == "zero_hopf" and len(frequencies):
        return zero_hopf_normal_form(velocity, state, float(frequencies[0]))
    if kind == "hopf_hopf":
        return hopf_hopf_normal_form(velocity, state, jnp.asarray(frequencies))
    return None
