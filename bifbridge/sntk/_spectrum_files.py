"""Spectra as datasets and tables."""

from typing import TYPE_CHECKING

import numpy as np

from bifbridge._plain_files import plain_from_xarray, plain_to_xarray
from bifbridge.sntk._spectrum_type import Spectrum

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT, _VERSION = "bifbridge-spectrum", 1
_DIMENSIONS = {
    "eigenvalues": ("value",),
    "right": ("parameter", "mode"),
    "residuals": ("mode",),
}


def to_xarray(spectrum: Spectrum) -> "xr.Dataset":
    """A spectrum as a dataset; the effective ranks stand beside what they are made from."""
    dataset = plain_to_xarray(spectrum, _DIMENSIONS, _FORMAT, _VERSION)
    return dataset.assign(
        participation_ratio=spectrum.participation_ratio, stable_rank=spectrum.stable_rank
    )


def from_xarray(dataset: "xr.Dataset") -> Spectrum:
    """The inverse of `to_xarray`."""
    return plain_from_xarray(Spectrum, dataset, _FORMAT, _VERSION)


def to_dataframe(spectrum: Spectrum) -> "pd.DataFrame":
    """One row per eigenvalue: itself, its share of the trace, and its residual where known."""
    import pandas as pd

    values = np.asarray(spectrum.eigenvalues)
    residuals = np.full(values.size, np.nan)
    known = np.asarray(spectrum.residuals)
    residuals[: known.size] = known
    trace = float(spectrum.trace)
    shares = values / trace if trace else np.zeros(values.size)
    columns = {"eigenvalue": values, "share": shares, "residual": residuals}
    return pd.DataFrame({"mode": np.arange(1, values.size + 1), **columns})


def summary(spectrum: Spectrum) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    values = spectrum.eigenvalues
    return [
        ("participation ratio", f"{spectrum.participation_ratio:.6g}"),
        ("largest eigenvalues", ", ".join(f"{float(x):.4g}" for x in values[:5])),
        ("trace", f"{float(spectrum.trace):.6g}"),
        ("known", f"{values.size}, {'all' if spectrum.complete else 'the largest ones'}"),
    ]
