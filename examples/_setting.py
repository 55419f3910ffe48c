"""What all examples share: double precision, the reduced size, and where figures go."""

import os
import sys
from pathlib import Path

import jax
from matplotlib.figure import Figure

jax.config.update("jax_enable_x64", True)

#: The reduced size, at which every example runs within seconds: `--quick` or BIFBRIDGE_QUICK=1.
QUICK = "--quick" in sys.argv or os.environ.get("BIFBRIDGE_QUICK", "0") not in {"", "0"}


def folder() -> Path:
    """Where figures go: BIFBRIDGE_FIGURES, or `figures` in the current folder."""
    place = Path(os.environ.get("BIFBRIDGE_FIGURES", "figures"))
    place.mkdir(parents=True, exist_ok=True)
    return place


def save(figure: Figure, name: str) -> Path:
    """Save a figure as PNG, and say where."""
    path = folder() / f"{name}.png"
    figure.savefig(path, dpi=200)
    print(f"Wrote {path}")
    return path
