"""The table of kinds of solutions: everything about a curve that depends on what is solved."""

from typing import Any

import numpy as np

from bifbridge.continuation.curves._rules import FLOW, MAP
from bifbridge.continuation.curves._solution import SolutionKind, Tests
from bifbridge.normal_forms import (
    BautinNormalForm,
    BogdanovTakensNormalForm,
    CuspNormalForm,
    CycleNormalForm,
    HopfHopfNormalForm,
    HopfNormalForm,
    ScalarNormalForm,
    ZeroHopfNormalForm,
)

_ENGINE = "bifbridge.continuation.jax_engine"
_SCALAR = ("fold", "transcritical", "pitchfork", "branch_point")
_OF_CYCLES = (
    "cycle_fold", "period_doubling", "neimark_sacker", "transcritical_of_cycles",
    "pitchfork_of_cycles",
)  # fmt: skip
_STATES = ("right", "left", "generalised", "left_generalised", "right_turning", "left_turning")


def _constant(value: complex) -> Any:
    return lambda tests, count: np.full((count, 1), value, complex)


def _hopf_pair(tests: Tests, count: int) -> np.ndarray:
    # ±iω; real, ±√(−ω²), on neutral saddles.
    del count
    root = np.sqrt(-np.asarray(tests["frequency_squared"], complex))
    return np.stack([root, -root], axis=1)


def _turning_pair(tests: Tests, count: int) -> np.ndarray:
    # e^{±iθ}; real with product 1 on neutral saddles.
    del count
    cosine = np.asarray(tests["cosine"], complex)
    root = np.sqrt(cosine**2 - 1)
    return np.stack([cosine + root, cosine - root], axis=1)


def _frequency(tests: Tests, count: int) -> np.ndarray:
    del count
    square = np.asarray(tests["frequency_squared"])
    return np.sqrt(np.where(square > 0, square, np.nan))


def _angle(tests: Tests, count: int) -> np.ndarray:
    del count
    cosine = np.asarray(tests["cosine"])
    return np.arccos(np.where(np.abs(cosine) > 1, np.nan, cosine))


EQUILIBRIUM = SolutionKind(
    name="equilibrium",
    plural="equilibria",
    rule=FLOW,
    forms={**dict.fromkeys(_SCALAR, ScalarNormalForm), "hopf": HopfNormalForm},
    form_dimensions={
        **{name: ("state",) for name in ("right", "left", "second_order")},
        **{name: ("theta",) for name in ("unfolding_gradient", "frequency_gradient")},
    },
    bifurcations=frozenset({*_SCALAR, "hopf"}),
    branching=frozenset({"transcritical", "pitchfork", "branch_point"}),
    resume=f"{_ENGINE}._resume:resume_equilibria",
)

CYCLE = SolutionKind(
    name="cycle",
    plural="cycles",
    rule=MAP,
    orbits=True,
    forms=dict.fromkeys(_OF_CYCLES, CycleNormalForm),
    form_dimensions={"mode": ("interval", "node", "state")},
    bifurcations=frozenset({
        "cycle_fold", "period_doubling", "neimark_sacker", "branch_point_of_cycles",
    }),
    branching=frozenset({"branch_point_of_cycles"}),
    resume=f"{_ENGINE}.cycles:resume_cycles",
)  # fmt: skip

_CODIMENSION_TWO: dict[str, Any] = {
    "rule": FLOW,
    "parameters": 2,
    "forms": {
        "cusp": CuspNormalForm,
        "bogdanov_takens": BogdanovTakensNormalForm,
        "bautin": BautinNormalForm,
        "zero_hopf": ZeroHopfNormalForm,
        "hopf_hopf": HopfHopfNormalForm,
    },
    "form_dimensions": {
        **{name: ("state",) for name in _STATES},
        "frequencies": ("pair",),
        "rights": ("pair", "state"),
        "lefts": ("pair", "state"),
    },
    "resume": f"{_ENGINE}.two_parameter:resume_curve",
}

FOLD = SolutionKind(
    "fold", "folds", tests=("quadratic", "product"), critical=_constant(0), **_CODIMENSION_TWO
)
HOPF = SolutionKind(
    "hopf",
    "Hopf points",
    tests=("frequency_squared", "first_lyapunov"),
    critical=_hopf_pair,
    neutral=lambda tests, count: np.asarray(tests["frequency_squared"]) <= 0,
    derived={"frequency": _frequency},
    **_CODIMENSION_TWO,
)
BRANCH_POINT = SolutionKind(
    "branch_point",
    "branch points",
    tests=("quadratic", "cubic", "imperfection"),
    critical=_constant(0),
    **_CODIMENSION_TWO,
)

_OF_ORBITS: dict[str, Any] = {
    "rule": MAP,
    "parameters": 2,
    "orbits": True,
    "resume": f"{_ENGINE}.cycle_curves:resume_cycle_curve",
}

CYCLE_FOLD = SolutionKind(
    "cycle_fold", "cycle folds", tests=("quadratic", "product"), critical=_constant(1), **_OF_ORBITS
)
PERIOD_DOUBLING = SolutionKind(
    "period_doubling",
    "period doublings",
    tests=("product", "coefficient"),
    critical=_constant(-1),
    **_OF_ORBITS,
)
NEIMARK_SACKER = SolutionKind(
    "neimark_sacker",
    "Neimark–Sacker points",
    tests=("cosine", "coefficient"),
    critical=_turning_pair,
    neutral=lambda tests, count: np.abs(tests["cosine"]) > 1,
    derived={"angle": _angle},
    **_OF_ORBITS,
)

#: All kinds by name.
SOLUTIONS = {
    kind.name: kind
    for kind in (
        EQUILIBRIUM, CYCLE, FOLD, HOPF, BRANCH_POINT, CYCLE_FOLD, PERIOD_DOUBLING, NEIMARK_SACKER,
    )
}  # fmt: skip
