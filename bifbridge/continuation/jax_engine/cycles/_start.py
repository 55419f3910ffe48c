"""Where a branch of cycles begins: at a Hopf point, at a known orbit, at another branch."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex

from bifbridge._compile import quick_jit
from bifbridge._custom_types import Scalar, State
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.continuation._families import AbstractFamily, as_family
from bifbridge.continuation.curves import Cycle
from bifbridge.continuation.curves._mesh import adapted, node_times
from bifbridge.continuation.jax_engine.cycles._discretise import CyclePoint, Mesh
from bifbridge.normal_forms import HopfNormalForm, jacobian, multilinear


class CycleStart(eqx.Module):
    """A guess of a cycle, and the direction in which a branch leaves it.

    Attributes:
        family: the family of fields.
        mesh: the first mesh.
        guess: the first guess.
        direction: the branch's direction; None to follow the branch through a cycle at the
            guess's own parameter, both ways.
    """

    family: AbstractFamily
    mesh: Mesh
    guess: CyclePoint
    direction: CyclePoint | None

    __repr__ = short_repr


def start_from_hopf(
    family: Any,
    parameter: float,
    form: HopfNormalForm,
    *,
    amplitude: float | None = None,
    intervals: int = 20,
    degree: int = 4,
) -> CycleStart:
    """The branch of cycles that is born at a Hopf point.

    The guess is z* + 2ε Re(q e^{iωt}) at p − p* = −Re c₁ ε²/Re λ', with the frequency
    ω + Im λ'(p − p*) + Im c₁ ε² (Kuznetsov, *Elements of Applied Bifurcation Theory*, section 3.5);
    the branch's direction at ε = 0 is the mode itself.

    Args:
        family: an `AbstractFamily`, or a plain function f(z, p).
        parameter: p*, of the Hopf point.
        form: its normal form.
        amplitude: ε, the modulus of the normal form's variable on the first cycle; None for
            0.02 (1 + the largest |z*|).
        intervals: mesh intervals I.
        degree: polynomials' degree m.

    Returns:
        The start.

    Example:
        See `continue_cycles`.
    """
    require_x64("the continuation of cycles")
    family = as_family(family)
    size = 0.02 * (1 + float(jnp.max(jnp.abs(form.state)))) if amplitude is None else amplitude
    slope = complex(eigenvalue_slope(family, jnp.asarray(parameter, float), form))
    cubic, omega = complex(form.cubic), float(form.frequency)
    shift = -cubic.real * size**2 / slope.real if slope.real != 0 else 0.0
    frequency = omega + slope.imag * shift + cubic.imag * size**2
    mesh = Mesh(np.linspace(0.0, 1.0, intervals + 1), degree)
    turn = np.exp(2j * np.pi * node_times(mesh.times, degree)[:, :-1, None])
    mode = 2 * np.real(turn * np.asarray(form.right))
    guess = CyclePoint(
        np.asarray(form.state) + size * mode,
        np.array([2 * np.pi / frequency, parameter + shift]),
    )
    return CycleStart(family, mesh, guess, CyclePoint(mode, np.zeros(2)))


@quick_jit
def eigenvalue_slope(family: AbstractFamily, p: Scalar, form: HopfNormalForm) -> Complex[Array, ""]:
    """λ'(p) of the critical eigenvalue along the branch of equilibria."""

    def field(q: Scalar, z: State) -> State:
        return family.velocity(q)(z)

    matrix = jacobian(family.velocity(p), form.state)
    forcing = jax.jacfwd(field)(p, form.state)
    drift = jnp.linalg.solve(matrix, -forcing)

    def moving(s: Scalar) -> Array:
        at = form.state + s * drift
        return multilinear(family.velocity(p + s), at, form.right)

    def parts(s: Scalar) -> tuple[Array, Array]:
        value = moving(s)
        return value.real, value.imag

    real, imaginary = jax.jacfwd(parts)(jnp.zeros(()))
    return jnp.vdot(form.left, real + 1j * imaginary)


def start_from_cycle(
    family: Any, cycle: Cycle, *, intervals: int | None = None, degree: int | None = None
) -> CycleStart:
    """The branch through a known cycle.

    Args:
        family: an `AbstractFamily`, or a plain function f(z, p).
        cycle: the cycle, or a good guess of one.
        intervals: mesh intervals; None for the cycle's own.
        degree: polynomials' degree; None for the cycle's own.

    Returns:
        The start.

    Example:
        See `continue_cycles`.
    """
    require_x64("the continuation of cycles")
    own = cycle.nodes.shape[1] - 1
    times = cycle.times
    if intervals is not None and intervals != len(times) - 1:
        times = adapted(cycle.times, cycle.nodes, intervals)
    chosen = own if degree is None else degree
    states = cycle(node_times(times, chosen)[:, :-1])
    guess = CyclePoint(states, np.array([cycle.period, cycle.parameter]))
    return CycleStart(as_family(family), Mesh(times, chosen), guess, None)


def start_from_orbit(
    family: Any,
    parameter: float,
    times: np.ndarray,
    states: np.ndarray,
    *,
    intervals: int = 20,
    degree: int = 4,
) -> CycleStart:
    """The branch through an orbit that was simulated: one period, sampled.

    Args:
        family: an `AbstractFamily`, or a plain function f(z, p).
        parameter: p of the simulation.
        times: sampling times over one period, both ends included, shape (K,).
        states: the samples, shape (K, n).
        intervals: mesh intervals I.
        degree: polynomials' degree m.

    Returns:
        The start.

    Raises:
        ValueError: if times and states do not match, or the times do not increase.

    Example:
        >>> import numpy as np
        >>> import bifbridge as bb
        >>> turn = np.array([[0.0, -2.0], [2.0, 0.0]])
        >>> field = lambda z, r: (r - z @ z) * z + turn @ z
        >>> t = np.linspace(0, np.pi, 41)  # one period, as a simulation would give it
        >>> start = bb.cycles.start_from_orbit(
        ...     field, 1.0, t, np.stack([np.cos(2 * t), np.sin(2 * t)], 1)
        ... )
        >>> start.guess.scalars.round(
        ...     6
        ... )  # period and parameter; `continue_cycles` goes on from here
        array([3.141593, 1.      ])
    """
    require_x64("the continuation of cycles")
    times, states = np.asarray(times, float), np.asarray(states, float)
    if states.ndim != 2 or times.shape != states.shape[:1] or np.any(np.diff(times) <= 0):
        raise ValueError(
            f"start_from_orbit: got times of shape {times.shape} and states of shape "
            f"{states.shape}, expected increasing times (K,) and states (K, n)."
        )
    period = times[-1] - times[0]
    phases = (times - times[0]) / period
    # The gap between the ends is spread over the orbit: the guess is periodic.
    closed = states - phases[:, None] * (states[-1] - states[0])
    # Intervals where the orbit is long: a first mesh, refined along the branch.
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    share = 0.5 * length / length[-1] + 0.5 * phases
    mesh_times = np.interp(np.linspace(0, 1, intervals + 1), share, phases)
    at = node_times(mesh_times, degree)[:, :-1]
    values = np.stack([np.interp(at, phases, column) for column in closed.T], -1)
    guess = CyclePoint(values, np.array([period, float(parameter)]))
    return CycleStart(as_family(family), Mesh(mesh_times, degree), guess, None)
