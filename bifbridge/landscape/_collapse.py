"""Whether a collapse of the kernel's rank is a bifurcation, or a phase, or a separatrix."""

from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, Int

from bifbridge._custom_types import InitialStates, Scalar, State, Trajectories
from bifbridge.landscape._reduced_kernel import subspace_angles
from bifbridge.landscape._reduction import unfolding_directions
from bifbridge.normal_forms import NormalForm
from bifbridge.sntk import Spectrum, StateSpaceNTK, left_singular_vectors, spectrum
from bifbridge.sntk._kernel import require_states
from bifbridge.sntk._parameter_split import orthonormal_columns
from bifbridge.trajectories import Trials, march
from bifbridge.trajectories._observation import last_steps
from bifbridge.trajectories._solve import batched_velocity

Verdict = Literal["bifurcation", "oscillator", "separatrix", "no collapse", "unexplained"]

#: Participation ratio below which a kernel has collapsed.
COLLAPSED = 3.0
#: Cosine of the largest angle between predicted and measured directions that still is agreement.
ALIGNED = 0.9
#: Displacement over path length in the second half of the trials below which they turn.
TURNING = 0.3
#: Share of the top channel along the flow above which it is the phase.
ALONG_FLOW = 0.8
#: Growth of nearby initial states in the trial that rules the kernel beyond which it passes a
#: saddle.
SEPARATING = 10.0


class CollapseVerdict(eqx.Module):
    """What a kernel of low rank comes from, with the numbers that decide.

    In this order: no collapse unless the participation ratio is below `COLLAPSED`; an oscillator if
    trials turn and the top channel lies along the flow, since any cycle's phase answers to its
    frequency by an amount that grows like t; a bifurcation if the normal form's parameter
    directions are the top right singular vectors, and the kernel has the form's rank; a
    separatrix if the trial that rules the kernel amplifies differences of its initial state.

    Attributes:
        verdict: the word.
        participation_ratio: of the kernel.
        direction_cosine: of the largest principal angle between the form's unfolding directions
            and as many top right singular vectors; NaN without a normal form.
        expected_rank: of the form's channel; 0 without one.
        turning: net displacement over path length in the second half of the trials, the median.
        along_flow: share of the top left singular vector along dz/dt.
        ruling_trial: trial with the largest share of the top channel.
        trial_participation: number of trials over which the top channel spreads.
        separation: growth ‖Φ(t, 0)‖ of nearby initial states in the ruling trial, at its largest.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `explain_collapse`.
    """

    verdict: Verdict
    participation_ratio: float
    direction_cosine: float
    expected_rank: int
    turning: float
    along_flow: float
    ruling_trial: int
    trial_participation: float
    separation: float

    @property
    def is_bifurcation(self) -> bool:
        """Whether the collapse may be reported as a bifurcation."""
        return self.verdict == "bifurcation"

    def __repr__(self) -> str:
        """One sentence."""
        rank = f"participation ratio {self.participation_ratio:.3g}"
        reason = {
            "no collapse": "the kernel has not collapsed",
            "oscillator": (
                f"trials turn and {self.along_flow:.0%} of the top channel lie along the flow: "
                "the phase of an oscillation, no bifurcation"
            ),
            "bifurcation": (
                f"the top {self.expected_rank} direction(s) meet the normal form's with cosine "
                f"{self.direction_cosine:.4g}"
            ),
            "separatrix": (
                f"trial {self.ruling_trial} rules the kernel and amplifies its initial state "
                f"{self.separation:.3g} times: it passes a saddle, no bifurcation"
            ),
            "unexplained": "neither a normal form, nor a phase, nor a separatrix accounts for it",
        }[self.verdict]
        return f"{self.verdict}: {rank}; {reason}"


def explain_collapse(
    field: Any,
    trials: Trials,
    ntk: StateSpaceNTK,
    normal_form: NormalForm | None = None,
    *,
    result: Spectrum | None = None,
) -> CollapseVerdict:
    """Tell the collapse of a kernel at a bifurcation from those that are none.

    Args:
        field: the field of the kernel.
        trials: its trials.
        ntk: the kernel of the states.
        normal_form: of the nearest bifurcation known, with gradients over the same parameters, or
            None: then nothing is called a bifurcation.
        result: spectrum of the kernel, if known, with at least two vectors.

    Returns:
        The verdict.

    Raises:
        ValueError: if the kernel is that of a read-out.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (require_states raises)
    require_states(ntk, "explain_collapse")
    result = spectrum(ntk, k=2) if result is None else result
    top = left_singular_vectors(ntk, _leading(result))[0]
    shares = jnp.sum(ntk.measure * top**2, (1, 2))
    ruling = int(jnp.argmax(shares))
    turning, along = _motion(field, trials, ntk.sensitivity.trajectories, top, ntk.measure)
    cosine, rank = float("nan"), 0
    if normal_form is not None:
        directions = orthonormal_columns(unfolding_directions(normal_form))
        rank = directions.shape[1]
        angles = subspace_angles(directions, result.right[:, :rank])
        cosine = float(jnp.cos(angles[-1]))
    numbers = {
        "participation_ratio": result.participation_ratio,
        "direction_cosine": cosine,
        "expected_rank": rank,
        "turning": float(turning),
        "along_flow": float(along),
        "ruling_trial": ruling,
        "trial_participation": float(shares.sum() ** 2 / jnp.sum(shares**2)),
        "separation": _separation(field, trials, ruling),
    }
    return CollapseVerdict(_judge(numbers), **numbers)


def _judge(x: dict[str, Any]) -> Verdict:
    if x["participation_ratio"] >= COLLAPSED:
        return "no collapse"
    if x["turning"] < TURNING and x["along_flow"] > ALONG_FLOW:
        return "oscillator"
    if x["direction_cosine"] > ALIGNED and x["participation_ratio"] > 0.6 * x["expected_rank"]:
        return "bifurcation"
    return "separatrix" if x["separation"] > SEPARATING else "unexplained"


def _leading(result: Spectrum) -> Spectrum:
    return eqx.tree_at(lambda s: s.right, result, result.right[:, :1])


@eqx.filter_jit
def _motion(
    field: Any, trials: Trials, states: Trajectories, top: Trajectories, measure: Array
) -> tuple[Scalar, Scalar]:
    """Displacement over path length in the second half, and the share of `top` along the flow."""
    times = trials.grid.times
    velocities = jax.vmap(
        lambda t, z: batched_velocity(t, z, (field, trials.inputs)), in_axes=(0, 1), out_axes=1
    )(times, states)
    speed = jnp.linalg.norm(velocities, axis=-1, keepdims=True)
    units = velocities / jnp.where(speed > 0, speed, 1.0)
    along = jnp.sum(top * units, -1, keepdims=True)
    share = jnp.sum(measure * along**2) / jnp.sum(measure * top**2)
    half = states[:, states.shape[1] // 2 :]
    path = jnp.sum(jnp.linalg.norm(jnp.diff(half, axis=1), axis=-1), 1)
    net = jnp.linalg.norm(half[:, -1] - half[:, 0], axis=-1)
    return jnp.median(jnp.where(path > 0, net / jnp.where(path > 0, path, 1.0), 1.0)), share


def _separation(field: Any, trials: Trials, trial: int) -> float:
    start = trials.initial_states
    start = start(field) if callable(start) else start
    ends = None if trials.mask is None else last_steps(trials.grid, trials.mask)
    return float(_growth(field, start, trials, jnp.asarray(trial), ends))


@eqx.filter_jit
def _growth(
    field: Any,
    initial_states: InitialStates,
    trials: Trials,
    trial: Int[Array, ""],
    ends: Int[Array, " N"] | None,
) -> Scalar:
    """Largest ‖Φ(t, 0)x‖/‖x‖ of one trial, by power iteration at the time where it is largest."""

    def orbit(z: State) -> Float[Array, "T n"]:
        start = initial_states.at[trial].set(z)
        states = march(
            field, start, trials.grid, inputs=trials.inputs, solver=trials.solver, ends=ends
        )
        return states[trial]

    _, linear = jax.linearize(orbit, initial_states[trial])
    transpose = jax.linear_transpose(linear, initial_states[trial])

    def improve(_: Any, vector: State) -> State:
        moved = linear(vector)
        latest = jnp.argmax(jnp.linalg.norm(moved, axis=1))
        back = transpose(jnp.zeros_like(moved).at[latest].set(moved[latest]))[0]
        return back / jnp.linalg.norm(back)

    vector = jr.normal(jr.key(0), initial_states.shape[1:], initial_states.dtype)
    vector = jax.lax.fori_loop(0, 8, improve, vector / jnp.linalg.norm(vector))
    return jnp.linalg.norm(linear(vector), axis=1).max()
