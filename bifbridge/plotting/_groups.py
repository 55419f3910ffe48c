"""What a plot accepts as data: one group of a run, as xarray keeps it."""

import numpy as np
import xarray as xr

#: A group of a run's DataTree, or the same as a Dataset.
Group = xr.Dataset | xr.DataTree


def values(group: Group, name: str) -> np.ndarray:
    """One variable of a group."""
    dataset = group.to_dataset() if isinstance(group, xr.DataTree) else group
    if name not in dataset.variables:
        known = ", ".join(map(str, dataset.variables)) or "nothing"
        raise KeyError(f"This plot needs {name!r}; the data given have {known}.")
    return dataset[name].values


def by_step(group: Group, *names: str) -> tuple[np.ndarray, ...]:
    """Steps and variables of a group in the order of the steps."""
    steps = values(group, "step").astype(float)
    order = np.argsort(steps, kind="stable")
    return (steps[order], *(values(group, name)[order] for name in names))
