"""From what the Julia package returns to branches and special points."""

from typing import Any

import numpy as np

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.bifurcationkit._normal_forms import normal_form
from bifbridge.continuation.curves import Branch, SpecialPoint, Status
from bifbridge.continuation.jax_engine._assemble import join, no_branch
from bifbridge.continuation.jax_engine._path import Path
from bifbridge.normal_forms import ScalarNormalForm

Raw = dict[str, Any]

_STATUS = {
    "span_end": "SPAN_END",
    "closed": "CLOSED",
    "point_limit": "POINT_LIMIT",
    "norm_limit": "NORM_LIMIT",
    "no_convergence": "NO_CONVERGENCE",
    "singular": "SINGULAR",
    "not_finite": "NOT_FINITE",
    "no_equilibrium": "NO_EQUILIBRIUM",
    "interrupted": "INTERRUPTED",
    "period_limit": "PERIOD_LIMIT",
    "bogdanov_takens": "SINGULAR",  # where BifurcationKit ends Hopf curves: ω = 0
}


def status(word: str) -> Status:
    """How a branch ended."""
    return Status[_STATUS[word]]


def branch(problem: ContinuationProblem, ways: list[Raw]) -> Branch:
    """A branch from one way, or from a backward and a forward one."""
    if any(np.size(way["parameters"]) == 0 for way in ways):
        return no_branch(problem, max(status(way["status"]) for way in ways))
    paths = [path(way) for way in ways]
    return join(problem, paths, [special_points(way) for way in ways])


def path(way: Raw) -> Path:
    """The points of a way."""
    states = np.asarray(way["states"], float)
    points = np.column_stack([states, np.asarray(way["parameters"], float)])
    weights = np.append(np.full(states.shape[1], 1 / states.shape[1]), 1.0)
    chords = np.diff(points, axis=0)
    lengths = np.sqrt(np.sum(weights * chords**2, axis=1))
    tangents = _tangents(np.asarray(way["tangents"], float), chords, weights)
    return Path(
        points=points,
        tangents=tangents,
        rows=np.zeros_like(points),
        steps=np.concatenate([[0.0], lengths]),
        iterations=np.asarray(way["iterations"], int),
        eigenvalues=np.asarray(way["eigenvalues"], complex),
        events=np.zeros((len(points), 0)),
        status=status(way["status"]),
    )


def _tangents(given: np.ndarray, chords: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Unit tangents: BifurcationKit's, and chords where it has none."""
    tangents = np.array(given)
    if not len(chords):
        tangents[:, -1] = 1.0
        return tangents
    missing = ~(np.sum(np.abs(tangents), axis=1) > 0)
    following = np.concatenate([chords, chords[-1:]])
    tangents[missing] = following[missing]
    along = np.sum(weights * tangents * following, axis=1) < 0
    # A turned tangent belongs to a step that was walked the other way (natural steps downwards).
    tangents[missing & along] *= -1
    size = np.sqrt(np.sum(weights * tangents**2, axis=1))
    return tangents / np.where(size > 0, size, 1.0)[:, None]


def special_points(way: Raw) -> list[SpecialPoint]:
    """The special points of a way."""
    pairs = zip(way["points"], way["polished"], strict=True)
    return [special_point(point, refined) for point, refined in pairs]


def special_point(point: Raw, refined: Raw | None) -> SpecialPoint:
    """A special point: where it was located best, with everything that BifurcationKit said."""
    good = refined is not None and bool(refined["converged"])
    best: Raw = refined if good and refined is not None else point
    state = np.asarray(best["state"], float)
    eigenvalues = _sorted(best["eigenvalues"])
    location = str(best["kind"]) if good else ""
    raw_form = best["normal_form"] or {}
    form = normal_form(raw_form, state, eigenvalues, location)
    change, turning = (int(value) for value in point["delta"])
    return SpecialPoint(
        kind=_kind(point, location, form),
        parameter=float(best["parameter"]),
        state=state,
        eigenvalues=eigenvalues,
        normal_form=form,
        converged=_converged(point, refined, good),
        index=max(int(point["index"]) - 1, 0),
        jump=change,
        multiplicity=max(abs(change) - abs(turning) + (abs(turning) + 1) // 2, 1),
        bracket=(float(point["interval"][0]), float(point["interval"][1])),
        tangent=_unit_tangent(point["tangent"]),
        raw={**point, "refined": refined},
    )


def _converged(point: Raw, refined: Raw | None, good: bool) -> bool:
    # Where no extended system was asked, BifurcationKit's own word stands.
    return good or (refined is None and point["status"] == "converged")


def _kind(point: Raw, location: str, form: Any) -> str:
    if isinstance(form, ScalarNormalForm):
        return form.kind
    return location or {"hopf": "hopf", "fold": "fold"}.get(point["type"], "branch_point")


def _sorted(eigenvalues: Any) -> np.ndarray:
    values = np.asarray(eigenvalues, complex).ravel()
    return values[np.argsort(-np.real(values), kind="stable")]


def _unit_tangent(tangent: Any) -> np.ndarray | None:
    vector = np.asarray(tangent, float)
    weights = np.append(np.full(vector.size - 1, 1 / (vector.size - 1)), 1.0)
    size = np.sqrt(np.sum(weights * vector**2))
    return vector / size if size > 0 and np.isfinite(size) else None
