"""Which quantity was the first to leave the finite numbers, in the order of cause and effect."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector
from bifbridge._short_repr import short_repr


class AbstractTrajectoryLoss(eqx.Module):
    """What a loss offers so that a divergence can name a leaf, a trial and a time."""

    @abc.abstractmethod
    def leaves(self) -> dict[str, slice]:
        """Name of each leaf and where it lies in θ."""

    @abc.abstractmethod
    def saved_states(self, theta: ParameterVector) -> Float[Array, "N T n"]:
        """States of all trials at the saved times."""

    @property
    @abc.abstractmethod
    def saved_times(self) -> Float[Array, " T"]:
        """The saved times."""

    __repr__ = short_repr


def first_blow_up(loss: Callable[[Any], Any], theta: ParameterVector) -> str:
    """Look at parameters, states, loss and gradient, and name the first that is not finite."""
    inner = _trajectory_loss(loss)
    leaves = {"θ": slice(None)} if inner is None else inner.leaves()
    if not np.all(np.isfinite(theta)):
        return f"the parameter {_entry(np.asarray(theta), leaves)}"
    if inner is not None:
        place = _first_state(inner, theta)
        if place is not None:
            return place
    value, gradient = jax.jit(jax.value_and_grad(loss))(theta)
    if not np.isfinite(value):
        return "the loss (the states at the saved times are finite)" if inner else "the loss"
    if not np.all(np.isfinite(gradient)):
        return f"the gradient in {_entry(np.asarray(gradient), leaves)}"
    return f"the loss, which is finite but {float(value):.4g}"


def _trajectory_loss(loss: Any) -> AbstractTrajectoryLoss | None:
    found = getattr(loss, "outputs", loss)  # of a `GaussNewton`
    return found if isinstance(found, AbstractTrajectoryLoss) else None


def _first_state(loss: AbstractTrajectoryLoss, theta: ParameterVector) -> str | None:
    """The earliest time at which a state is not finite, and where."""
    states = np.asarray(eqx.filter_jit(loss.saved_states)(theta))
    bad = ~np.isfinite(states)
    if not bad.any():
        return None
    time = int(np.argmax(bad.any(axis=(0, 2))))
    trial, unit = np.argwhere(bad[:, time])[0]
    when = float(np.asarray(loss.saved_times)[time])
    return f"the state of trial {trial}, unit {unit}, at t = {when:.4g}"


def _entry(vector: np.ndarray, leaves: dict[str, slice]) -> str:
    for name, where in leaves.items():
        bad = ~np.isfinite(vector[where])
        if bad.any():
            return f"{name}, entry {int(np.argmax(bad))} ({int(bad.sum())} of {bad.size} bad)"
    return "θ"
