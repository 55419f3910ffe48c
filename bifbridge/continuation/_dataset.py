"""What all datasets of this room share: a header, special points as arrays, files whole or refused.

A dataset runs over `point`, and over `special` for its special points, whose variables begin with
`special_` and those of their normal forms with `form_`. What a special point lacks is NaN.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from bifbridge._netcdf import check_format, provenance
from bifbridge.continuation._results import Balance
from bifbridge.continuation._status import Status

if TYPE_CHECKING:
    import xarray as xr

VERSION = 1
#: Names of a dataset's dimensions, and the values.
Variable = tuple[str | tuple[str, ...], np.ndarray]


def header(name: str, status: Status, ends: Sequence[Status], **more: Any) -> dict[str, Any]:
    """Attributes that every dataset has."""
    return {
        **provenance(name, VERSION),
        "status": status.name,
        "ends": json.dumps([end.name for end in ends]),
        **more,
    }


def check_header(attributes: Any, name: str) -> None:
    """Refuse what is not of a format."""
    check_format(attributes, name, VERSION)


def statuses(attributes: Any) -> dict[str, Any]:
    """Status and ends from a header."""
    first, last = json.loads(attributes["ends"])
    return {"status": Status[attributes["status"]], "ends": (Status[first], Status[last])}


def balance_text(balance: Balance) -> str:
    """A balance as an attribute."""
    numbers = [balance.unstable_start, balance.unstable_end, balance.located, balance.unresolved]
    return json.dumps([*numbers, bool(balance.explained)])


def balance_from_text(text: str) -> Balance:
    """The inverse of `balance_text`."""
    return Balance(*json.loads(text))


def stacked(rows: Iterable[Any], like: np.ndarray) -> np.ndarray:
    """Rows of one shape; NaN where a row is None."""
    empty = np.full(like.shape, np.nan, like.dtype)
    return np.stack([empty if row is None else np.asarray(row) for row in rows])


def present(row: np.ndarray) -> np.ndarray | None:
    """The inverse of `stacked` for one row."""
    return None if np.all(np.isnan(row)) else row


def mark_special(count: int, points: Sequence[Any]) -> np.ndarray:
    """The column of a table that names special points."""
    special = [""] * count
    for point in points:
        special[point.index] = ", ".join(filter(None, [special[point.index], point.kind]))
    return np.array(special, dtype=object)


def common(points: Sequence[Any], names: Sequence[str]) -> dict[str, Variable]:
    """Numbers and texts that every special point of a kind of result has."""
    return {
        f"special_{name}": ("special", np.array([getattr(point, name) for point in points]))
        for name in names
    }


def forms_to_variables(
    forms: Sequence[Any], classes: Sequence[type], dimensions: dict[str, tuple[str, ...]]
) -> dict[str, Variable]:
    """Normal forms of several kinds, field by field, complex throughout."""
    kinds = np.array([form.kind if form else "" for form in forms])
    data: dict[str, Variable] = {"form_kind": ("special", kinds)}
    for name in _field_names(classes):
        values = [getattr(form, name, None) for form in forms]
        known = [np.asarray(value, complex) for value in values if value is not None]
        if known or name not in dimensions:
            row = known[0] if known else np.zeros((), complex)
            names = ("special", *dimensions.get(name, ()))
            data[f"form_{name}"] = (names, stacked(values, row).astype(complex))
    return data


def form_from_variables(
    dataset: "xr.Dataset", k: int, classes: dict[str, type], **known: Any
) -> Any:
    """The inverse of `forms_to_variables` for one special point."""
    kind = str(dataset["form_kind"].values[k])
    if not kind:
        return None
    given = dict(known)
    for field in fields(classes[kind]):
        if field.name == "kind":
            given["kind"] = kind
        elif field.name not in given:
            given[field.name] = _restored(dataset, field, k)
    return classes[kind](**given)


def _restored(dataset: "xr.Dataset", field: Any, k: int) -> Any:
    name = f"form_{field.name}"
    value: Any = dataset[name].values[k] if name in dataset else np.array(np.nan)
    optional = field.default is None or "None" in str(field.type)
    if optional and np.all(np.isnan(value)):
        return None
    return jnp.asarray(value if "Complex" in str(field.type) else value.real)


def _field_names(classes: Sequence[type]) -> list[str]:
    names: dict[str, None] = {}
    for one in classes:
        assert issubclass(one, eqx.Module)
        names |= {field.name: None for field in fields(one) if field.name not in {"kind", "state"}}
    return list(names)
