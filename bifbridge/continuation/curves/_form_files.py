"""Normal forms as variables, field by field, and back.

All are stored as complex numbers. What is real is known from the field's type, and where the type
allows both, from `form_turning`.
"""

from collections.abc import Sequence
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from bifbridge.continuation.curves._solution import SolutionKind

if TYPE_CHECKING:
    import xarray as xr

#: Names of a dataset's dimensions, and the values.
Variable = tuple[str | tuple[str, ...], np.ndarray]
#: Fields that are stored elsewhere.
_ELSEWHERE = {"kind", "state"}


def forms_to_variables(forms: Sequence[Any], solution: SolutionKind) -> dict[str, Variable]:
    """Variables `form_…` of the normal forms of special points, of which some may be None."""
    if not solution.forms:
        return {}
    data: dict[str, Variable] = {
        "form_kind": ("special", np.array([form.kind if form else "" for form in forms]))
    }
    for name in _names(solution):
        values = [getattr(form, name, None) for form in forms]
        known = [np.asarray(value, complex) for value in values if value is not None]
        dimensions = solution.form_dimensions.get(name, ())
        if known or not dimensions:
            row = known[0] if known else np.zeros((), complex)
            data[f"form_{name}"] = (("special", *dimensions), _stacked(values, row))
        if any(_either(field) for field in _fields(solution) if field.name == name):
            turning = [value is not None and np.iscomplexobj(value) for value in values]
            data["form_turning"] = ("special", np.array(turning))
    return data


def form_from_variables(
    dataset: "xr.Dataset", k: int, solution: SolutionKind, state: np.ndarray
) -> Any:
    """The inverse of `forms_to_variables` for one special point."""
    kind = str(dataset["form_kind"].values[k]) if "form_kind" in dataset else ""
    if not kind:
        return None
    cls = solution.forms[kind]
    given: dict[str, Any] = {"kind": kind, "state": jnp.asarray(state)}
    own: list[Any] = list(fields(cls))
    given = {field.name: given[field.name] for field in own if field.name in _ELSEWHERE}
    for field in own:
        if field.name not in _ELSEWHERE:
            given[field.name] = _restored(dataset, field, k)
    return cls(**given)


def _restored(dataset: "xr.Dataset", field: Field, k: int) -> Any:
    name = f"form_{field.name}"
    value: Any = dataset[name].values[k] if name in dataset else np.array(np.nan)
    if (field.default is None or "None" in str(field.type)) and np.all(np.isnan(value)):
        return None
    if field.type is complex:
        return complex(value)
    if field.type is float:
        return float(value.real)
    if _either(field):
        return value if dataset["form_turning"].values[k] else value.real
    return jnp.asarray(value if "Complex" in str(field.type) else value.real)


def _either(field: Field) -> bool:
    return "Inexact" in str(field.type)


def _names(solution: SolutionKind) -> list[str]:
    return list(dict.fromkeys(f.name for f in _fields(solution) if f.name not in _ELSEWHERE))


def _fields(solution: SolutionKind) -> list[Any]:
    classes: list[Any] = list(dict.fromkeys(solution.forms.values()))
    return [field for cls in classes for field in fields(cls)]


def _stacked(rows: Sequence[Any], like: np.ndarray) -> np.ndarray:
    empty = np.full(like.shape, np.nan, complex)
    return np.stack([empty if row is None else np.asarray(row, complex) for row in rows])
