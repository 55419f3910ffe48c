"""What is known at a point of a curve of cycle bifurcations, and the functions that vanish."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from bifbridge._compile import quick_jit
from bifbridge.continuation.jax_engine.cycle_curves._correct import CurveFields, critical_at
from bifbridge.continuation.jax_engine.cycle_curves._critical import (
    Borders,
    Critical,
    CycleCurveKind,
    end_factor,
)
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Mesh,
    at_points,
    expand,
    residual,
)
from bifbridge.continuation.jax_engine.cycles._locate import Sample, determinant
from bifbridge.continuation.jax_engine.cycles._normal_form import (
    neimark_sacker_coefficient,
    period_doubling_coefficient,
)


class Observed(NamedTuple):
    """Observations at one point.

    Attributes:
        critical: the solution of the bordered problem.
        tests: in the order of the kind's in `SOLUTIONS`.
        rest: multipliers without the critical ones, by falling modulus.
    """

    critical: Critical
    tests: np.ndarray
    rest: np.ndarray

    @property
    def count(self) -> int:
        """Number of unstable multipliers beside the critical ones."""
        return int(np.sum(np.abs(self.rest) > 1))

    @property
    def plus(self) -> float:
        """Zero where a further multiplier is 1."""
        return determinant(self.rest, -1.0)

    @property
    def minus(self) -> float:
        """Zero where a further multiplier is −1."""
        return determinant(self.rest, 1.0)


def observe(family: CurveFields, mesh: Mesh, borders: Borders, sample: Sample) -> Observed:
    """Observe a point of a curve."""
    point, kind = sample.point, borders.kind
    critical = critical_at(family, mesh, point, borders)
    if kind == "neimark_sacker":
        cosine = float(point.scalars[-1])
        tests = [cosine, _torus_coefficient(family, mesh, point, cosine)]
    else:
        quadratic, product = _jordan_tests(family, mesh, point, kind, critical)
        tests = [float(quadratic), float(product)]
        if kind == "period_doubling":
            coefficient, _ = period_doubling_coefficient(family, mesh, point)
            tests = [float(product), float(coefficient)]
    critical = jax.tree_util.tree_map(np.asarray, critical)
    rest = _without_critical(kind, point, sample.cycle.multipliers)
    return Observed(critical, np.array(tests), rest)


def critical_multipliers(kind: CycleCurveKind, cosine: float = 0.0) -> tuple[complex, ...]:
    """The multipliers that a curve keeps."""
    if kind != "neimark_sacker":
        return (1.0,) if kind == "cycle_fold" else (-1.0,)
    root = np.sqrt(complex(cosine**2 - 1))
    return cosine + root, cosine - root


def _torus_coefficient(family: Any, mesh: Mesh, point: CyclePoint, cosine: float) -> float:
    # Neutral saddles have none, and at the strong resonances it has poles.
    if not -1 < cosine < 1:
        return float("nan")
    angle = jnp.asarray(float(np.arccos(cosine)))
    coefficient, _ = neimark_sacker_coefficient(family, mesh, point, angle)
    return float(coefficient.real)


@quick_jit
def _jordan_tests(
    family: CurveFields, mesh: Mesh, point: CyclePoint, kind: CycleCurveKind, at: Critical
) -> tuple[Array, Array]:
    # ½Ψᵀ of the second derivative along V, and Ψᵀ hV, zero where V begins a longer Jordan chain.
    right, left = at.right[0], at.left[0]
    direction = CyclePoint(right, jnp.zeros(point.scalars.size).at[0].set(at.speeds[0, 0]))

    def along(moving: CyclePoint) -> Array:
        return jax.jvp(lambda y: residual(family, mesh, y), (moving,), (direction,))[1]

    second = jax.jvp(along, (point,), (direction,))[1].reshape(left.shape)
    values = at_points(mesh, expand(right, end_factor(kind, point)))
    weighted = (mesh.widths[:, None, None] * values).reshape(left.shape)
    size, unit = jnp.linalg.norm(left), jnp.sqrt(jnp.sum(mesh.node_weights[..., None] * right**2))
    quadratic = -0.5 * jnp.sum(left * second) / (size * unit**2)
    return quadratic, jnp.sum(left * weighted) / (size * unit)


def _without_critical(kind: CycleCurveKind, point: CyclePoint, found: np.ndarray) -> np.ndarray:
    rest = found
    for value in critical_multipliers(kind, float(point.scalars[-1])):
        rest = np.delete(rest, np.argmin(np.abs(rest - value)))
    return rest
