"""From what the Julia package returns to curves of bifurcations in two parameters."""

from typing import Any

import numpy as np

from bifbridge.continuation.bifurcationkit._convert import status
from bifbridge.continuation.bifurcationkit._normal_forms import codim_two
from bifbridge.continuation.curves import (
    SOLUTIONS,
    Branch,
    SpecialPoint,
    both_ways,
    no_points,
    one_way,
)

Raw = dict[str, Any]

#: BifurcationKit's abbreviations.
_KINDS = {
    "cusp": "cusp",
    "bt": "bogdanov_takens",
    "gh": "bautin",
    "zh": "zero_hopf",
    "hh": "hopf_hopf",
}


def curve(
    kind: str, ways: list[Raw], spans: tuple[tuple[float, float], tuple[float, float]]
) -> Branch:
    """A curve from one way, or from a backward and a forward one."""
    return both_ways([_way(kind, way, spans) for way in ways])


def _way(kind: str, way: Raw, spans: Any) -> Branch:
    solution, states = SOLUTIONS[kind], np.asarray(way["states"], float)
    parameters = np.asarray(way["parameters"], float).reshape(-1, 2)
    n = states.shape[1]
    if not len(parameters):
        return no_points(status(way["status"]), n, solution=solution)
    points = np.column_stack([states, parameters])
    weights = np.array([1 / n] * n + [(2 / (high - low)) ** 2 for low, high in spans])
    chords = np.diff(points, axis=0)
    lengths = np.sqrt(np.sum(weights * chords**2, axis=1))
    tangents = np.concatenate([chords, chords[-1:]]) if len(chords) else np.zeros_like(points)
    size = np.sqrt(np.sum(weights * tangents**2, axis=1, keepdims=True))
    tests = {name: np.asarray(value) for name, value in way["tests"].items()}
    if kind == "hopf":
        tests["frequency_squared"] = np.asarray(way["frequencies"], float) ** 2
    special = _points(kind, way)
    return one_way(
        solution,
        status(way["status"]),
        special,
        unresolved=sum(point.kind == "unresolved" for point in special),
        parameters=parameters,
        states=states,
        tangents=tangents / np.where(size > 0, size, 1.0),
        eigenvalues=np.asarray(way["eigenvalues"], complex),
        steps=np.concatenate([[0.0], lengths]),
        iterations=np.asarray(way["iterations"], int),
        tests=tests,
    )


def _points(kind: str, way: Raw) -> list[SpecialPoint]:
    eigenvalues = np.asarray(way["eigenvalues"], complex)
    pairs = zip(way["points"], way["polished"], strict=True)
    return [codim_two_point(kind, point, refined, eigenvalues) for point, refined in pairs]


def codim_two_point(
    kind: str, point: Raw, refined: Raw | None, eigenvalues: np.ndarray
) -> SpecialPoint:
    """A point of codimension two."""
    best = point if refined is None else refined
    state = np.asarray(best["state"], float)
    index = int(point["index"])
    nearby = (
        eigenvalues[min(index, len(eigenvalues) - 1)] if len(eigenvalues) else np.zeros(0, complex)
    )
    found = codim_two(best["normal_form"] or {}, state)
    return SpecialPoint(
        kind=_KINDS.get(point["type"], "unresolved"),
        parameter=float(best["parameters"][0]),
        second_parameter=float(best["parameters"][1]),
        state=state,
        eigenvalues=nearby,
        normal_form=found,
        frequencies=_frequencies(kind, point | best, found),
        converged=refined is not None or point["status"] == "converged",
        index=max(index - 1, 0),
        raw={**point, "refined": refined},
    )


def _frequencies(kind: str, point: Raw, found: Any) -> np.ndarray:
    if point["type"] == "bt":
        return np.zeros(0)
    if hasattr(found, "frequencies"):
        return np.asarray(found.frequencies, float)
    if hasattr(found, "frequency"):
        return np.array([float(found.frequency)])
    return np.array([abs(float(point["omega"]))]) if kind == "hopf" else np.zeros(0)
