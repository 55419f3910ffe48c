"""Learning: the collapse of a trained network meets its first bifurcation, as predicted."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np

import bifbridge as bb
from bifbridge.fields import flatten_parameters
from bifbridge.landscape import predict_kernel
from bifbridge.sntk import trial_time_shares
from claims._claim import Claim, Measured, Quantity, at_least, at_most, within
from claims._numbers import kernel_numbers
from claims._runs import Analysed, Run, analysed_run


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Numbers of one run."""
    analysed = analysed_run(folder / f"seed-{seed}", seed)
    run, summary = analysed.run, analysed.summary
    crossing = run.crossings[0]
    steps, ranks = analysed.ranks()
    traces = analysed.kernel["trace"].values
    before = steps <= crossing - 60
    numbers = kernel_numbers(run.pair_at(crossing))
    prediction = summary["prediction"]
    at = int(np.argmin(np.abs(steps - crossing)))
    low = int(np.argmax(ranks <= 2))
    return {
        "steps": list(steps - crossing),
        "ranks": list(ranks),
        "start": ranks[0],
        "before": float(ranks[before].min()) if before.any() else None,
        "at": ranks[at],
        "fall": summary["effective_rank"]["fall"],
        "first_below_two": float(steps[low] - crossing) if (ranks <= 2).any() else None,
        "amplified": float(traces[at] / traces[0]),
        "cosine": prediction["parameter_direction_cosine"],
        "error": numbers["error"],
        "restricted": prediction["restricted_kernel_error"],
        "critical": prediction["critical_restricted_kernel_error"],
        "top_ratio": prediction["top_eigenvalue_ratio"],
        "landscape": prediction["loss_landscape_relative_error"],
        "onset": summary["loss_drops"][0]["offset"],
        "fall_of_loss": summary["loss_drops"][0]["factor"],
        **_later_minimum(analysed, crossing),
        **_along_gradient(run, crossing),
    }


def _later_minimum(analysed: Analysed, crossing: float) -> dict[str, float | None]:
    """The lowest rank within 60 steps after the crossing, and what carries it."""
    run = analysed.run
    steps, ranks = analysed.ranks()
    after = np.flatnonzero((steps > crossing + 1) & (steps <= crossing + 61))
    if after.size == 0:
        return {"later_rank": None}
    step = float(steps[after[np.argmin(ranks[after])]])
    kernel = run.kernel_at(step)
    spectrum = bb.spectrum(kernel)
    gradient = run.form_at(crossing).unfolding_gradient
    assert gradient is not None
    cosine = jnp.abs(gradient @ spectrum.top_right_singular_vector) / jnp.linalg.norm(gradient)
    shares = np.asarray(trial_time_shares(kernel)).sum(1)
    return {
        "later_rank": spectrum.participation_ratio,
        "later_step": step - crossing,
        "later_cosine": float(cosine),
        "later_trial": float(shares.max() / shares.sum()),
        "later_amplified": float(spectrum.trace / analysed.kernel["trace"].values[0]),
    }


def _along_gradient(run: Run, crossing: float) -> dict[str, float]:
    """Correlation of log ∫g² predicted and measured on the line through the crossing."""
    form, names = run.form_at(crossing), run.experiment.names
    theta, rebuild = flatten_parameters(run.path.field(crossing), names)
    gradient = form.unfolding_gradient
    assert gradient is not None
    line = gradient / (gradient @ gradient)
    logs = []
    for mu in np.linspace(-0.19, 0.19, 11):
        sensitivity = run.experiment.sensitivity(rebuild(theta + mu * line))
        moved = (sensitivity.push(line) @ form.left)[..., None]
        states, times = run.experiment.task.initial_states, sensitivity.times
        predicted = predict_kernel(form, states, times, sensitivity.weights, mu)
        g = predicted.coordinate_factors[0]
        logs.append([float(jnp.log(sensitivity.inner(x, x))) for x in (g, moved)])
    predicted_logs, measured_logs = np.array(logs).T
    return {
        "line_correlation": float(np.corrcoef(predicted_logs, measured_logs)[0, 1]),
        "line_log_ratio": float(np.median(np.abs(predicted_logs - measured_logs))),
    }


CLAIM = Claim(
    name="student_teacher",
    title="Collapse coincides with the first bifurcation: student and teacher",
    statement=(
        "The run of docs/student-teacher.md: 16 units, 32 trials, T = 35, three read-outs, teacher "
        "eigenvalues 1.5, 1.3 and 0.5. The effective rank is measured every 100 steps, and every "
        "three steps within 60 of the crossing, which is located on the training path itself. "
        "“Later minimum” is the lowest rank within 60 steps after the crossing."
    ),
    quantities=(
        Quantity("start", "effective rank at the start", at_least(30), "140.9 in earlier runs"),
        Quantity("before", "lowest effective rank up to 60 steps before", at_least(10)),
        Quantity("at", "effective rank at the crossing", at_most(2), "1.78 in earlier runs"),
        Quantity("fall", "fall of the rank within 50 steps, factor", at_least(10)),
        Quantity(
            "first_below_two", "step of the first rank ≤ 2, from the crossing", within(0, 50), "0"
        ),
        Quantity("amplified", "trace at the crossing over the first one", at_least(3), "×35"),
        Quantity(
            "cosine", "cosine of ∇θμ and top direction", at_least(0.99), "0.9965 in earlier runs"
        ),
        Quantity("error", "error of the predicted kernel", at_most(0.15), "0.134 in earlier runs"),
        Quantity("restricted", "error in ∇θμ alone", at_most(0.15), "0.126 in earlier runs"),
        Quantity("critical", "error of the kernel of wᵀz along ∇θμ", at_most(0.15)),
        Quantity("top_ratio", "top eigenvalue predicted/measured", within(1, 0.15), "1"),
        Quantity("landscape", "error of the loss along ∇θμ, |μ| ≤ 0.1", at_most(0.02)),
        Quantity("onset", "onset of the fall of the loss, steps from crossing", within(0, 50), "0"),
        Quantity(
            "line_correlation",
            "correlation of log ∫g² along ∇θμ, |μ| < 0.2",
            at_least(0.998),
            "0.998–0.999 in earlier runs",
        ),
        Quantity(
            "line_log_ratio",
            "median |log ratio| of ∫g² on that line",
            at_most(0.07),
            "0.03–0.07 in earlier runs",
        ),
        Quantity("later_rank", "effective rank at the later minimum", at_most(2), "1.08"),
        Quantity("later_step", "its steps after the crossing", None, "20 in earlier runs"),
        Quantity("later_amplified", "its trace over the first one", None, "×3000 in earlier runs"),
        Quantity(
            "later_cosine",
            "its cosine with ∇θμ: another direction rules it",
            at_most(0.9),
            "0.015 in earlier runs",
        ),
        Quantity("later_trial", "largest share of one of the 32 trials in its trace"),
    ),
    measure=measure,
)
