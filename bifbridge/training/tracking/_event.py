"""One bifurcation of a run, with what drove it and what the kernel did."""

from typing import Any

import equinox as eqx
import numpy as np

from bifbridge.continuation import LearningEvent
from bifbridge.fields import flatten_parameters, parameter_slices
from bifbridge.landscape import Agreement
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from bifbridge.training.tracking._checkpoint_run import CheckpointRun
from bifbridge.training.tracking._kernel_probe import KernelProbe


class TrackedBifurcation(eqx.Module):
    """A bifurcation during training.

    Attributes:
        event: step, kind, state and normal form.
        condition: under which of the constant inputs; "" where there is one only.
        unfolding_rate: ∇θμ·dθ/dstep, how fast training moved the unfolding parameter, per step;
            NaN without a normal form.
        drivers: share of each leaf in that rate, of sum 1; negative where a leaf held it back.
        rank_before: participation ratio of the kernel some steps before; NaN without a probe.
        rank_at: the same at the bifurcation.
        rank_after: the same some steps after.
        window: how many steps "before" and "after" lie away.
        agreement: predicted against measured kernel at the bifurcation, or None.

    Example:
        See [Use checkpoints of your own](../howto/own-checkpoints.md): `track_bifurcations`.
    """

    event: LearningEvent
    condition: str
    unfolding_rate: float
    drivers: dict[str, float]
    rank_before: float
    rank_at: float
    rank_after: float
    window: float
    agreement: Agreement | None

    @property
    def step(self) -> float:
        """Training step, with its fraction."""
        return self.event.step

    @property
    def kind(self) -> str:
        """The kind of bifurcation."""
        return self.event.kind

    def as_dict(self) -> dict[str, Any]:
        """One row of a table.

        Returns:
            Plain values by name, NaN where one does not apply.
        """
        form, nan = self.event.normal_form, float("nan")
        scalar = form if isinstance(form, ScalarNormalForm) else None
        hopf = form if isinstance(form, HopfNormalForm) else None
        return {
            "step": self.step,
            "kind": self.kind,
            "criticality": (form.criticality if form is not None else None) or "",
            "equilibrium": self.event.equilibrium,
            "condition": self.condition,
            "converged": bool(self.event.point.converged),
            "quadratic": nan if scalar is None else float(scalar.quadratic),
            "cubic": nan if scalar is None else float(scalar.cubic),
            "cubic_real": nan if hopf is None else float(hopf.cubic.real),
            "cubic_imaginary": nan if hopf is None else float(hopf.cubic.imag),
            "frequency": nan if hopf is None else float(hopf.frequency),
            "unfolding_rate": self.unfolding_rate,
            "driver": max(self.drivers, key=lambda k: self.drivers[k]) if self.drivers else "",
            "rank_before": self.rank_before,
            "rank_at": self.rank_at,
            "rank_after": self.rank_after,
            "operator_cosine": nan if self.agreement is None else self.agreement.operator_cosine,
            "eigenvalue_ratio": (
                nan if self.agreement is None else self.agreement.top_eigenvalue_ratio
            ),
        }

    def __repr__(self) -> str:
        parts = [repr(self.event)]
        if self.drivers:
            shares = ", ".join(f"{name} {share:.0%}" for name, share in self.drivers.items())
            parts.append(f"    driven at {self.unfolding_rate:.3g} per step by {shares}")
        if np.isfinite(self.rank_at):
            parts.append(
                f"    participation ratio {self.rank_before:.3g} → {self.rank_at:.3g} → "
                f"{self.rank_after:.3g}"
            )
        if self.agreement is not None:
            parts.append(f"    predicted kernel: cosine {self.agreement.operator_cosine:.4f}")
        return "\n".join(parts)


def examine(
    event: LearningEvent,
    run: CheckpointRun,
    *,
    condition: str,
    names: tuple[str, ...] | None,
    probe: KernelProbe | None,
    window: float,
) -> TrackedBifurcation:
    """What drove an event, and what the kernel did around it."""
    rate, drivers = _drivers(event, run, names)
    before = at = after = float("nan")
    agreement = None
    if probe is not None:
        first, last = run.steps[0], run.steps[-1]
        places = np.clip([event.step - window, event.step, event.step + window], first, last)
        before, at, after = (probe.effective_rank(run.field(float(step))) for step in places)
        form = event.normal_form
        if form is not None and form.unfolding_gradient is not None:
            agreement = probe.agreement(run.field(event.step), form)
    return TrackedBifurcation(event, condition, rate, drivers, before, at, after, window, agreement)


def _drivers(
    event: LearningEvent, run: CheckpointRun, names: tuple[str, ...] | None
) -> tuple[float, dict[str, float]]:
    form = event.normal_form
    if form is None or form.unfolding_gradient is None:
        return float("nan"), {}
    k = min(event.segment, len(run) - 2)
    start, end = run.load(k), run.load(k + 1)
    moved = np.asarray(flatten_parameters(end, names)[0] - flatten_parameters(start, names)[0])
    parts = np.asarray(form.unfolding_gradient) * moved / (run.steps[k + 1] - run.steps[k])
    total = float(parts.sum())
    if total == 0:
        return 0.0, {}
    slices = parameter_slices(start, names)
    return total, {name: float(parts[where].sum() / total) for name, where in slices.items()}
