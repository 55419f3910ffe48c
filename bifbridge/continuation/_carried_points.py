"""Special points that belong to other results, held as those of a branch that carries them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._load import from_xarray
from bifbridge.continuation.curves import EQUILIBRIUM, SpecialPoint, bearer

if TYPE_CHECKING:
    import xarray as xr


def points_to_xarray(points: Sequence[SpecialPoint]) -> "xr.Dataset":
    """At least one special point, in the way in which those of branches are written."""
    # One way to write normal forms: the points are both the points and the special points.
    states = np.stack([np.asarray(point.state) for point in points])
    return bearer(
        points,
        EQUILIBRIUM,
        parameters=np.array([point.parameter for point in points]),
        states=states,
        tangents=np.full((len(points), states.shape[1] + 1), np.nan),
        eigenvalues=np.stack([np.asarray(point.eigenvalues) for point in points]),
    ).to_xarray()


def points_from_xarray(dataset: "xr.Dataset") -> tuple[Any, ...]:
    """The inverse of `points_to_xarray`."""
    return from_xarray(dataset).special_points


def form_to_xarray(form: Any) -> "xr.Dataset":
    """One normal form, as that of a special point."""
    eigenvalues = np.array([complex(form.eigenvalue)])
    point = SpecialPoint(form.kind, float("nan"), np.asarray(form.state), eigenvalues, form)
    return points_to_xarray([point])


def form_from_xarray(dataset: "xr.Dataset") -> Any:
    """The inverse of `form_to_xarray`."""
    return points_from_xarray(dataset)[0].normal_form
