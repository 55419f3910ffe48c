"""From what the Julia package returns to curves of bifurcations in two parameters."""

from typing import Any

import equinox as eqx
import numpy as np

from bifbridge.continuation._status import Status
from bifbridge.continuation.bifurcationkit._convert import status
from bifbridge.continuation.bifurcationkit._normal_forms import codim_two
from bifbridge.continuation.jax_engine.two_parameter import BifurcationCurve, CodimTwoPoint

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
) -> BifurcationCurve:
    """A curve from one way, or from a backward and a forward one."""
    points = [_points(kind, way) for way in ways]
    if len(ways) == 1:
        (way,), (special,) = ways, points
        ends = (Status.RUNNING, status(way["status"]))
    else:
        backward, forward = ways
        count = len(backward["parameters"])
        turned = [_moved(point, max(count - 2 - point.index, 0)) for point in reversed(points[0])]
        shifted = [_moved(point, max(count - 1, 0) + point.index) for point in points[1]]
        way, special = _glued(backward, forward), turned + shifted
        ends = (status(backward["status"]), status(forward["status"]))
    return _assembled(kind, way, special, ends, spans)


def _assembled(
    kind: Any, way: Raw, special: list[CodimTwoPoint], ends: Any, spans: Any
) -> BifurcationCurve:
    parameters = np.asarray(way["parameters"], float).reshape(-1, 2)
    states = np.asarray(way["states"], float)
    n = states.shape[1]
    points = np.column_stack([states, parameters])
    weights = np.array([1 / n] * n + [(2 / (high - low)) ** 2 for low, high in spans])
    chords = np.diff(points, axis=0)
    lengths = np.sqrt(np.sum(weights * chords**2, axis=1))
    tangents = np.concatenate([chords, chords[-1:]]) if len(chords) else np.zeros_like(points)
    size = np.sqrt(np.sum(weights * tangents**2, axis=1, keepdims=True))
    tests = {name: np.asarray(value) for name, value in way["tests"].items()}
    if kind == "hopf":
        tests["frequency_squared"] = np.asarray(way["frequencies"], float) ** 2
    return BifurcationCurve(
        kind=kind,
        parameters=parameters,
        states=states,
        tangents=tangents / np.where(size > 0, size, 1.0),
        eigenvalues=np.asarray(way["eigenvalues"], complex),
        steps=np.concatenate([[0.0], lengths])[: len(points)],
        iterations=np.asarray(way["iterations"], int),
        tests=tests,
        special_points=tuple(special),
        unresolved=sum(point.kind == "unresolved" for point in special),
        status=max(ends),
        ends=ends,
    )


def _glued(backward: Raw, forward: Raw) -> Raw:
    def glue(a: Any, b: Any) -> np.ndarray:
        return np.concatenate([np.asarray(a)[:0:-1], np.asarray(b)])

    names = ("parameters", "states", "frequencies", "eigenvalues", "iterations")
    tests = {
        name: glue(backward["tests"][name], forward["tests"][name]) for name in forward["tests"]
    }
    return {name: glue(backward[name], forward[name]) for name in names} | {"tests": tests}


def _points(kind: str, way: Raw) -> list[CodimTwoPoint]:
    eigenvalues = np.asarray(way["eigenvalues"], complex)
    pairs = zip(way["points"], way["polished"], strict=True)
    return [codim_two_point(kind, point, refined, eigenvalues) for point, refined in pairs]


def codim_two_point(
    kind: str, point: Raw, refined: Raw | None, eigenvalues: np.ndarray
) -> CodimTwoPoint:
    """A point of codimension two."""
    best = point if refined is None else refined
    state = np.asarray(best["state"], float)
    index = int(point["index"])
    nearby = (
        eigenvalues[min(index, len(eigenvalues) - 1)] if len(eigenvalues) else np.zeros(0, complex)
    )
    found = codim_two(best["normal_form"] or {}, state)
    return CodimTwoPoint(
        kind=_KINDS.get(point["type"], "unresolved"),
        parameters=np.asarray(best["parameters"], float),
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


def _moved(point: CodimTwoPoint, index: int) -> CodimTwoPoint:
    return eqx.tree_at(lambda q: q.index, point, index)
