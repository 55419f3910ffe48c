"""Accepted points of one way along a branch, put together from compiled stretches."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bifbridge.continuation.curves import Status
from bifbridge.continuation.jax_engine._trace import Stretch


class Path(NamedTuple):
    """One way along a branch, from its start.

    Attributes:
        points: y, shape (K, n + 1).
        tangents: shape (K, n + 1).
        rows: of the step to each point; the first row is unused.
        steps: lengths.
        iterations: Newton iterations.
        eigenvalues: shape (K, n); of shape (K, 0) until they are computed.
        events: shape (K, k).
        status: how it ended.
    """

    points: np.ndarray
    tangents: np.ndarray
    rows: np.ndarray
    steps: np.ndarray
    iterations: np.ndarray
    eigenvalues: np.ndarray
    events: np.ndarray
    status: Status

    @classmethod
    def join(
        cls,
        start: np.ndarray,
        direction: np.ndarray,
        events: np.ndarray,
        stretches: list[Stretch],
        status: Status,
        limit: int,
    ) -> Path:
        """Put the start and the compiled stretches together."""

        def rows(first: np.ndarray, rest: list[Any]) -> np.ndarray:
            return np.concatenate([first[None], *rest])[:limit]

        points = rows(start, [s.points for s in stretches])
        return cls(
            points,
            rows(direction, [s.tangents for s in stretches]),
            rows(direction, [s.rows for s in stretches]),
            rows(np.zeros(()), [s.steps for s in stretches]),
            rows(np.zeros((), int), [s.iterations for s in stretches]),
            np.zeros((len(points), 0), complex),
            rows(events, [s.observed for s in stretches]),
            status,
        )


def filled(stretch: Stretch) -> Stretch:
    """The filled rows of a stretch, as numpy arrays."""
    count = int(stretch.count)
    cut: Any = (np.asarray(buffer)[:count] for buffer in tuple(stretch)[:-1])
    return Stretch(*cut, count=stretch.count)
