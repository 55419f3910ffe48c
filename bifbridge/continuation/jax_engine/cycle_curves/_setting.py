"""A curve of cycle bifurcations as something that can be followed."""

from typing import Any

import numpy as np

from bifbridge.continuation.curves._basis import basis
from bifbridge.continuation.curves._mesh import expanded, moved
from bifbridge.continuation.jax_engine.cycle_curves._correct import CurveChart, CurveFields
from bifbridge.continuation.jax_engine.cycle_curves._critical import (
    Borders,
    end_factor,
    renewed,
)
from bifbridge.continuation.jax_engine.cycle_curves._locate import CurveEvent, locate
from bifbridge.continuation.jax_engine.cycle_curves._observe import Observed, observe
from bifbridge.continuation.jax_engine.cycles._arc import AbstractChart, Step, chart_weights
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._locate import Sample
from bifbridge.continuation.jax_engine.cycles._setting import AbstractSetting, FollowOptions


class CurveSetting(AbstractSetting):
    """A curve of cycle bifurcations in two parameters.

    Attributes:
        family: the fields.
        borders: of the test functions, for the next step.
    """

    family: CurveFields
    borders: Borders

    def chart(self, mesh: Mesh, reference: CyclePoint, options: FollowOptions) -> CurveChart:
        """The equations near a point, see `AbstractSetting.chart`."""
        # The cosine of a Neimark–Sacker angle, the last scalar, counts as it is.
        scales = (*options.scales, 1.0)[: reference.scalars.size - 1]
        weights = chart_weights(mesh, reference, scales, options.state_scale)
        return CurveChart(
            family=self.family,
            mesh=mesh,
            reference=reference,
            weights=weights,
            newton=options.newton,
            borders=self.borders,
        )

    def observe(self, chart: AbstractChart, sample: Sample) -> Observed:
        """Test functions and further multipliers, see `AbstractSetting.observe`."""
        return observe(self.family, chart.mesh, self.borders, sample)

    def locate(self, step: Step, before: Any, after: Any) -> list[CurveEvent]:
        """Points of codimension two within a step, see `AbstractSetting.locate`."""

        def at(sample: Sample) -> Observed:
            return self.observe(step.chart, sample)

        return locate(step, self.borders.kind, before, after, at)

    def following(self, observed: Observed) -> "CurveSetting":
        """Borders that follow the null vectors, see `AbstractSetting.following`."""
        return CurveSetting(self.family, renewed(self.borders, observed.critical))

    def moved(self, point: CyclePoint, times: np.ndarray, new: np.ndarray) -> "CurveSetting":
        """Borders on another mesh, see `AbstractSetting.moved`."""
        borders, degree = self.borders, point.states.shape[1]
        factor = np.asarray(end_factor(borders.kind, point))
        rows = [
            moved(times, expanded(np.asarray(row), factor), new)[:, :-1] for row in borders.rows
        ]
        columns = _resampled(times, np.asarray(borders.columns), new, degree)
        kept = Borders(borders.kind, np.stack(rows), columns, borders.weights)
        return CurveSetting(self.family, kept)


def _resampled(times: np.ndarray, columns: np.ndarray, new: np.ndarray, degree: int) -> np.ndarray:
    # Left null vectors carry the quadrature's weights; without them they are functions of time.
    space = basis(degree)
    at, onto = ((t[:-1, None] + np.diff(t)[:, None] * space.points).ravel() for t in (times, new))
    count, size, k = columns.shape
    values = columns.reshape(count, degree, -1) / space.weights[:, None]
    flat = values.reshape(count * degree, -1)
    found = np.stack([np.interp(onto, at, value) for value in flat.T], -1)
    weighted = found.reshape(count, degree, -1) * space.weights[:, None]
    return weighted.reshape(count, size, k)
