"""Newton's method for cycles at a bifurcation: collocation, phase, test functions, closing row."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
from jaxtyping import Array, Int

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar
from bifbridge.continuation.jax_engine.cycle_curves._critical import (
    Borders,
    Critical,
    combined,
    functions_of,
    slopes_of_values,
    solve_critical,
)
from bifbridge.continuation.jax_engine.cycles._arc import AbstractChart, NewtonOptions
from bifbridge.continuation.jax_engine.cycles._condense import solve_bordered, transfer_matrices
from bifbridge.continuation.jax_engine.cycles._correct import (
    Closing,
    Corrected,
    HostScalar,
    NewtonStep,
    dot,
    iterate,
)
from bifbridge.continuation.jax_engine.cycles._discretise import (
    CyclePoint,
    Linearised,
    Mesh,
    linearise,
    phase_row,
)
from bifbridge.continuation.jax_engine.two_parameter import AbstractTwoParameterFamily


class CurveFields(eqx.Module):
    """A two-parameter family as cycles' equations see it: further unknown scalars do not matter.

    Attributes:
        family: the family.
    """

    family: AbstractTwoParameterFamily

    def velocity(self, p: Scalar | float, q: Scalar | float, *others: Scalar | float) -> Any:
        """The field at the first two numbers."""
        del others
        return self.family.velocity(p, q)


@eqx.filter_jit
def correct_curve(
    family: CurveFields,
    mesh: Mesh,
    guess: CyclePoint,
    closing: Closing,
    borders: Borders,
    along: CyclePoint,
    tolerance: HostScalar,
    max_iterations: Int[Any, ""],
) -> Corrected:
    """Newton's method for the minimally augmented system, closed by one functional."""
    phase = phase_row(mesh, closing.reference)

    def step(point: CyclePoint) -> NewtonStep:
        linear = linearise(family, mesh, point)
        critical = solve_critical(linear, phase, point, borders)
        every = slopes_of_values(family, mesh, point, borders.kind, critical)
        slopes = jtu.tree_map(
            lambda rows: jnp.einsum("rab,ab...->r...", borders.weights, rows), every
        )
        tests = combined(borders, critical.values)
        ahead, tangent = _solve(linear, point, closing, phase, tests, slopes)
        return NewtonStep(ahead, tangent, transfer_matrices(linear.local, point.states.shape[-1]))

    return iterate(family, step, guess, closing.weights, along, tolerance, max_iterations)


@quick_jit
def critical_at(family: CurveFields, mesh: Mesh, point: CyclePoint, borders: Borders) -> Critical:
    """The bordered problem at a point."""
    linear = linearise(family, mesh, point)
    return solve_critical(linear, phase_row(mesh, point.states), point, borders)


_slopes = quick_jit(slopes_of_values)


def independent(
    family: CurveFields, mesh: Mesh, point: CyclePoint, borders: Borders, weights: CyclePoint
) -> Borders:
    """The borders with the combinations of G's entries that vary most, and so are independent."""
    k = functions_of(borders.kind)
    if k == 1:
        return borders
    slopes = _slopes(family, mesh, point, borders.kind, critical_at(family, mesh, point, borders))
    states = np.asarray(slopes.states) / np.sqrt(weights.states)
    scalars = np.asarray(slopes.scalars) / np.sqrt(weights.scalars)
    rows = np.concatenate([part.reshape(k * k, -1) for part in (states, scalars)], 1)
    left = np.linalg.svd(rows, full_matrices=False)[0]
    return Borders(borders.kind, borders.rows, borders.columns, left[:, :k].T.reshape(k, k, k))


class CurveChart(AbstractChart):
    """The chart of a curve of bifurcations.

    Attributes:
        family: the fields.
        mesh: the mesh.
        reference: fixes the phase.
        weights: of the arclength norm.
        newton: options of Newton's method.
        borders: of the test functions.
    """

    family: CurveFields
    mesh: Mesh
    reference: CyclePoint
    weights: CyclePoint
    newton: NewtonOptions
    borders: Borders

    def solve(
        self, guess: CyclePoint, row: CyclePoint, target: HostScalar | float, along: CyclePoint
    ) -> Corrected:
        """Newton's method closed by one functional, see `AbstractChart.solve`."""
        closing = Closing(self.reference.states, row, np.asarray(target, float), self.weights)
        newton = self.newton
        found = correct_curve(
            self.family, self.mesh, guess, closing, self.borders, along,
            newton.tolerance, newton.max_iterations,
        )  # fmt: skip
        return jtu.tree_map(np.asarray, found)


def generic_borders(kind: Any, shape: tuple[int, ...]) -> Borders:
    """Borders that know nothing yet: any generic ones give the null vectors at a bifurcation."""
    intervals, degree, n = shape
    k = functions_of(kind)
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(k, intervals, degree, k * n))
    columns = generator.normal(size=(intervals, degree * k * n, k))
    return Borders(kind, rows, columns, np.eye(k * k)[:k].reshape(k, k, k))


def _solve(
    linear: Linearised,
    point: CyclePoint,
    closing: Closing,
    phase: Array,
    tests: Array,
    slopes: CyclePoint,
) -> tuple[CyclePoint, CyclePoint]:
    # Newton's step and the kernel of the unclosed system, from one factorisation.
    off_phase = jnp.sum(phase * (point.states - closing.reference))
    off_target = dot(closing.row, point) - closing.target
    zero = jnp.zeros((1, point.scalars.size))
    off = jnp.concatenate([jnp.stack([off_phase]), tests, jnp.stack([off_target])])
    solution = solve_bordered(
        linear.local,
        linear.columns,
        jnp.stack([linear.residual, jnp.zeros_like(linear.residual)], -1),
        jnp.concatenate([phase[None], slopes.states, closing.row.states[None]]),
        jnp.concatenate([zero, slopes.scalars, closing.row.scalars[None]]),
        jnp.stack([off, jnp.zeros_like(off).at[-1].set(1.0)], 1),
    )
    ahead, tangent = (CyclePoint(solution.states[..., j], solution.scalars[:, j]) for j in (0, 1))
    return ahead, tangent
