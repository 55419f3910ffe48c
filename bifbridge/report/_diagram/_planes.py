"""Phase portraits of special points: of the field itself, or of the reduced equation."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from bifbridge._compile import quick_jit
from bifbridge.continuation import Branch, Cycle, PlainFamily, SpecialPoint
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from bifbridge.plotting import Plane, coordinate_plane, critical_plane, phase_portrait
from bifbridge.report._diagram._content import Content
from bifbridge.report._diagram._data import rounded

#: How far before and after the point, in parts of the parameter's range.
REACH = 0.08


def portraits_of(content: Content, point: SpecialPoint) -> dict[str, Any] | None:
    """Phase portraits before, at and after a special point."""
    # With the field they are its own, on the plane of the critical eigenvector; without it they
    # are those of the reduced equation, if the point has a normal form.
    if content.family is not None:
        return _of_field(content, point)
    form = point.normal_form
    return None if form is None else _of_reduced(form, point)


def _of_field(content: Content, point: SpecialPoint) -> dict[str, Any]:
    family, p, reach = content.family, float(point.parameter), _reach(content, point)
    plane = _plane(family, point)
    places = [p - reach, p, p + reach]
    guesses = [_equilibria(content.branches, place) for place in places]
    guesses[1] = [point.state, *guesses[1]]
    window = _window(plane, point, [z for at in guesses for z in at], _amplitude(content, point))
    stages = [
        _stage(
            f"{content.parameter} = {place:.6g}",
            phase_portrait(family, place, plane, window, equilibria=at, grid=31),
        )
        for place, at in zip(places, guesses, strict=True)
    ]
    what = (
        "The field itself, in all of its states."
        if plane.whole
        else "The plane through the point along its critical direction: trajectories are those "
        "of the whole field, projected, so they may cross; nullclines are those of the projected "
        "velocity on the plane."
    )
    return {"names": list(plane.names), "stages": stages, "note": what}


def orbit_of(cycle: Cycle) -> dict[str, Any]:
    """The cycle at a special point, in the two states that move most."""
    orbit = cycle(np.linspace(0, 1, 241))
    widest = sorted(np.argsort(-np.ptp(orbit, axis=0), kind="stable")[:2])
    path = orbit[:, widest]
    low, high = path.min(axis=0), path.max(axis=0)
    margin = 0.1 * np.maximum(high - low, 1e-9)
    stage = {
        "label": f"T = {cycle.period:.6g}",
        "window": rounded(np.stack([low - margin, high + margin], axis=1)),
        "nullclines": [[], []],
        "paths": [rounded(path, 5)],
        "line": [],
        "ticks": [],
        "equilibria": [],
        "stable": [],
    }
    names = [f"z[{k}]" for k in widest]
    return {"names": names, "stages": [stage], "note": "The cycle itself, over one period."}


class _Reduced(eqx.Module):
    """ȧ = μ(s + (1 − s)a) + b₂a² + c₃a³, with ḃ = −rate·b beside it if there are two states."""

    share: Any
    quadratic: Any
    cubic: Any
    rate: Any

    def __call__(self, z: Any, mu: Any) -> Any:
        a = z[0]
        forced = mu * (self.share + (1 - self.share) * a)
        first = forced + self.quadratic * a**2 + self.cubic * a**3
        return jnp.concatenate([first[None], -self.rate * z[1:]])


class _ReducedHopf(eqx.Module):
    """ẏ = (μ + iω)y + c₁y|y|² in real and imaginary part."""

    frequency: Any
    cubic: Any

    def __call__(self, z: Any, mu: Any) -> Any:
        size = z[0] ** 2 + z[1] ** 2
        grow = mu + self.cubic.real * size
        turn = self.frequency + self.cubic.imag * size
        return jnp.stack([grow * z[0] - turn * z[1], turn * z[0] + grow * z[1]])


def _of_reduced(form: HopfNormalForm | ScalarNormalForm, point: SpecialPoint) -> dict[str, Any]:
    others = np.sort(np.abs(np.asarray(point.eigenvalues)))[1:]
    rate = float(others[0]) if others.size and others[0] > 0 else 1.0
    if isinstance(form, HopfNormalForm):
        shift = 0.1 * float(form.frequency)
        reduced: Any = _ReducedHopf(form.frequency, form.cubic)
        names = ("Re y", "Im y")
        size = float(np.sqrt(shift / max(abs(float(form.cubic.real)), 1e-12)))
        values, rests = [-shift, 0.0, shift], [[0.0]] * 3
    else:
        values, rests, size = _scalar_stages(form, 0.1 * rate)
        fold = float(form.kind == "fold")
        numbers = (fold, form.quadratic, form.cubic if form.kind != "fold" else 0.0, rate)
        reduced = _Reduced(*(jnp.asarray(x, float) for x in numbers))
        names = ("a",) if point.state.size == 1 else ("a", "b")
    count = len(names)
    plane = dataclasses.replace(coordinate_plane(count, range(count)), names=names)
    window = np.array([[-2.2, 2.2]] * count) * size
    stages = [
        _stage(
            f"μ = {value:.4g}",
            phase_portrait(
                PlainFamily(reduced), value, plane, window, grid=31,
                equilibria=[np.eye(count)[0] * a for a in at],
            ),
        )
        for value, at in zip(values, rests, strict=True)
    ]  # fmt: skip
    beside = "" if count == 1 or names[0] != "a" else " and a decaying direction b beside it"
    note = (
        f"The reduced equation of the normal form{beside}: the file holds no field. "
        "Name the model to see the field itself."
    )
    return {"names": list(names), "stages": stages, "note": note}


def _scalar_stages(
    form: ScalarNormalForm, shift: float
) -> tuple[list[float], list[list[float]], float]:
    """Values of μ, the equilibria of the reduced equation there, and their size."""
    b2, c3 = float(form.quadratic), float(form.cubic)
    if form.kind == "fold" and b2 != 0:
        size = shift / (2 * abs(b2))
        mu = abs(b2) * size**2
        here = [-size, size]
        both = [here, [0.0], []] if b2 > 0 else [[], [0.0], here]
        return [-mu, 0.0, mu], both, size
    if form.kind == "pitchfork" and c3 != 0:
        size = float(np.sqrt(shift / abs(c3)))
        arms = [-size, 0.0, size]
        both = [[0.0], [0.0], arms] if c3 < 0 else [arms, [0.0], [0.0]]
        return [-shift, 0.0, shift], both, size
    size = shift / abs(b2) if b2 != 0 else 1.0
    return [-shift, 0.0, shift], [[0.0, shift / (b2 or 1)], [0.0], [0.0, -shift / (b2 or 1)]], size


def _stage(label: str, portrait: Any) -> dict[str, Any]:
    return {
        "label": label,
        "window": rounded(portrait.window),
        "nullclines": [[rounded(line, 4) for line in portrait.nullclines(k)] for k in (0, 1)],
        "paths": [rounded(_inside(path, portrait.window), 4) for path in portrait.trajectories],
        "line": [] if len(portrait.ticks) > 1 else rounded(portrait.velocities[:, 0], 4),
        "ticks": [] if len(portrait.ticks) > 1 else rounded(portrait.ticks[0], 5),
        "equilibria": rounded(portrait.equilibria, 5),
        "stable": [bool(value) for value in portrait.stable],
    }


def _inside(path: np.ndarray, window: np.ndarray) -> np.ndarray:
    """The part of a trajectory before it leaves the neighbourhood of the window."""
    margin = 0.5 * (window[:, 1] - window[:, 0])
    near = (path > window[:, 0] - margin) & (path < window[:, 1] + margin)
    gone = ~np.all(near, axis=1)
    return path[: int(np.argmax(gone))] if np.any(gone) else path


def _reach(content: Content, point: SpecialPoint) -> float:
    """How far to go: a part of the range, less where another point is near."""
    spans = [(np.min(b.parameters), np.max(b.parameters)) for b in content.branches]
    width = max(high for _, high in spans) - min(low for low, _ in spans)
    gaps = [abs(other.parameter - point.parameter) for other in content.points]
    apart = [gap for gap in gaps if gap > 1e-6 * width]
    return float(max(min([REACH * width, *(gap / 2 for gap in apart)]), 1e-4 * width))


def _equilibria(branches: list[Branch], parameter: float) -> list[np.ndarray]:
    """States where branches pass a parameter value, by linear interpolation."""
    found = []
    for branch in branches:
        gap = branch.parameters - parameter
        for k in np.flatnonzero(gap[:-1] * gap[1:] <= 0):
            step = gap[k] - gap[k + 1]
            share = gap[k] / step if step else 0.0
            found.append(branch.states[k] + share * (branch.states[k + 1] - branch.states[k]))
    return found


@quick_jit
def _jacobian(family: Any, state: Any, parameter: Any) -> Any:
    return jax.jacfwd(family.velocity(parameter))(jnp.asarray(state))


def _plane(family: Any, point: SpecialPoint) -> Plane:
    matrix = np.asarray(_jacobian(family, point.state, np.asarray(point.parameter)))
    values, vectors = np.linalg.eig(matrix)
    form = point.normal_form
    critical = 0.0 if form is None else complex(np.asarray(form.eigenvalue))
    order = np.argsort(np.abs(values - critical))
    right = np.real_if_close(vectors[:, order[0]]) if form is None else np.asarray(form.right)
    slow = order[1:][np.argsort(-np.real(values[order[1:]]), kind="stable")]
    return critical_plane(point.state, right, vectors[:, slow])


def _amplitude(content: Content, point: SpecialPoint) -> float:
    """Largest distance of the cycle that a Hopf point gives birth to, at the portraits' ends."""
    form = point.normal_form
    if not isinstance(form, HopfNormalForm) or float(form.cubic.real) == 0:
        return 0.0
    for branch in content.branches:
        if any(other is point for other in branch.special_points):
            k = min(point.index, len(branch) - 2)
            here, there = (
                branch.eigenvalues[j][
                    np.argmin(np.abs(branch.eigenvalues[j] - 1j * form.frequency))
                ]
                for j in (k, k + 1)
            )
            step = branch.parameters[k + 1] - branch.parameters[k]
            slope = abs((there - here).real / step) if step else 0.0
            growth = slope * _reach(content, point)
            return float(2 * np.sqrt(growth / abs(float(form.cubic.real))))
    return 0.0


def _window(
    plane: Plane, point: SpecialPoint, states: list[np.ndarray], amplitude: float
) -> np.ndarray:
    """Room for the point, the equilibria around it, and the cycle that is born."""
    centre = plane.project(point.state)
    offsets = np.abs(plane.project(np.stack([point.state, *states])) - centre)
    half = np.maximum(1.8 * offsets.max(axis=0), 1.5 * amplitude)
    least = 1e-3 * (1 + float(np.linalg.norm(point.state)))
    if half.max() < least:
        half = np.full(half.shape, 0.5 * (1 + float(np.linalg.norm(point.state))))
    half = np.maximum(half, 0.5 * half.max())
    return np.stack([centre - half, centre + half], axis=1)
