"""Meshes that put their intervals where a cycle bends.

The interpolation error on an interval of length h is about h^{m+1}|x^{(m+1)}|. The derivative is
estimated from the jumps of the piecewise constant x^{(m)}, and the mesh is moved until every
interval holds the same share of ∫|x^{(m+1)}|^{1/(m+1)}: de Boor, in *Conference on the Numerical
Solution of Differential Equations* (Springer 1973); Russell and Christiansen, SIAM J. Numer.
Anal. 15 (1978) 59.
"""

import numpy as np
from jaxtyping import Float, Inexact
from numpy.polynomial import legendre

from bifbridge.continuation.curves._basis import basis

Expanded = Float[np.ndarray, "I m1 n"]
Times = Float[np.ndarray, " I1"]

#: Share of the mean density that is added everywhere, so that no interval grows without bound.
_FLOOR = 0.1


def node_times(times: Times, degree: int) -> Float[np.ndarray, "I m1"]:
    """The times of all nodes."""
    return times[:-1, None] + np.diff(times)[:, None] * basis(degree).nodes


def expanded(
    states: Inexact[np.ndarray, "I m n"], factor: complex | float | np.ndarray = 1.0
) -> Inexact[np.ndarray, "I m1 n"]:
    """Give each interval its last node."""
    last = factor @ states[0, 0] if np.ndim(factor) == 2 else factor * states[0, 0]
    ends = np.concatenate([states[1:, 0], last[None]])
    return np.concatenate([states, ends[:, None]], 1)


def evaluate(times: Times, nodes: Expanded, at: np.ndarray, order: int = 0) -> np.ndarray:
    """The piecewise polynomial, or a derivative by scaled time, anywhere."""
    widths = np.diff(times)
    flat = np.asarray(at, float).ravel()
    which = np.clip(np.searchsorted(times, flat, side="right") - 1, 0, len(widths) - 1)
    local = (flat - times[which]) / widths[which]
    rows = polynomial_rows(nodes.shape[1] - 1, local, order) / widths[which, None] ** order
    return np.einsum("kj,kjn->kn", rows, nodes[which]).reshape(*np.shape(at), nodes.shape[2])


def polynomial_rows(degree: int, local: np.ndarray, order: int = 0) -> np.ndarray:
    """Rows that take node values to the polynomial's value or derivative."""
    inverse = np.linalg.inv(legendre.legvander(2 * basis(degree).nodes - 1, degree))
    derived = legendre.legder(np.eye(degree + 1), order) * 2.0**order
    return legendre.legvander(2 * local - 1, max(degree - order, 0)) @ derived @ inverse


def density(times: Times, nodes: Expanded) -> Float[np.ndarray, " I"]:
    """The error monitor |x^{(m+1)}|^{1/(m+1)} on each interval."""
    degree = nodes.shape[1] - 1
    widths = np.diff(times)
    highest = np.einsum("j,ijn->in", basis(degree).highest, nodes) / widths[:, None] ** degree
    jumps = np.roll(highest, -1, axis=0) - highest
    between = (widths + np.roll(widths, -1)) / 2
    at_ends = np.linalg.norm(jumps, axis=1) / between
    monitor = ((at_ends + np.roll(at_ends, 1)) / 2) ** (1 / (degree + 1))
    mean = np.sum(monitor * widths)
    return monitor + _FLOOR * mean if mean > 0 else np.ones_like(monitor)


def imbalance(times: Times, nodes: Expanded) -> float:
    """How much more than its share the worst interval holds; 1 on an ideal mesh."""
    shares = density(times, nodes) * np.diff(times)
    return float(np.max(shares) / np.mean(shares))


def adapted(
    times: Times, nodes: Expanded, intervals: int | None = None
) -> Float[np.ndarray, " J1"]:
    """A mesh on which the monitor is equidistributed."""
    shares = density(times, nodes) * np.diff(times)
    total = np.concatenate([[0.0], np.cumsum(shares)])
    count = len(times) - 1 if intervals is None else intervals
    new = np.interp(np.linspace(0, total[-1], count + 1), total, times)
    new[0], new[-1] = 0.0, 1.0
    return new


def moved(
    times: Times, nodes: Expanded, new: Float[np.ndarray, " J1"]
) -> Float[np.ndarray, "J m1 n"]:
    """A piecewise polynomial's node values on another mesh."""
    return evaluate(times, nodes, node_times(new, nodes.shape[1] - 1))


def extremes(times: Times, nodes: Expanded, sign: float) -> Float[np.ndarray, " n"]:
    """The largest (sign = 1) or smallest (−1) value of each state on the cycle."""
    degree, size = nodes.shape[1] - 1, nodes.shape[2]
    local = np.linspace(0, 1, 4 * degree + 1)
    values = sign * np.einsum("kj,ijn->ikn", polynomial_rows(degree, local), nodes)
    flat = values.reshape(-1, size)
    best = np.argmax(flat, axis=0)
    which, at = best // len(local), local[best % len(local)]
    own = sign * nodes[which, :, np.arange(size)]
    for _ in range(4):
        first = np.sum(polynomial_rows(degree, at, 1) * own, axis=1)
        second = np.sum(polynomial_rows(degree, at, 2) * own, axis=1)
        concave = second < 0
        at = np.clip(at - np.where(concave, first / np.where(concave, second, 1.0), 0.0), 0, 1)
    refined = np.sum(polynomial_rows(degree, at) * own, axis=1)
    return sign * np.maximum(refined, np.max(flat, axis=0))
