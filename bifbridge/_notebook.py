"""Results in notebooks: a small table, and the picture beneath it."""

import base64
import html
import io
from typing import Any

from bifbridge._result_table import resolve, row_of


def as_html(result: Any) -> str:
    """A result as a notebook shows it; what cannot be drawn is left to its text."""
    row = row_of(result)
    rows = resolve(row.summary)(result) if row.summary else []
    parts = [_table(rows) if rows else f"<pre>{html.escape(repr(result))}</pre>"]
    quick = not row.quick or resolve(row.quick)(result)
    picture = _picture(result) if row.picture and quick else ""
    return "\n".join(filter(None, [*parts, picture]))


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(
        f'<tr><th style="text-align:left">{html.escape(name)}</th>'
        f'<td style="text-align:left">{html.escape(value)}</td></tr>'
        for name, value in rows
    )
    return f"<table>{cells}</table>"


def _picture(result: Any) -> str:
    # A notebook must show something whatever a figure raises: an empty result has no picture.
    try:
        figure = result.plot().figure
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=110, bbox_inches="tight")
    except Exception:
        return ""
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    alt = html.escape(repr(result).splitlines()[0])
    return f'<img alt="{alt}" src="data:image/png;base64,{data}">'
