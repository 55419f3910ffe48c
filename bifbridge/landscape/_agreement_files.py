"""Agreements as datasets and tables."""

from typing import TYPE_CHECKING

from bifbridge._plain_files import plain_from_xarray, plain_to_xarray
from bifbridge.landscape._agreement import Agreement

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT, _VERSION = "bifbridge-agreement", 1
_DIMENSIONS = {
    "times": ("time",),
    "predicted_profile": ("time",),
    "measured_profile": ("time",),
    "subspace_angles": ("channel",),
    "predicted_eigenvalues": ("channel",),
    "measured_eigenvalues": ("mode",),
    "residual_eigenvalues": ("residual_mode",),
}


def to_xarray(agreement: Agreement) -> "xr.Dataset":
    """Profiles over time, eigenvalues over channels and modes, numbers as scalar variables."""
    dataset = plain_to_xarray(agreement, _DIMENSIONS, _FORMAT, _VERSION)
    return dataset.assign_coords(time=("time", dataset["times"].values))


def from_xarray(dataset: "xr.Dataset") -> Agreement:
    """The inverse of `to_xarray`."""
    return plain_from_xarray(Agreement, dataset, _FORMAT, _VERSION)


def to_dataframe(agreement: Agreement) -> "pd.DataFrame":
    """One row per number, by name."""
    import pandas as pd

    numbers = agreement.numbers
    return pd.DataFrame({"quantity": list(numbers), "value": list(numbers.values())})


def summary(agreement: Agreement) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    return [(name.replace("_", " "), f"{x:.6g}") for name, x in agreement.numbers.items()]
