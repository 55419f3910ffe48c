"""The story of a run in words: what was trained, what happened, how well it was predicted."""

import itertools
from collections.abc import Mapping
from typing import Any

from bifbridge.report._criteria import Finding, findings
from bifbridge.report._words import (
    article,
    bifurcation,
    cosine,
    escape,
    fixed,
    is_number,
    number,
    percent,
)
from bifbridge.training import Run

#: Crossings closer than this, in steps, belong together.
TO_AND_FRO = 50.0


def headline(run: Run) -> str:
    """The main finding as a heading."""
    if run.crossing is None:
        return "A student network that met no bifurcation"
    return f"A student network learns through {article(bifurcation(run.crossing))}"


def lead(run: Run) -> list[str]:
    """The main finding in short paragraphs."""
    if run.crossing is None:
        return [_without_crossing(run)]
    return [_crossing(run.crossing, run.part("effective_rank")), _verdict(run)]


def what_was_trained(run: Run) -> list[str]:
    """Teacher, student and training."""
    config, loss = run.config, run.part("loss")

    def setting(name: str) -> str:
        return escape(config.get(name, "?"))

    eigenvalues = config.get("teacher_eigenvalues")
    teacher = ""
    if isinstance(eigenvalues, list | tuple) and eigenvalues:
        listed = ", ".join(escape(x) for x in eigenvalues)
        teacher = f" The teacher’s weights have the leading eigenvalues {listed}, one per read-out."
    momentum = f", momentum {setting('momentum')}" if config.get("momentum") else ""
    trained = config.get("trainable")
    leaves = ", ".join(map(str, trained)) if isinstance(trained, list | tuple) else "its weights"
    return [
        f"A continuous-time recurrent network of {setting('units')} units, dz/dt = (−z + W φ(z) + "
        f"b)/τ with φ = {setting('nonlinearity')}, the student, learned to reproduce the read-outs "
        f"of a teacher of the same size on {setting('trials')} trials of length "
        f"{setting('horizon')} (in units of the time constant τ) from shared random initial "
        f"states.{teacher}",
        f"Trained: <code>{escape(leaves)}</code>, for {setting('steps')} steps of "
        f"<code>{setting('optimizer')}</code> with learning rate "
        f"{setting('learning_rate')}{momentum} and seed {setting('seed')}. The loss, half the "
        "squared error of the read-outs per trial and unit of time, went from "
        f"{number(loss.get('initial'))} to {number(loss.get('final'))}.{_seconds(run)}",
    ]


def bifurcation_heading(run: Run) -> str:
    """The heading above what happened."""
    return "It met no bifurcation" if run.crossing is None else "When it bifurcated, and into what"


def when_it_bifurcated(run: Run) -> list[str]:
    """The crossing and its normal form."""
    crossing = run.crossing
    if crossing is None:
        return [
            "The equilibrium was followed from checkpoint to checkpoint by continuation along the "
            "straight path between them, and no bifurcation was located on the way."
        ]
    form = crossing.get("normal_form") or {}
    located = (
        "and converged" if crossing.get("converged") else "but did <strong>not</strong> converge"
    )
    return [
        "The equilibrium was followed from checkpoint to checkpoint by continuation along the "
        "straight path between them. The crossing was located at step "
        f"{fixed(crossing.get('step'), 6)} {located}: there the critical eigenvalue is "
        f"{number(crossing.get('eigenvalue'), 2)}. {_equation(crossing, form)}",
        _afterwards(run),
    ]


def reservations(results: list[Finding]) -> list[str]:
    """What did not come out as theory has it."""
    return [
        f"<strong>{escape(r.name)}</strong>: {r.found}, where {escape(r.bar)} was asked. "
        f"{escape(r.meaning)}"
        for r in results
        if r.met is False
    ]


def notice(run: Run) -> str:
    """A warning where a run did not come to its end."""
    status = run.summary.get("status", "complete")
    if status == "complete":
        return ""
    return f"This run is not complete. Its status: {escape(status)}. What follows is what it left."


def _without_crossing(run: Run) -> str:
    rank, steps = run.part("effective_rank"), escape(run.config.get("steps", "?"))
    return (
        f"In {steps} training steps the student’s equilibrium met no bifurcation, so there is no "
        "collapse to predict. The effective rank of the state-space neural tangent kernel "
        f"(participation ratio) was {number(rank.get('initial'))} at the start and never less "
        f"than {number(rank.get('minimum'))} where it was measured. Longer training, or a larger "
        "learning rate, may reach one."
    )


def _crossing(crossing: Mapping[str, Any], rank: Mapping[str, Any]) -> str:
    return (
        f"At training step <strong>{fixed(crossing.get('step'), 2)}</strong> the student’s "
        f"equilibrium went through {article(bifurcation(crossing))}. The effective rank "
        "of its state-space neural tangent kernel (participation ratio) was "
        f"{number(rank.get('initial'))} at the start and "
        f"<strong>{number(rank.get('at_bifurcation'))}</strong> there."
    )


def _verdict(run: Run) -> str:
    results = findings(run)
    judged = [r for r in results if r.met is not None]
    missed = sum(r.met is False for r in judged)
    prediction = run.part("prediction")
    ratio = prediction.get("top_eigenvalue_ratio")
    numbers = ""
    if is_number(prediction.get("parameter_direction_cosine")) and is_number(ratio):
        numbers = (
            "The normal form, computed at the crossing and fitted to nothing, predicts the "
            "direction of the collapse in parameter space with cosine <strong>"
            f"{cosine(prediction['parameter_direction_cosine'])}</strong> and the kernel’s leading "
            f"eigenvalue to <strong>{percent(abs(ratio - 1))}</strong>. "
        )
    outcome = (
        f"All {len(judged)} comparisons came out as theory has it."
        if not missed
        else f"{missed} of {len(judged)} comparisons did not come out as theory has it; they are "
        'listed <a href="#reservations">below</a>.'
    )
    return numbers + (outcome if judged else "No comparison of theory and measurement was stored.")


def _equation(crossing: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    """The reduced equation with its numbers, where the kind has one."""
    quadratic, cubic = form.get("quadratic"), form.get("cubic")
    terms = {
        "fold": f"μ + ({number(quadratic)}) a²",
        "transcritical": f"μa + ({number(quadratic)}) a²",
        "pitchfork": f"μa + ({number(cubic)}) a³",
        "branch_point": f"μa + ({number(quadratic)}) a² + ({number(cubic)}) a³",
    }
    kind = str(crossing.get("kind"))
    if kind not in terms:
        return _planar_equation(form) if kind == "hopf" else ""
    return (
        f"Along the critical direction the network obeys da/dt = {terms[kind]}, and the parameters "
        f"move μ at most at the rate |∇θμ| = {number(form.get('mu_gradient_norm'))}."
    )


def _planar_equation(form: Mapping[str, Any]) -> str:
    c1 = f"({number(form.get('cubic'))} + {number(form.get('cubic_imaginary'))} i)"
    return (
        "In the critical plane the network obeys dy/dt = (μ + ωi) y + "
        f"{c1} y|y|² with ω = {number(form.get('frequency'))} radians per unit of time, and the "
        f"parameters move μ at most at the rate |∇θμ| = {number(form.get('mu_gradient_norm'))}."
    )


def _afterwards(run: Run) -> str:
    """What became of the equilibrium after its first bifurcation."""
    count, fate = len(run.events), run.summary.get("equilibrium")
    text = ""
    if count > 1:
        text = f"Over the whole run {count} crossings of this equilibrium were located."
        steps = sorted(float(e["step"]) for e in run.events if is_number(e.get("step")))
        if any(b - a <= TO_AND_FRO for a, b in itertools.pairwise(steps)):
            text += (
                f" Those within {TO_AND_FRO:.0f} steps of each other are descent jumping to and "
                "fro across one bifurcation."
            )
    if fate == "lost in a fold":
        return f"{text} In the end the equilibrium met another one and both vanished in a fold."
    if fate not in {None, "alive"}:
        return f"{text} It could not be followed to the end: {escape(fate)}."
    return text


def _seconds(run: Run) -> str:
    seconds = run.part("seconds")
    if not (is_number(seconds.get("training")) and is_number(seconds.get("analysis"))):
        return ""
    return (
        f" Training took {fixed(seconds['training'], 0)} s, the analysis "
        f"{fixed(seconds['analysis'], 0)} s."
    )
