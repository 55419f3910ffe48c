"""How coefficients are written in the text of a normal form."""

from typing import Any


def signed(value: Any) -> str:
    """A real coefficient after a term: "+ 2", "− 0.5"."""
    return f"{'−' if float(value) < 0 else '+'} {abs(float(value)):.6g}"


def complex_text(value: Any) -> str:
    """A complex coefficient: "1-2i"."""
    return f"{float(value.real):.6g}{float(value.imag):+.6g}i"
