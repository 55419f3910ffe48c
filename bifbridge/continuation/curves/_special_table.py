"""Special points as a table, one row each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge.continuation.curves._special_point import SpecialPoint
from bifbridge.normal_forms import coefficients

if TYPE_CHECKING:
    import pandas as pd

#: Columns that every table has, whatever kinds of points are in it.
_COEFFICIENTS = ("b2", "c3", "omega", "c1_re", "c1_im", "first_lyapunov", "margin")


def to_dataframe(point: SpecialPoint) -> "pd.DataFrame":
    """One special point as a table of one row."""
    return special_points_to_dataframe([point])


def special_points_to_dataframe(points: Sequence[SpecialPoint]) -> "pd.DataFrame":
    """Special points as a table; needs pandas.

    Args:
        points: of a branch or a diagram.

    Returns:
        Columns kind, parameter, second_parameter and period where there are such, converged,
        multiplicity, jump, criticality, z0, z1, …, leading (largest real part, or modulus of a
        multiplier), critical_re and critical_im (the eigenvalue nearest the border of
        stability), b2 and c3, omega, c1_re, c1_im and first_lyapunov, margin, and what else the
        normal forms consist of. What does not apply is empty.

    Example:
        See [Continuation](../continuation.md).
    """
    import pandas as pd

    return pd.DataFrame([_row(point) for point in points])


def _row(point: SpecialPoint) -> dict[str, Any]:
    rule = point.solution.rule
    values = np.asarray(point.eigenvalues)
    distance = np.abs(rule.size(values) - rule.bound)
    critical = values[np.argmin(distance)] if values.size else complex(np.nan)
    where = {"parameter": point.parameter}
    if point.second_parameter is not None:
        where["second_parameter"] = point.second_parameter
    if point.period is not None:
        where["period"] = point.period
    return {
        "kind": point.kind,
        **where,
        "converged": point.converged,
        "multiplicity": point.multiplicity,
        "jump": point.jump,
        "criticality": point.criticality or "",
        **{f"z{k}": value for k, value in enumerate(point.state)},
        "leading": rule.leading(values),
        "critical_re": critical.real,
        "critical_im": abs(critical.imag),
        **dict.fromkeys(_COEFFICIENTS, np.nan),
        **_numbers(point.normal_form),
    }


def _numbers(form: Any) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, value in ({} if form is None else coefficients(form)).items():
        if np.ndim(value):
            numbers |= {f"{name}{k}": float(part) for k, part in enumerate(np.asarray(value))}
        elif np.iscomplexobj(value):
            number = complex(value)
            numbers |= {f"{name}_re": number.real, f"{name}_im": number.imag}
        else:
            numbers[name] = float(value)
    return numbers
