"""What is said of a special point: its normal form, and its numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge.continuation import CycleSpecialPoint, SpecialPoint
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from bifbridge.plotting import kind_in_words
from bifbridge.report._parts import table
from bifbridge.report._words import MINUS, escape

#: Components and eigenvalues that the table lists.
LISTED = 8


def name_of(point: SpecialPoint | CycleSpecialPoint) -> str:
    """A special point by its kind."""
    form: Any = point.normal_form
    return kind_in_words(point.kind, None if form is None else form.criticality)


def button(k: int, point: SpecialPoint | CycleSpecialPoint, parameter: str) -> str:
    """The entry of a point in the list of special points."""
    place = f"{escape(parameter)} = {_digits(point.parameter, 6)}"
    return (
        f'<li><a class="point-link" href="#point-{k}" data-point="{k}">'
        f"{escape(name_of(point))}, {place}{_doubt(point)}</a></li>"
    )


def panel(k: int, point: SpecialPoint | CycleSpecialPoint, parameter: str) -> str:
    """Everything known of a special point."""
    place = f"{escape(parameter)} = {_digits(point.parameter, 10)}"
    form = point.normal_form
    equation = "" if form is None else repr(form).split(": ", 1)[-1].split(", |∇")[0]
    shown = f'<p class="equation">{escape(equation.replace("-", MINUS))}</p>' if equation else ""
    missing = "" if form is not None else "<p>No normal form is known here.</p>"
    rows = (
        _steady(point, parameter) if isinstance(point, SpecialPoint) else _cycle(point, parameter)
    )
    return (
        f'<article class="point" id="point-{k}" tabindex="-1">'
        f"<h3>{escape(name_of(point))} at {place}{_doubt(point)}</h3>{shown}{missing}\n"
        f"{table('Numbers', ('Quantity', 'Value'), rows)}</article>"
    )


def _steady(point: SpecialPoint, parameter: str) -> list[tuple[str, str]]:
    rows = [
        (escape(parameter), _digits(point.parameter, 12)),
        ("State z*", _vector(point.state)),
        ("Eigenvalues", _vector(point.eigenvalues)),
    ]
    form = point.normal_form
    if isinstance(form, HopfNormalForm):
        rows += [
            ("Frequency ω", _digits(form.frequency)),
            ("Period 2π/ω", _digits(2 * np.pi / float(form.frequency))),
            ("Coefficient c₁", _digits(complex(np.asarray(form.cubic)))),
            ("First Lyapunov coefficient ℓ₁", _digits(form.first_lyapunov)),
            ("Critical vector q", _vector(form.right)),
        ]
    elif isinstance(form, ScalarNormalForm):
        rows += [
            ("Coefficient b₂", _digits(form.quadratic)),
            ("Coefficient c₃", _digits(form.cubic)),
            ("Critical vector v", _vector(form.right)),
        ]
    if form is not None:
        gradient = form.unfolding_gradient
        if gradient is not None:
            rows.append(("Unfolding |∇θμ|", _digits(np.linalg.norm(np.asarray(gradient)))))
        rows.append(("Margin of the kind, decades", _digits(form.margin, 3)))
    rows.append(("Change of unstable eigenvalues", f"{point.jump:+d}".replace("-", MINUS)))
    if point.multiplicity > 1:
        rows.append(("Multiplicity", str(point.multiplicity)))
    return rows


def _cycle(point: CycleSpecialPoint, parameter: str) -> list[tuple[str, str]]:
    rows = [
        (escape(parameter), _digits(point.parameter, 12)),
        ("Period T", _digits(point.period)),
        ("Multipliers", _vector(point.multipliers)),
    ]
    form = point.normal_form
    if form is not None:
        rows.append(("Coefficient", _digits(form.coefficient)))
        rows.append(("Angle θ", _digits(form.angle)))
    return rows


def _doubt(point: SpecialPoint | CycleSpecialPoint) -> str:
    return "" if point.converged else " (not converged)"


def _vector(values: Any) -> str:
    array: Sequence[Any] = list(np.asarray(values))
    listed = ", ".join(_digits(value) for value in array[:LISTED])
    more = len(array) - LISTED
    return listed + (f" and {more} more" if more > 0 else "")


def _digits(value: Any, digits: int = 7) -> str:
    number = complex(np.asarray(value))
    if not np.isfinite(number):
        return "not known"
    text = f"{number.real + 0.0:.{digits}g}"  # no negative zero
    if np.iscomplexobj(np.asarray(value)) and number.imag != 0:
        text += f" {'+' if number.imag >= 0 else '-'} {abs(number.imag):.{digits}g}i"
    return text.replace("-", MINUS)
