"""Special points as arrays over `special`, and back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge.continuation.curves._branch import Branch
from bifbridge.continuation.curves._cycle import Cycle, CyclePoint
from bifbridge.continuation.curves._form_files import form_from_variables, forms_to_variables
from bifbridge.continuation.curves._raw_values import raw_from_dataset, raw_variables
from bifbridge.continuation.curves._solution import SolutionKind
from bifbridge.continuation.curves._special_point import SpecialPoint

if TYPE_CHECKING:
    import xarray as xr

#: Names of numbers and texts that every special point has.
_PLAIN = ("kind", "parameter", "converged", "index", "jump", "multiplicity")
#: Dimensions of what a cycle has beside parameter and multipliers.
_CYCLE = {
    "period": (),
    "trivial": (),
    "times": ("mesh",),
    "nodes": ("interval", "node", "state"),
}


def special_variables(branch: Branch) -> dict[str, Any]:
    """The special points of a curve as variables; none where there are none."""
    points = branch.special_points
    if not points:
        return {}
    data: dict[str, Any] = {
        f"special_{name}": ("special", np.array([getattr(point, name) for point in points]))
        for name in _PLAIN
    }
    if branch.solution.parameters > 1:
        second = [point.second_parameter for point in points]
        data["special_second_parameter"] = ("special", np.array(second))
        data |= _frequencies(points)
    data |= {
        "special_state": (("special", "state"), np.stack([p.state for p in points])),
        "special_eigenvalues": (("special", "mode"), np.stack([p.eigenvalues for p in points])),
        "special_bracket": (("special", "side"), np.array([p.bracket for p in points])),
        **raw_variables(points),
        **_tangents(branch),
    }
    cycles = [point.cycle for point in points if point.cycle is not None]
    if cycles:
        data |= {
            f"special_{name}": (
                ("special", *dimensions),
                np.stack([np.asarray(getattr(cycle, name)) for cycle in cycles]),
            )
            for name, dimensions in _CYCLE.items()
        }
    return data | forms_to_variables([point.normal_form for point in points], branch.solution)


def special_from_dataset(dataset: "xr.Dataset", solution: SolutionKind) -> tuple[SpecialPoint, ...]:
    """The inverse of `special_variables`."""
    count = dataset.sizes.get("special", 0)
    return tuple(_point(dataset, solution, k) for k in range(count))


def _point(dataset: "xr.Dataset", solution: SolutionKind, k: int) -> SpecialPoint:
    def value(name: str, default: Any = None) -> Any:
        name = f"special_{name}"
        return dataset[name].values[k] if name in dataset else default

    low, high = value("bracket", (np.nan, np.nan))
    second = value("second_parameter")
    return SpecialPoint(
        kind=str(value("kind")),
        parameter=float(value("parameter")),
        state=value("state"),
        eigenvalues=value("eigenvalues"),
        normal_form=form_from_variables(dataset, k, solution, value("state")),
        converged=bool(value("converged")),
        index=int(value("index")),
        jump=int(value("jump", 0)),
        multiplicity=int(value("multiplicity", 1)),
        bracket=(float(low), float(high)),
        tangent=_tangent(value),
        raw=raw_from_dataset(dataset, k),
        second_parameter=None if second is None else float(second),
        frequencies=value("frequencies", np.zeros(2))[: int(value("pairs", 0))],
        cycle=_cycle(value) if solution.orbits else None,
        solution=solution,
    )


def _cycle(value: Any) -> Cycle:
    return Cycle(
        float(value("parameter")), float(value("period")), value("times"), value("nodes"),
        value("eigenvalues"), float(value("trivial")),
    )  # fmt: skip


def _tangent(value: Any) -> np.ndarray | CyclePoint | None:
    states = _present(value("tangent_states"))
    if states is not None:
        return CyclePoint(states, value("tangent_scalars"))
    return _present(value("tangent"))


def _tangents(branch: Branch) -> dict[str, Any]:
    tangents: list[Any] = [point.tangent for point in branch.special_points]
    if all(tangent is None for tangent in tangents):
        return {}
    if branch.orbits is None:
        return {"special_tangent": (("special", "extended"), _stacked(tangents))}
    states = _stacked(tangent and tangent.states for tangent in tangents)
    scalars = _stacked(tangent and tangent.scalars for tangent in tangents)
    return {
        "special_tangent_states": (("special", "interval", "inner", "state"), states),
        "special_tangent_scalars": (("special", "scalar"), scalars),
    }


def _frequencies(points: Iterable[SpecialPoint]) -> dict[str, Any]:
    rows = [np.append(point.frequencies, [np.nan, np.nan])[:2] for point in points]
    counts = np.array([point.frequencies.size for point in points])
    return {
        "special_frequencies": (("special", "pair"), np.stack(rows)),
        "special_pairs": ("special", counts),
    }


def _stacked(rows: Iterable[Any]) -> np.ndarray:
    """Rows of one shape; NaN where a row is None."""
    known = list(rows)
    empty = np.full_like(next(row for row in known if row is not None), np.nan)
    return np.stack([empty if row is None else np.asarray(row) for row in known])


def _present(row: np.ndarray | None) -> np.ndarray | None:
    return None if row is None or np.all(np.isnan(row)) else row
