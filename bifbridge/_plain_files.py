"""Files of results whose fields are numbers and arrays: one variable per field."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from bifbridge._netcdf import check_format, provenance

if TYPE_CHECKING:
    import xarray as xr

#: Names of the dimensions of each field; a field that is not named is a single number.
Dimensions = Mapping[str, tuple[str, ...]]


def plain_to_xarray(
    result: Any, dimensions: Dimensions, name: str, version: int, *, without: tuple[str, ...] = ()
) -> "xr.Dataset":
    """A result as a dataset, field by field."""
    import xarray as xr

    given = {one.name: getattr(result, one.name) for one in fields(result)}
    data = {
        key: (dimensions.get(key, ()), np.asarray(value))
        for key, value in given.items()
        if key not in without
    }
    return xr.Dataset(data, attrs=provenance(name, version))


def plain_from_xarray(
    cls: Any, dataset: "xr.Dataset", name: str, version: int, **known: Any
) -> Any:
    """The inverse of `plain_to_xarray`; `known` are the fields that stand elsewhere."""
    check_format(dataset.attrs, name, version)
    given = {
        one.name: _restored(dataset[one.name].values, one.type)
        for one in fields(cls)
        if one.name not in known
    }
    return cls(**given, **known)


def _restored(values: np.ndarray, annotation: Any) -> Any:
    if annotation in (bool, int, float):
        return annotation(values)
    return values if "ndarray" in str(annotation) else jnp.asarray(values)
