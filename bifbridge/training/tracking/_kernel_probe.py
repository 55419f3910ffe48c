"""The kernel of a field on fixed trials, measured and predicted."""

from typing import Any

import diffrax as dfx
import equinox as eqx

from bifbridge._custom_types import InitialStates
from bifbridge._memory import recompute_stages
from bifbridge._short_repr import short_repr
from bifbridge.landscape import Agreement, compare, predict_kernel
from bifbridge.normal_forms import NormalForm
from bifbridge.sntk import StateSpaceNTK, spectrum
from bifbridge.trajectories import Inputs, TimeGrid, linearise


class KernelProbe(eqx.Module):
    """Trials on which the state-space NTK is measured along a run.

    Attributes:
        initial_states: shape (N, n).
        grid: steps of the solves.
        names: the leaves in θ; None for all.
        inputs: u(t) of all trials, or None. Predictions hold where it is constant and the same
            as that of the equilibria.
        solver: a Diffrax solver, or None.

    Example:
        See [Use checkpoints of your own](../howto/own-checkpoints.md).
    """

    initial_states: InitialStates
    grid: TimeGrid
    names: tuple[str, ...] | None = eqx.field(static=True, default=None)
    inputs: Inputs | None = None
    solver: dfx.AbstractSolver | None = None

    def kernel(self, field: Any) -> StateSpaceNTK:
        """The kernel of a field, linearised within the memory that there is.

        Args:
            field: at some step of the run.

        Returns:
            The kernel of the states.
        """
        trials, states = self.initial_states.shape
        return StateSpaceNTK(
            linearise(
                field, self.initial_states, self.grid,
                names=self.names, inputs=self.inputs, solver=self.solver,
                checkpoint=recompute_stages(trials, states, self.grid.n_steps),
            )
        )  # fmt: skip

    def effective_rank(self, field: Any) -> float:
        """The participation ratio of the kernel of a field.

        Args:
            field: at some step of the run.

        Returns:
            At least 1.
        """
        return spectrum(self.kernel(field), k=1).participation_ratio

    def agreement(self, field: Any, form: NormalForm) -> Agreement:
        """The normal form's kernel against the measured one.

        Args:
            field: at the bifurcation.
            form: with ∇θμ over the same leaves.

        Returns:
            The agreement.
        """
        measured = self.kernel(field)
        predicted = predict_kernel(
            form, self.initial_states, measured.times, measured.sensitivity.weights
        )
        return compare(predicted, measured)

    __repr__ = short_repr
