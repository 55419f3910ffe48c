"""Formulas as MathML, which browsers draw by themselves: no script, no font, no network."""

import html
import re
from typing import Any

from latex2mathml.converter import convert

_MATH = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<latex>.*?)\\[)\]]</(?P=tag)>',
    re.DOTALL,
)


def on_page_content(content: str, **_: Any) -> str:
    """Replace what arithmatex marked in a page."""
    return _MATH.sub(_drawn, content)


def _drawn(match: re.Match[str]) -> str:
    block = match["open"] == "["
    drawn = convert(html.unescape(match["latex"]).strip(), display="block" if block else "inline")
    # Bars enclose, and names are no infix operators: neither wants an operator's space around it.
    bare = r'<mo lspace="0" rspace="0" stretchy="false">\1</mo>'
    drawn = re.sub(r"<mo>(&#x0007C;|&#x02016;)</mo>", bare, drawn)
    drawn = re.sub(r"<mo>([A-Za-z]{2,})</mo>", r'<mi>\1</mi><mspace width="0.17em"/>', drawn)
    drawn = drawn.replace("<mover>", '<mover accent="true">')
    return f'<div class="formula">{drawn}</div>' if block else drawn
