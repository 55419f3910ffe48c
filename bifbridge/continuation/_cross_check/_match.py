"""Which special point of one engine is which of another."""

from collections.abc import Sequence

import equinox as eqx
import numpy as np
from scipy.optimize import linear_sum_assignment

from bifbridge._short_repr import short_repr
from bifbridge.continuation._cross_check._compare import Quantity, compared
from bifbridge.continuation.curves import Branch, SpecialPoint


class Match(eqx.Module):
    """A special point that at least two engines found.

    Attributes:
        points: the point as each engine has it, in the order of the engines; None where one
            lacks it.
        quantities: its numbers side by side.
    """

    points: tuple[SpecialPoint | None, ...]
    quantities: tuple[Quantity, ...]

    @property
    def kinds(self) -> tuple[str | None, ...]:
        """What each engine calls it, None where one lacks it."""
        return tuple(None if point is None else point.kind for point in self.points)

    @property
    def kind(self) -> str:
        """What the first engine that has it calls it."""
        return next(kind for kind in self.kinds if kind is not None)

    @property
    def same_kind(self) -> bool:
        """Whether all engines that have it agree on what it is."""
        return len({kind for kind in self.kinds if kind is not None}) == 1

    __repr__ = short_repr


class Unmatched(eqx.Module):
    """A special point that one engine lacks.

    Attributes:
        kind: what it is.
        parameter: where it is.
        state: where it is, shape (n,).
        found_by: the engines that have it.
        missed_by: the engine that lacks it.
        reason: what that engine has instead, or why it could not have it.
    """

    kind: str
    parameter: float
    state: np.ndarray
    found_by: tuple[str, ...]
    missed_by: str
    reason: str

    __repr__ = short_repr


Cluster = list[SpecialPoint | None]


def matched(
    names: Sequence[str], branches: Sequence[Branch], width: float, tolerance: float
) -> tuple[tuple[Match, ...], tuple[Unmatched, ...]]:
    """Match the bifurcations of several branches."""
    # Two points can be the same one if both their parameters, relative to the span, and their
    # states, relative to 1 + |z|, differ by less than `tolerance`, and if they are not a Hopf
    # point on one side only. Among all assignments of points that can be the same one, that of
    # least total distance is taken, equal kinds before different ones.
    clusters: list[Cluster] = []
    for k, branch in enumerate(branches):
        _assign(clusters, k, len(branches), _bifurcations(branch), width, tolerance)
    clusters.sort(key=lambda cluster: _first(cluster).parameter)
    matches = tuple(
        Match(tuple(cluster), compared(cluster, width))
        for cluster in clusters
        if sum(point is not None for point in cluster) > 1
    )
    lacking = tuple(
        _unmatched(cluster, k, names, branches[k], width, tolerance)
        for cluster in clusters
        for k, point in enumerate(cluster)
        if point is None
    )
    return matches, lacking


def _bifurcations(branch: Branch) -> list[SpecialPoint]:
    return list(branch.bifurcations)


def _first(cluster: Cluster) -> SpecialPoint:
    return next(point for point in cluster if point is not None)


def _assign(
    clusters: list[Cluster],
    engine: int,
    engines: int,
    points: list[SpecialPoint],
    width: float,
    tolerance: float,
) -> None:
    """Put the points of one engine into the clusters, or into new ones."""
    taken: set[int] = set()
    if clusters and points:
        distances = np.array([
            [_cost(_first(cluster), point, width, tolerance) for point in points]
            for cluster in clusters
        ])
        # A pair that cannot be is dearer than all pairs that can be.
        forbidden = 4.0 * tolerance * (1 + min(distances.shape))
        rows, columns = linear_sum_assignment(np.minimum(distances, forbidden))
        for row, column in zip(rows, columns, strict=True):
            if np.isfinite(distances[row, column]):
                clusters[row][engine] = points[column]
                taken.add(int(column))
    for k, point in enumerate(points):
        if k not in taken:
            fresh: Cluster = [None] * engines
            fresh[engine] = point
            clusters.append(fresh)


def _cost(a: SpecialPoint, b: SpecialPoint, width: float, tolerance: float) -> float:
    distance = _distance(a, b, width)
    if distance > tolerance or (a.kind == "hopf") != (b.kind == "hopf"):
        return np.inf
    return distance + (0.0 if a.kind == b.kind else tolerance)


def _distance(a: SpecialPoint, b: SpecialPoint, width: float) -> float:
    size = 1 + max(np.linalg.norm(a.state), np.linalg.norm(b.state))
    return float(
        max(abs(a.parameter - b.parameter) / width, np.linalg.norm(a.state - b.state) / size)
    )


def _unmatched(
    cluster: Cluster,
    engine: int,
    names: Sequence[str],
    branch: Branch,
    width: float,
    tolerance: float,
) -> Unmatched:
    point = _first(cluster)
    have = tuple(name for name, p in zip(names, cluster, strict=True) if p is not None)
    return Unmatched(
        point.kind, point.parameter, point.state, have, names[engine],
        _reason(point, branch, width, tolerance),
    )  # fmt: skip


def _reason(point: SpecialPoint, branch: Branch, width: float, tolerance: float) -> str:
    if len(branch) == 0:
        return f"it has no branch: {branch.status.sentence}"
    lower, upper = np.min(branch.parameters), np.max(branch.parameters)
    if not lower - tolerance * width <= point.parameter <= upper + tolerance * width:
        return f"its branch covers p from {lower:.6g} to {upper:.6g} only: {branch.status.sentence}"
    others = _bifurcations(branch)
    if not others:
        return "it reports no bifurcation"
    nearest = min(others, key=lambda other: _distance(point, other, width))
    distance = _distance(point, nearest, width)
    where = f"its nearest point is a {nearest.kind} at p = {nearest.parameter:.10g}"
    if distance > tolerance:
        return f"{where}, at a relative distance of {distance:.2g} (limit {tolerance:.2g})"
    if (point.kind == "hopf") != (nearest.kind == "hopf"):
        return f"{where}, which is of another kind"
    return f"{where}, which is the match of another point"
