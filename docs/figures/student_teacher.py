"""The student-teacher run: loss, effective rank and leading eigenvalues.

The run takes minutes, so its series are recorded:

    bifbridge student-teacher --out runs/demo
    python docs/figures/student_teacher.py runs/demo
"""

import json
import sys
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from bifbridge.plotting import plot_training

FILE = "student-teacher.png"
DATA = Path(__file__).parent / "data" / "student-teacher.json"
SERIES = {
    "training": ("step", "loss"),
    "kernel": ("step", "participation_ratio"),
    "equilibrium": ("step", "eigenvalues_real"),
    "events": ("step", "kind", "criticality", "converged", "loss_drop_step"),
}


def figure() -> Figure:
    """Drawn from the recorded series."""
    groups = json.loads(DATA.read_text(encoding="utf-8"))
    return plot_training(
        xr.DataTree.from_dict({
            name: xr.Dataset({key: _variable(key, values) for key, values in group.items()})
            for name, group in groups.items()
        })
    )


def _variable(name: str, values: list) -> tuple[tuple[str, ...], np.ndarray]:
    array = np.array(values)
    return tuple(["row", f"{name}_column"][: array.ndim]), array


def record(run: Path) -> None:
    """Keep the series of a run with five digits."""
    with xr.open_datatree(run / "run.nc", engine="h5netcdf") as tree:
        groups = {
            name: {key: _rounded(tree[name][key].values) for key in keys}
            for name, keys in SERIES.items()
        }
    DATA.write_text(json.dumps(groups, separators=(",", ":")) + "\n", encoding="utf-8")


def _rounded(array: np.ndarray) -> list:
    if array.dtype.kind != "f":
        return array.tolist()
    return np.vectorize(lambda x: float(f"{x:.5g}"))(array).tolist()


if __name__ == "__main__":
    record(Path(sys.argv[1]))
