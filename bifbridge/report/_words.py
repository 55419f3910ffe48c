"""Numbers and names as prose has them, safe to stand in HTML."""

import html
import math
from typing import Any, TypeGuard

from bifbridge.plotting import kind_in_words

MINUS = "−"


def escape(text: Any) -> str:
    """Any value as HTML text or attribute."""
    return html.escape(str(text), quote=True)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value of summary.json is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number(value: Any, digits: int = 3) -> str:
    """A number with so many significant digits, as HTML."""
    if not is_number(value):
        return "not known"
    size = abs(float(value))
    if size == 0.0 or 1e-4 <= size < 1e5:
        return _plain(float(value), digits)
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = f"10<sup>{_signed(str(int(exponent)))}</sup>"
    return f"{_signed(mantissa)} × {power}"


def counted(count: int, noun: str, ending: str = "s") -> str:
    """So many of something."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}{ending}"


def fixed(value: Any, places: int) -> str:
    """A number with so many places after the point."""
    return _signed(f"{value:.{places}f}") if is_number(value) else "not known"


def percent(share: Any) -> str:
    """A share as percentage."""
    if not is_number(share):
        return "not known"
    return f"{_plain(100 * float(share), 2 if abs(share) < 0.995 else 3)}\N{NO-BREAK SPACE}%"


def cosine(value: Any) -> str:
    """A cosine, with as many nines as it takes to tell it from one."""
    if not is_number(value):
        return "not known"
    gap = 1 - abs(float(value))
    places = 4 if gap <= 0 else max(3, min(12, 1 - math.floor(math.log10(gap))))
    return fixed(value, places)


def bifurcation(event: Any) -> str:
    """A bifurcation by name, as HTML."""
    return escape(kind_in_words(str(event.get("kind", "special point")), event.get("criticality")))


def article(noun: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _plain(value: float, digits: int) -> str:
    size = math.floor(math.log10(abs(value))) if value else 0
    return _signed(f"{value:.{max(0, digits - 1 - size)}f}")


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
