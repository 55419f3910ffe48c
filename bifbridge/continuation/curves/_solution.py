"""A kind of solution: the one row of the table that says what differs between curves."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from bifbridge._result_table import resolve
from bifbridge.continuation.curves._rules import StabilityRule

#: Test functions along a curve by name, each of shape (K,).
Tests = dict[str, np.ndarray]


def _none_critical(tests: Tests, count: int) -> np.ndarray:
    del tests
    return np.zeros((count, 0), complex)


def _none_neutral(tests: Tests, count: int) -> np.ndarray:
    del tests
    return np.zeros(count, bool)


@dataclass(frozen=True, eq=False)
class SolutionKind:
    """What is solved along a curve.

    A new kind of solution is one more of these, a residual and its normal forms. Storage, text,
    tables, resuming, figures, pages and commands ask the row and know no kind by name.

    Attributes:
        name: as in files, such as "equilibrium".
        plural: in texts, such as "equilibria".
        rule: how stability is read off the eigenvalues.
        parameters: how many there are: 1 along a branch, 2 along a curve of bifurcations.
        orbits: whether a solution is a cycle with its nodes, not a state alone.
        forms: class of the normal form of each kind of special point, by that kind.
        form_dimensions: dimensions in files of those fields of the normal forms that are arrays.
        bifurcations: the kinds of special points at which stability or the number of solutions
            changes.
        branching: those from which another curve of the same kind leaves.
        tests: names of the test functions that every curve of the kind has.
        critical: (tests, K) ↦ the eigenvalues that are critical all along, shape (K, c); they do
            not count as unstable.
        neutral: (tests, K) ↦ where the curve consists of neutral saddles, shape (K,).
        derived: further columns of files, by name, made from the tests.
        resume: "module:function" that goes on from the last point.
    """

    name: str
    plural: str
    rule: StabilityRule
    parameters: int = 1
    orbits: bool = False
    forms: dict[str, type] = field(default_factory=dict)
    form_dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bifurcations: frozenset[str] = frozenset()
    branching: frozenset[str] = frozenset()
    tests: tuple[str, ...] = ()
    critical: Callable[[Tests, int], np.ndarray] = _none_critical
    neutral: Callable[[Tests, int], np.ndarray] = _none_neutral
    derived: dict[str, Callable[[Tests, int], np.ndarray]] = field(default_factory=dict)
    resume: str = ""

    def unstable(self, eigenvalues: np.ndarray, tests: Tests) -> np.ndarray:
        """Number of unstable eigenvalues at each point, the critical ones apart, shape (K,)."""
        rest = eigenvalues
        for values in self.critical(tests, len(eigenvalues)).T:
            rest = _without_nearest(rest, values)
        return self.rule.unstable(rest)

    def __reduce__(self):
        # Another process has the same rows.
        return _by_name, (self.name,)


def _by_name(name: str) -> SolutionKind:
    return resolve("bifbridge.continuation.curves:SOLUTIONS")[name]


def _without_nearest(eigenvalues: np.ndarray, values: np.ndarray) -> np.ndarray:
    # One eigenvalue fewer in each row: the one nearest to that row's value.
    if eigenvalues.shape[1] == 0:
        return eigenvalues
    nearest = np.argmin(np.abs(eigenvalues - values[:, None]), axis=1)
    kept = np.arange(eigenvalues.shape[1]) != nearest[:, None]
    return eigenvalues[kept].reshape(len(eigenvalues), -1)
