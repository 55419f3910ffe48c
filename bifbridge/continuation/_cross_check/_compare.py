"""Numbers of one special point, as several engines have them."""

import itertools
from collections.abc import Callable, Sequence

import equinox as eqx
import numpy as np

from bifbridge._short_repr import short_repr
from bifbridge.continuation.curves import SpecialPoint
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm

Points = Sequence[SpecialPoint | None]


class Quantity(eqx.Module):
    """A number at one special point.

    Attributes:
        name: "parameter", "state", "eigenvalue", "ω", "b₂", "c₃", "Re c₁", "Im c₁" or "ℓ₁".
        values: per engine, None where an engine does not have it; of the state its length |z|.
        difference: the largest difference between two engines, over `scale`; None where fewer
            than two have it.
        scale: what differences are taken relative to: the span's width for the parameter,
            1 + |z| for the state, the largest |λ| at the point for an eigenvalue, and the larger
            of both values for all others.
    """

    name: str
    values: tuple[float | None, ...]
    difference: float | None
    scale: float

    __repr__ = short_repr


def compared(points: Points, width: float) -> tuple[Quantity, ...]:
    """Everything that at least one engine knows of a point."""
    present = [point for point in points if point is not None]
    quantities = [
        _number("parameter", [_of(p, lambda p: p.parameter) for p in points], width),
        _states(points),
        _number("eigenvalue", [_of(p, critical_real_part) for p in points], _rate(present)),
    ]
    quantities += [
        _number(name, [_of(point, get) for point in points])
        for name, get in _coefficients(points).items()
    ]
    return tuple(q for q in quantities if any(value is not None for value in q.values))


def critical_real_part(point: SpecialPoint) -> float | None:
    """The real part of the eigenvalue that crosses at a point."""
    form = point.normal_form
    if form is not None:
        return float(np.real(complex(form.eigenvalue)))
    parts = np.real(point.eigenvalues)
    parts = parts[np.isfinite(parts)]
    return float(parts[np.argmin(np.abs(parts))]) if parts.size else None


def frequency(point: SpecialPoint) -> float | None:
    """The frequency at a Hopf point."""
    if point.frequency is not None:
        return point.frequency
    pairs = point.eigenvalues[np.imag(point.eigenvalues) > 0]
    return float(np.imag(pairs[np.argmin(np.abs(np.real(pairs)))])) if pairs.size else None


_Get = Callable[[SpecialPoint], float | None]


def _coefficients(points: Points) -> dict[str, _Get]:
    """The coefficients that decide a kind, by name."""
    kinds = {point.kind for point in points if point is not None}
    if "hopf" in kinds:
        return {
            "ω": frequency,
            "Re c₁": lambda point: _hopf(point, lambda form: complex(form.cubic).real),
            "Im c₁": lambda point: _hopf(point, lambda form: complex(form.cubic).imag),
            "ℓ₁": lambda point: _hopf(point, lambda form: float(form.first_lyapunov)),
        }
    first = next((p.normal_form for p in points if p is not None and p.normal_form), None)
    quadratic: _Get = lambda point: _scalar(  # noqa: E731
        point, lambda form: float(form.quadratic) * _same_side(form, first)
    )
    cubic: _Get = lambda point: _scalar(point, lambda form: float(form.cubic))  # noqa: E731
    named = {}
    if kinds & {"fold", "transcritical", "branch_point"}:
        named["b₂"] = quadratic
    if kinds & {"pitchfork", "branch_point"}:
        named["c₃"] = cubic
    return named


def _hopf(point: SpecialPoint, get: Callable[[HopfNormalForm], float]) -> float | None:
    form = point.normal_form
    return get(form) if isinstance(form, HopfNormalForm) else None


def _scalar(point: SpecialPoint, get: Callable[[ScalarNormalForm], float]) -> float | None:
    form = point.normal_form
    return get(form) if isinstance(form, ScalarNormalForm) else None


def _same_side(form: ScalarNormalForm, first: object) -> float:
    # b₂ changes sign with v, and a rule for the sign of v can tip over by rounding.
    if not isinstance(first, ScalarNormalForm):
        return 1.0
    return -1.0 if float(np.dot(np.asarray(form.right), np.asarray(first.right))) < 0 else 1.0


def _of(point: SpecialPoint | None, get: _Get) -> float | None:
    value = None if point is None else get(point)
    return float(value) if value is not None and np.isfinite(value) else None


def _rate(points: Sequence[SpecialPoint]) -> float:
    sizes = np.concatenate([np.abs(point.eigenvalues) for point in points])
    return float(np.max(sizes[np.isfinite(sizes)], initial=0.0)) or 1.0


def _number(name: str, values: Sequence[float | None], scale: float | None = None) -> Quantity:
    known = [value for value in values if value is not None]
    if scale is None:
        scale = max((abs(value) for value in known), default=0.0) or 1.0
    spread = (max(known) - min(known)) / scale if len(known) > 1 else None
    return Quantity(name, tuple(values), spread, scale)


def _states(points: Points) -> Quantity:
    states = [None if point is None else np.asarray(point.state) for point in points]
    known = [state for state in states if state is not None]
    lengths = tuple(None if s is None else float(np.linalg.norm(s)) for s in states)
    scale = 1 + max(float(np.linalg.norm(state)) for state in known)
    gaps = [float(np.linalg.norm(a - b)) for a, b in itertools.combinations(known, 2)]
    return Quantity("state", lengths, max(gaps) / scale if gaps else None, scale)
