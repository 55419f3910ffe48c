"""Special points as a table, one row each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge.continuation.curves._special_point import SpecialPoint
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm

if TYPE_CHECKING:
    import pandas as pd


def special_points_to_dataframe(points: Sequence[SpecialPoint]) -> "pd.DataFrame":
    """Special points as a table; needs pandas.

    Args:
        points: of a branch or a diagram.

    Returns:
        Columns kind, parameter, converged, multiplicity, jump, criticality, z0, z1, …, leading
        (largest real part), critical_re and critical_im (the eigenvalue nearest the imaginary
        axis), b2 and c3, omega, c1_re, c1_im and first_lyapunov, margin. What does not apply is
        empty.

    Example:
        See [Continuation](../continuation.md).
    """
    import pandas as pd

    return pd.DataFrame([_row(point) for point in points])


def _row(point: SpecialPoint) -> dict[str, Any]:
    form = point.normal_form
    values = np.asarray(point.eigenvalues)
    critical = values[np.argmin(np.abs(np.real(values)))] if values.size else complex(np.nan)
    row: dict[str, Any] = {
        "kind": point.kind,
        "parameter": point.parameter,
        "converged": point.converged,
        "multiplicity": point.multiplicity,
        "jump": point.jump,
        "criticality": "" if form is None else form.criticality or "",
        **{f"z{k}": value for k, value in enumerate(point.state)},
        "leading": np.max(np.real(values), initial=-np.inf),
        "critical_re": critical.real,
        "critical_im": abs(critical.imag),
    }
    row |= dict.fromkeys(("b2", "c3", "omega", "c1_re", "c1_im", "first_lyapunov"), np.nan)
    if isinstance(form, ScalarNormalForm):
        row |= {"b2": float(form.quadratic), "c3": float(form.cubic)}
    elif isinstance(form, HopfNormalForm):
        row |= {
            "omega": float(form.frequency),
            "c1_re": float(form.cubic.real),
            "c1_im": float(form.cubic.imag),
            "first_lyapunov": float(form.first_lyapunov),
        }
    return row | {"margin": np.nan if form is None else float(form.margin)}
