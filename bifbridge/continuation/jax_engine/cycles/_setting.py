"""What is followed on a mesh of cycles, and the numbers that govern the steps."""

import abc
from typing import Any, NamedTuple

import equinox as eqx
import numpy as np

from bifbridge.continuation.jax_engine.cycles._arc import (
    AbstractChart,
    NewtonOptions,
    Step,
)
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.continuation.jax_engine.cycles._locate import Sample


class FollowOptions(NamedTuple):
    """Numbers that govern the steps, see `CycleEngine`; spans and scales of each parameter."""

    first: float
    min_step: float
    max_step: float
    max_angle: float
    spans: tuple[tuple[float, float], ...]
    scales: tuple[float, ...]
    max_norm: float
    max_period: float
    max_points: int
    state_scale: float | None
    adapt: float
    detect: bool
    newton: NewtonOptions


class AbstractSetting(eqx.Module):
    """What is followed: a branch of cycles, or a curve of their bifurcations."""

    @abc.abstractmethod
    def chart(self, mesh: Mesh, reference: CyclePoint, options: FollowOptions) -> AbstractChart:
        """The equations near a point."""

    @abc.abstractmethod
    def observe(self, chart: AbstractChart, sample: Sample) -> Any:
        """What is to be known of a point beside its multipliers."""

    @abc.abstractmethod
    def locate(self, step: Step, before: Any, after: Any) -> list[Any]:
        """The special points within a step."""

    @abc.abstractmethod
    def following(self, observed: Any) -> "AbstractSetting":
        """The setting for the next step."""

    @abc.abstractmethod
    def moved(self, point: CyclePoint, times: np.ndarray, new: np.ndarray) -> "AbstractSetting":
        """The setting on another mesh."""
