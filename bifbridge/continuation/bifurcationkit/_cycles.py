"""From what the Julia package returns to branches of cycles."""

from typing import Any

import numpy as np

from bifbridge.continuation.bifurcationkit._convert import status as any_status
from bifbridge.continuation.curves import (
    CYCLE,
    Branch,
    Cycle,
    Orbits,
    SpecialPoint,
    Status,
    no_orbits,
    no_points,
    one_way,
    point_on_cycle,
)
from bifbridge.continuation.curves._basis import basis, interpolation_matrix
from bifbridge.continuation.curves._mesh import extremes
from bifbridge.normal_forms import CycleNormalForm

Raw = dict[str, Any]

_KINDS = {"pd": "period_doubling", "ns": "neimark_sacker"}


def cycle_branch(raw: Raw, n: int) -> Branch:
    """A branch of cycles."""
    word = raw["status"]
    ending = Status.NO_CYCLE if word == "no_equilibrium" else Status[any_name(word)]
    times = np.asarray(raw["times"], float)
    nodes = _own_nodes(np.asarray(raw["nodes"], float), bool(raw["equidistant"]))
    multipliers, trivial = _split(
        np.asarray(raw["multipliers"], complex).reshape(len(times), -1), n
    )
    parameters, periods = (np.asarray(raw[name], float) for name in ("parameters", "periods"))
    pairs = zip(raw["points"], raw["polished"], strict=True)
    points = tuple(_special_point(point, refined, raw, n) for point, refined in pairs)
    if not len(parameters):
        _, intervals, nodes_each, states = nodes.shape
        empty = no_orbits(intervals, nodes_each - 1, states)
        return no_points(ending, n, solution=CYCLE, orbits=empty)
    orbits = Orbits(
        periods, _extremes(times, nodes, 1.0), _extremes(times, nodes, -1.0), trivial, times, nodes
    )
    return one_way(
        CYCLE,
        ending,
        points,
        parameters=parameters,
        states=nodes[:, 0, 0],
        tangents=np.zeros((len(parameters), 0)),
        eigenvalues=multipliers,
        steps=_steps(parameters, periods, nodes),
        iterations=np.asarray(raw["iterations"], int),
        orbits=orbits,
    )


def any_name(word: str) -> str:
    """The name of a status, whatever list of statuses it comes from."""
    name = "PERIOD_LIMIT" if word == "period_limit" else any_status(word).name
    return name if name in Status.__members__ else "NO_CONVERGENCE"


def _own_nodes(nodes: np.ndarray, equidistant: bool) -> np.ndarray:
    """From equidistant nodes in each interval to Chebyshev–Lobatto nodes: the same polynomial."""
    if not equidistant:
        return nodes
    degree = nodes.shape[2] - 1
    matrix = interpolation_matrix(np.linspace(0, 1, degree + 1), basis(degree).nodes)
    return np.einsum("jk,cikn->cijn", matrix, nodes)


def _split(multipliers: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The multipliers by falling modulus without the one nearest 1, and that one."""
    if not len(multipliers):
        return np.zeros((0, n - 1), complex), np.zeros(0)
    nearest = np.argmin(np.abs(multipliers - 1), axis=1)
    trivial = np.real(multipliers[np.arange(len(multipliers)), nearest])
    rest = np.array([np.delete(row, k) for row, k in zip(multipliers, nearest, strict=True)])
    order = np.argsort(-np.abs(rest), axis=1, kind="stable")
    return np.take_along_axis(rest, order, 1).astype(complex), trivial


def _extremes(times: np.ndarray, nodes: np.ndarray, sign: float) -> np.ndarray:
    return np.stack([extremes(t, x, sign) for t, x in zip(times, nodes, strict=True)])


def _steps(parameters: np.ndarray, periods: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    flat = nodes.reshape(len(nodes), -1)
    square = np.mean(np.diff(flat, axis=0) ** 2, axis=1)
    square += (np.diff(periods) / periods[1:]) ** 2 + np.diff(parameters) ** 2
    return np.concatenate([[0.0], np.sqrt(square)])


def _special_point(point: Raw, refined: Raw | None, raw: Raw, n: int) -> SpecialPoint:
    kind = _kind(point, np.asarray(raw["parameters"], float))
    if refined is not None and refined["kind"] == "fold" and kind != "cycle_fold":
        refined = None  # the turn nearby is another point than the one that was bisected
    best = point if refined is None else refined
    times = np.asarray(best["times"], float)
    nodes = _own_nodes(np.asarray(best["nodes"], float)[None], bool(raw["equidistant"]))[0]
    multipliers, trivial = _split(np.asarray(best["multipliers"], complex)[None], n)
    cycle = Cycle(
        parameter=float(best["parameter"]),
        period=float(best["period"]),
        times=times,
        nodes=nodes,
        multipliers=multipliers[0],
        trivial=float(trivial[0]),
    )
    return point_on_cycle(
        kind,
        cycle,
        normal_form=cycle_normal_form(kind, best["normal_form"] or {}, raw, float(best["period"])),
        converged=refined is not None or point["status"] == "converged",
        index=max(int(point["index"]) - 1, 0),
        jump=int(point["delta"][0]),
        multiplicity=1 if kind != "unresolved" else max(abs(int(point["delta"][0])), 1),
        bracket=(float(point["interval"][0]), float(point["interval"][1])),
        raw={**point, "refined": refined},
    )


def _kind(point: Raw, parameters: np.ndarray) -> str:
    if point["type"] != "bp":
        return _KINDS.get(point["type"], "unresolved")
    # BifurcationKit calls every multiplier that crosses 1 a branch point; at a fold the parameter
    # turns around.
    k = int(point["index"])
    around = np.diff(parameters[max(k - 3, 0) : k + 4])
    turns = around.size > 1 and np.min(around) < 0 < np.max(around)
    return "cycle_fold" if turns else "branch_point_of_cycles"


def cycle_normal_form(kind: str, form: Raw, raw: Raw, period: float) -> CycleNormalForm | None:
    """The normal form at a critical multiplier, in this package's convention."""
    # By collocation BifurcationKit solves the equations of Kuznetsov, Govaerts, Doedel and Dhooge
    # (SIAM J. Numer. Anal. 43 (2005) 1407) on the period scaled to 1, with modes v₁ of ∫₀¹|v₁|² =
    # 1, as ours. The coefficients that it returns are the paper's, whose mode has ∫₀ᵀ|v|² dt = 1:
    # there v = v₁/√T, so the paper's ξ is √T times ours, and every cubic coefficient here is T
    # times its. Term by term (`period_doubling_normal_form_iooss` in NormalForms.jl): with a =
    # a₁/T, T b3 = ∫v₁*·(C(v₁,v₁,v₁)/3 + T B(v₁,h₂) − 2a₁ A v₁) has C as it stands in our
    # equation, and h₂ of unit time is h₂/T in ours.
    # A Neimark–Sacker point's d has the addend +iθa₁/T² besides
    # (`neimark_sacker_normal_form_iooss`, which returns a₁ as `a`): it belongs to dξ/dt, where
    # ours is dξ/dτ with dτ/dt = 1 + (a₁/T)|ξ|². Hence T(d − iθa₁/T²), or T(d − iaθ/T²). The live
    # tests hold both against closed forms at two periods. Shooting has the coefficients of the
    # return map, with other weights: they stay in `raw`.
    if form.get("return_map", True) or "mode" not in form:
        return None
    if kind == "period_doubling" and "b3" in form:
        coefficient, angle = complex(period * complex(form["b3"]).real), np.pi
    elif kind == "neimark_sacker" and "d" in form:
        angle = float(form["angle"])
        coefficient = complex(form["d"]) * period - 1j * complex(form["a"]).real * angle / period
        if angle < 0:  # the other multiplier of the pair
            angle, coefficient = -angle, np.conj(coefficient)
    else:
        return None
    return CycleNormalForm(kind, complex(coefficient), period, float(angle), _mode(form, raw))


def _mode(form: Raw, raw: Raw) -> np.ndarray:
    """The critical mode on the nodes of this package."""
    flat = np.asarray(form["mode"], complex).T  # (node, state), interval ends once
    degree = np.asarray(raw["nodes"]).shape[2] - 1
    starts = np.arange(0, len(flat) - 1, degree)
    nodes = np.stack([flat[start : start + degree + 1] for start in starts])
    own = np.einsum(
        "jk,ikn->ijn",
        interpolation_matrix(np.linspace(0, 1, degree + 1), basis(degree).nodes),
        nodes,
    )
    return own if np.any(np.abs(own.imag) > 1e-12 * np.max(np.abs(own))) else own.real
