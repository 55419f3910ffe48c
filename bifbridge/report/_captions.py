"""What there is to see in each figure of a run, in one or two sentences from its own data."""

import numpy as np

from bifbridge.plotting._distance import error_variables, expected_order
from bifbridge.plotting._groups import Group, by_step, values
from bifbridge.plotting._learning_diagram import predicted_arms
from bifbridge.report._criteria import SLOPE_TOLERANCE, rank_before
from bifbridge.report._run import at_step
from bifbridge.report._words import bifurcation, cosine, fixed, is_number, number, percent
from bifbridge.training import Run


def training(run: Run) -> str:
    """The whole training."""
    if not run.events:
        return f"From the first step to the last; no bifurcation was located.{_stays(run)}"
    names = ", ".join(f"{bifurcation(e)} at step {fixed(e.get('step'), 1)}" for e in run.events[:4])
    if len(run.events) > 4:
        names += f" and {len(run.events) - 4} more"
    rank = run.part("effective_rank")
    collapse = (
        " Where the leading eigenvalue crosses zero the effective rank, "
        f"{number(rank.get('initial'))} at the start, is {number(rank.get('at_bifurcation'))}."
        if run.group("kernel") is not None
        else ""
    )
    return (
        f"Dotted lines: {names}.{collapse} Each triangle is the onset of a fall of the loss, found "
        "from the loss alone and matched to a crossing."
    )


def window(run: Run) -> str:
    """The steps around the crossing."""
    rank = run.part("effective_rank")
    before = rank_before(run)
    fall = f" from {number(before)}" if before is not None else ""
    return (
        f"The same around the first crossing. The participation ratio falls{fall} to "
        f"{number(rank.get('at_bifurcation'))} at the crossing itself{_minimum(run)}"
    )


def diagram(run: Run) -> str:
    """The learning bifurcation diagram."""
    rings = ""
    steps = by_step(_need(run, "diagram"), "stable")[0]
    if predicted_arms(steps, run.group("events"), run.group("equilibrium"))[0].size:
        rings = (
            " Rings are the arms ±√(−λ/c₃) of the normal form, which knows only the eigenvalue λ "
            "and one coefficient; they should lie on the branches near the crossing."
        )
    return (
        "Equilibria of the student projected on the critical direction: stable ones solid, "
        f"unstable ones dashed, the loss beneath.{rings}"
    )


def kernel_spectrum(run: Run) -> str:
    """Kernel eigenvalues along training."""
    kernel, crossing = run.group("kernel"), run.crossing
    if kernel is None or crossing is None:
        return "Leading eigenvalues of the kernel and its trace along training."
    start = by_step(kernel, "trace")[1][0]
    growth = at_step(kernel, "trace", crossing["step"]) / start
    share = _first_share(kernel, crossing["step"])
    opening = "One eigenvalue separates from the rest as the crossing comes near: there"
    return (
        f"{opening if share > 0.5 else 'At the crossing'} the trace is {number(growth)} times that "
        f"of the start, and the first mode holds {percent(share)} of it."
    )


def scree(run: Run) -> str:
    """The spectrum at the start and at the crossing."""
    crossing = run.group("crossing")
    if crossing is None:
        return "The spectrum of the kernel at the start of training."
    first, second = values(crossing, "measured_eigenvalues")[:2]
    predicted = float(values(crossing, "predicted_eigenvalue"))
    side, gap = "above" if predicted >= first else "below", abs(predicted / first - 1)
    return (
        f"At the crossing the first eigenvalue is {number(first / second)} times the second. The "
        f"ring is the only eigenvalue that the normal form predicts, {percent(gap)} {side} "
        "the measured one."
    )


def profile(run: Run) -> str:
    """Temporal profiles."""
    crossing = _need(run, "crossing")
    measured = values(crossing, "measured_profile")
    error = np.linalg.norm(values(crossing, "predicted_profile") - measured)
    return (
        "How the critical coordinate of single trials answers to a unit step along ∇θμ: rings, "
        "from the scalar normal form and the trial’s initial amplitude a₀, lie on the measured "
        f"lines to {percent(error / np.linalg.norm(measured))} (root mean square over all trials)."
    )


def direction(run: Run) -> str:
    """The parameter direction."""
    return (
        "The unfolding gradient ∇θμ, from the equilibrium alone, beside the weight change to "
        "which the trajectories are most sensitive. Equal maps, and points on the diagonal, mean "
        "that the normal form knows the direction; their cosine is "
        f"{cosine(run.part('prediction').get('parameter_direction_cosine'))}."
    )


def landscape(run: Run) -> str:
    """The loss along the dominant direction."""
    group = _need(run, "landscape")
    predicted, measured = values(group, "predicted"), values(group, "measured")
    worst = np.max(np.abs(predicted / measured - 1))
    return (
        "The loss on the line through the crossing along ∇θμ. Rings are computed from the reduced "
        f"equation; the largest relative difference on this stretch is {percent(worst)}."
    )


def distance(run: Run) -> str:
    """Errors against the distance from the bifurcation."""
    variables = error_variables(_need(run, "distance"))
    steep = [float(v.attrs["slope"]) >= expected_order(v) - SLOPE_TOLERANCE for v in variables]
    return (
        "The same network placed at distance μ from its bifurcation, initial amplitudes scaled "
        'with <span class="number">√|μ|</span>. Errors of one colour should fall like the dotted '
        "line beneath them; "
        f"{sum(steep)} of {len(steep)} fall at least as fast as theory says, within "
        f"{SLOPE_TOLERANCE}."
    )


def _minimum(run: Run) -> str:
    """Whether the crossing is also where the effective rank is least."""
    rank, crossing = run.part("effective_rank"), run.crossing or {}
    lowest, step = rank.get("step_of_minimum"), crossing.get("step")
    if not (is_number(lowest) and is_number(step)):
        return "."
    if abs(lowest - step) <= 1:
        return ", which is also its minimum over the whole run."
    return (
        f". Its minimum over the whole run is {number(rank.get('minimum'))} at step "
        f"{fixed(lowest, 0)}, where trials that start near the separatrix between new attractors "
        "may narrow the kernel too: theory speaks of the crossing."
    )


def _stays(run: Run) -> str:
    """How near the equilibrium came to losing its stability, where it never did."""
    equilibrium = run.group("equilibrium")
    if equilibrium is None:
        return ""
    highest = float(values(equilibrium, "eigenvalues_real").max())
    return f" The leading eigenvalue comes no higher than {number(highest)}." if highest < 0 else ""


def _need(run: Run, name: str) -> Group:
    group = run.group(name)
    if group is None:
        raise KeyError(f"This caption needs the group {name!r}, and the run has none.")
    return group


def _first_share(kernel: Group, step: float) -> float:
    steps, eigenvalues, trace = by_step(kernel, "eigenvalues", "trace")
    return float(np.interp(step, steps, eigenvalues[:, 0] / trace))
