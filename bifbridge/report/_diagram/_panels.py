"""What is said of a special point: its normal form, and its numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bifbridge.continuation import SpecialPoint
from bifbridge.normal_forms import coefficients
from bifbridge.plotting import kind_in_words
from bifbridge.report._parts import table
from bifbridge.report._words import MINUS, escape

#: Components and eigenvalues that the table lists.
LISTED = 8
#: Coefficients in words.
_NAMES = {
    "b2": "Coefficient b₂",
    "c3": "Coefficient c₃",
    "omega": "Frequency ω",
    "c1": "Coefficient c₁",
    "first_lyapunov": "First Lyapunov coefficient ℓ₁",
    "coefficient": "Coefficient",
    "angle": "Angle θ",
    "margin": "Margin of the kind, decades",
}


def name_of(point: SpecialPoint) -> str:
    """A special point by its kind."""
    form: Any = point.normal_form
    return kind_in_words(point.kind, None if form is None else form.criticality)


def button(k: int, point: SpecialPoint, parameter: str) -> str:
    """The entry of a point in the list of special points."""
    place = f"{escape(parameter)} = {_digits(point.parameter, 6)}"
    return (
        f'<li><a class="point-link" href="#point-{k}" data-point="{k}">'
        f"{escape(name_of(point))}, {place}{_doubt(point)}</a></li>"
    )


def panel(k: int, point: SpecialPoint, parameter: str) -> str:
    """Everything known of a special point."""
    place = f"{escape(parameter)} = {_digits(point.parameter, 10)}"
    form = point.normal_form
    equation = "" if form is None else repr(form).split(": ", 1)[-1].split(", |∇")[0]
    shown = f'<p class="equation">{escape(equation.replace("-", MINUS))}</p>' if equation else ""
    missing = "" if form is not None else "<p>No normal form is known here.</p>"
    rows = _rows(point, parameter)
    return (
        f'<article class="point" id="point-{k}" tabindex="-1">'
        f"<h3>{escape(name_of(point))} at {place}{_doubt(point)}</h3>{shown}{missing}\n"
        f"{table('Numbers', ('Quantity', 'Value'), rows)}</article>"
    )


def _rows(point: SpecialPoint, parameter: str) -> list[tuple[str, str]]:
    rows = [(escape(parameter), _digits(point.parameter, 12))]
    if point.cycle is None:
        rows.append(("State z*", _vector(point.state)))
    else:
        rows.append(("Period T", _digits(point.cycle.period)))
    rows.append((point.solution.rule.spectrum.capitalize(), _vector(point.eigenvalues)))
    if point.normal_form is not None:
        rows += _of_form(point.normal_form)
    change = f"Change of unstable {point.solution.rule.spectrum}"
    rows.append((change, f"{point.jump:+d}".replace("-", MINUS)))
    if point.multiplicity > 1:
        rows.append(("Multiplicity", str(point.multiplicity)))
    return rows


def _of_form(form: Any) -> list[tuple[str, str]]:
    known = coefficients(form)
    rows = [(_NAMES.get(name, escape(name)), _digits(value)) for name, value in known.items()]
    if "omega" in known:
        rows.insert(1, ("Period 2π/ω", _digits(2 * np.pi / float(known["omega"]))))
    right = getattr(form, "right", None)
    if right is not None:
        rows.append(("Critical vector", _vector(right)))
    gradient = getattr(form, "unfolding_gradient", None)
    if gradient is not None:
        rows.append(("Unfolding |∇θμ|", _digits(np.linalg.norm(np.asarray(gradient)))))
    return rows


def _doubt(point: SpecialPoint) -> str:
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
