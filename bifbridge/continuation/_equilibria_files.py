"""Equilibria as datasets and tables."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._netcdf import check_format, provenance
from bifbridge.continuation._found_equilibria import Equilibria

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_FORMAT, _VERSION = "bifbridge-equilibria", 1


def to_xarray(found: Equilibria) -> "xr.Dataset":
    """Equilibria and slow points over "point", with their states, eigenvalues and speeds."""
    import xarray as xr

    data: dict[str, Any] = {
        "states": (("point", "state"), found.states),
        "eigenvalues": (("point", "mode"), found.eigenvalues),
        "speeds": ("point", found.speeds),
        "kinds": ("point", np.array(found.kinds, dtype=str)),
        "found_from": ("point", found.found_from),
        "unstable": ("point", found.unstable),
    }
    return xr.Dataset(data, attrs=provenance(_FORMAT, _VERSION))


def from_xarray(dataset: "xr.Dataset") -> Equilibria:
    """The inverse of `to_xarray`."""
    check_format(dataset.attrs, _FORMAT, _VERSION)
    arrays = {
        name: dataset[name].values for name in ("states", "eigenvalues", "speeds", "found_from")
    }
    kinds: Any = tuple(str(kind) for kind in dataset["kinds"].values)
    return Equilibria(kinds=kinds, **arrays)


def to_dataframe(found: Equilibria) -> "pd.DataFrame":
    """One row per point: kind, unstable, speed, leading (largest real part), starts, z0, z1, …."""
    import pandas as pd

    columns: dict[str, Any] = {
        "kind": list(found.kinds),
        "unstable": found.unstable,
        "speed": found.speeds,
        "leading": found.leading,
        "found_from": found.found_from,
    }
    columns |= {f"z{k}": column for k, column in enumerate(found.states.T)}
    return pd.DataFrame(columns)


def summary(found: Equilibria) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    counts = [
        (f"{kind} equilibria" if kind != "slow" else "slow points", str(found.kinds.count(kind)))
        for kind in ("stable", "unstable", "slow")
    ]
    fastest = np.max(found.speeds, initial=0.0)
    return [*counts, ("largest speed |f|", f"{fastest:.1e}")]
