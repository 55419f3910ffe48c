"""One step along a branch of cycles: Newton's method on a hyperplane, as a host-side object."""

import abc
from collections.abc import Sequence

import equinox as eqx
import jax.tree_util as jtu
import numpy as np
from jaxtyping import Int

from bifbridge.continuation._families import AbstractFamily
from bifbridge.continuation.curves import Cycle, Status
from bifbridge.continuation.curves._mesh import expanded
from bifbridge.continuation.jax_engine.cycles._correct import (
    Closing,
    Corrected,
    HostScalar,
    arclength_weights,
    combine,
    correct,
    dot,
    weigh,
)
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._floquet import multipliers
from bifbridge.continuation.jax_engine.cycles._locate import AbstractArc, Sample


class NewtonOptions(eqx.Module):
    """Numbers that govern Newton's method; arrays, so that changing them does not recompile.

    Attributes:
        tolerance: relative length of the last step but one.
        max_iterations: limit on steps.
    """

    tolerance: HostScalar
    max_iterations: Int[np.ndarray, ""]


class AbstractChart(eqx.Module):
    """What stays the same while one step is taken: equations, mesh, norm."""

    mesh: eqx.AbstractVar[Mesh]
    weights: eqx.AbstractVar[CyclePoint]

    @abc.abstractmethod
    def solve(
        self, guess: CyclePoint, row: CyclePoint, target: HostScalar | float, along: CyclePoint
    ) -> Corrected:
        """Newton's method closed by one functional."""

    def sample(self, found: Corrected, s: float = 0.0) -> Sample:
        """A corrected point as a sample."""
        return Sample(s, found.point, found.tangent, self.cycle(found), int(found.iterations))

    def cycle(self, found: Corrected) -> Cycle:
        """A corrected point as a result."""
        period, parameter = found.point.scalars[:2]
        return Cycle(
            float(parameter),
            float(period),
            np.asarray(self.mesh.times),
            expanded(np.asarray(found.point.states)),
            multipliers(found.monodromy),
            float(found.monodromy.trivial),
        )


class Chart(AbstractChart):
    """The chart of a branch: collocation and phase.

    Attributes:
        family: the family of fields.
        mesh: the mesh.
        reference: fixes the phase.
        weights: of the arclength norm.
        newton: options of Newton's method.
    """

    family: AbstractFamily
    mesh: Mesh
    reference: CyclePoint
    weights: CyclePoint
    newton: NewtonOptions

    def solve(
        self, guess: CyclePoint, row: CyclePoint, target: HostScalar | float, along: CyclePoint
    ) -> Corrected:
        """Newton's method closed by one functional, see `AbstractChart.solve`."""
        closing = Closing(self.reference.states, row, np.asarray(target, float), self.weights)
        newton = self.newton
        found = correct(
            self.family, self.mesh, guess, closing, along, newton.tolerance, newton.max_iterations
        )
        return jtu.tree_map(np.asarray, found)


def make_chart(
    family: AbstractFamily,
    mesh: Mesh,
    reference: CyclePoint,
    parameter_scale: float,
    state_scale: float | None,
    newton: NewtonOptions,
) -> Chart:
    """The chart at a point of a branch."""
    weights = chart_weights(mesh, reference, (parameter_scale,), state_scale)
    return Chart(family=family, mesh=mesh, reference=reference, weights=weights, newton=newton)


def chart_weights(
    mesh: Mesh, reference: CyclePoint, scales: Sequence[float], state_scale: float | None
) -> CyclePoint:
    """Weights of the arclength norm near a point."""
    size = reference.states.shape[-1]
    if state_scale is None:
        nodes, weights = reference.states, mesh.node_weights
        mean = np.einsum("im,imn->n", weights, nodes)
        state_scale = max(1.0, np.sqrt(np.einsum("im,imn->", weights, (nodes - mean) ** 2) / size))
    return arclength_weights(mesh, size, float(reference.scalars[0]), scales, state_scale)


def scalar_row(like: CyclePoint, which: int = 1) -> CyclePoint:
    """The functional that returns one of the scalars."""
    return CyclePoint(np.zeros(like.states.shape), np.eye(like.scalars.size)[which])


class Step(AbstractArc):
    """The arc between two points of a branch, parametrised by the first one's tangent.

    Attributes:
        chart: the chart of the step.
        start: its first point.
        end: its last point.
    """

    chart: AbstractChart
    start: Sample
    end: Sample

    def sample(self, s: float) -> Sample | None:
        """The branch's point at a distance within the step."""
        row = weigh(self.chart.weights, self.start.tangent)
        guess = self._between(row, s)
        target = dot(row, self.start.point) + s
        found = self.chart.solve(guess, row, target, self.start.tangent)
        if int(found.status) != Status.RUNNING:
            return None
        sample = self.chart.sample(found, s)
        return sample if np.all(np.isfinite(sample.cycle.multipliers)) else None

    def _between(self, row: CyclePoint, s: float) -> CyclePoint:
        # The cubic through both points with their tangents: close enough to tell two branches
        # apart near the point where they cross.
        length = self.end.s
        x = s / length
        end_speed = float(dot(row, self.end.tangent))
        weights = (
            (self.start.point, 1 - x**2 * (3 - 2 * x)),
            (self.end.point, x**2 * (3 - 2 * x)),
            (self.start.tangent, length * x * (1 - x) ** 2 / float(dot(row, self.start.tangent))),
            (self.end.tangent, -length * x**2 * (1 - x) / end_speed),
        )
        guess = jtu.tree_map(np.zeros_like, self.start.point)
        for part, weight in weights:
            guess = combine(guess, part, weight)
        return guess
