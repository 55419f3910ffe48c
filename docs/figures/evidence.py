"""The figure page of the evidence, from what the seeds gave.

Measuring takes hours, so the numbers that the panels need are recorded:

    python benchmarks/evidence.py --json evidence.json
    python docs/figures/evidence.py evidence.json
"""

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

FILE = "evidence.png"
DATA = Path(__file__).parent / "data" / "evidence.json"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
#: What the panels read, by claim; None is all of it.
READ: dict[str, tuple[str, ...] | None] = {
    "collapse": ("ranks", "mu"),
    "student_teacher": ("steps", "ranks"),
    "kinds": None,
    "restricted": ("mu", "errors", "local_errors"),
    "peak": None,
    "learning": None,
    "companion": ("path", "first", "stride", "second"),
}
#: The panels of these show one seed.
FIRST_ONLY = ("peak", "companion")


def figure() -> Figure:
    """Drawn by the benchmark's own panels."""
    if str(BENCHMARKS) not in sys.path:
        sys.path.append(str(BENCHMARKS))
    from claims._figure import figure_of

    return figure_of(json.loads(DATA.read_text(encoding="utf-8")))


def record(file: Path) -> None:
    """Keep what the panels read with four digits."""
    measured = json.loads(file.read_text(encoding="utf-8"))["measured"]
    kept = {}
    for claim, keys in READ.items():
        seeds = measured[claim][:1] if claim in FIRST_ONLY else measured[claim]
        kept[claim] = [
            _rounded({key: seed[key] for key in keys or seed if key in seed}) for seed in seeds
        ]
    DATA.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    record(Path(sys.argv[1]))
