"""Every bifurcation of codimension one has a channel of its rank, which grows as predicted."""

from pathlib import Path

import numpy as np

from claims._claim import Claim, Criterion, Measured, Quantity, at_least, at_most, within
from claims._numbers import kernel_numbers, slope
from claims._systems import KINDS

HORIZONS = (10.0, 20.0, 40.0, 80.0)
KEYS = ("rank", "error", "restricted", "cosine", "top", "top_ratio")


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Numbers of every kind at every horizon."""
    horizons = HORIZONS[:2] if quick else HORIZONS
    kinds = {"pitchfork": KINDS["pitchfork"], "flip": KINDS["flip"]} if quick else KINDS
    result: dict[str, object] = {"horizons": list(horizons)}
    for kind, (build, rank) in kinds.items():
        at = build(seed)
        rows = [kernel_numbers(at(horizon)) for horizon in horizons]
        series = {key: [row[key] for row in rows] for key in KEYS}
        result[kind] = series
        last = {f"{kind} {key}": series[key][-1] for key in KEYS}
        result |= last | {
            f"{kind} deviation": abs(series["rank"][-1] - rank),
            f"{kind} error slope": slope(horizons, series["error"]),
            f"{kind} growth": slope(horizons[-2:], series["top"][-2:]),
            f"{kind} shrinks": float(np.all(np.diff(np.abs(np.array(series["rank"]) - rank)) < 0)),
        }
    return result


def _rows(kind: str, rank: int) -> list[Quantity]:
    near = within(rank, 0.03 if rank == 1 else 0.06)
    grown = "a₀²T³/3" if kind != "fold" else "T³/3"
    return [
        Quantity(f"{kind} rank", f"{kind}: effective rank at T = 80", near, str(rank)),
        Quantity(f"{kind} error", f"{kind}: error of the predicted kernel at T = 80", at_most(0.1)),
        Quantity(
            f"{kind} error slope",
            f"{kind}: power of T with which it falls, T = 10 … 80",
            within(-1, 0.25),
            "−1",
        ),
        Quantity(f"{kind} restricted", f"{kind}: error in the channel alone", at_most(0.05)),
        Quantity(f"{kind} cosine", f"{kind}: cosine of the directions", at_least(0.999), "1"),
        Quantity(
            f"{kind} growth",
            f"{kind}: power of T of the top eigenvalue, T = 40 … 80",
            within(3, 0.2),
            f"3 ({grown})",
        ),
        Quantity(
            f"{kind} top_ratio",
            f"{kind}: top eigenvalue predicted/measured at T = 80",
            within(1, 0.1),
            "1",
        ),
        Quantity(
            f"{kind} shrinks",
            f"{kind}: the rank comes nearer to {rank} at every doubling of T (1 = yes)",
            Criterion("yes", lambda x: x == 1),
            "yes",
        ),
    ]


CLAIM = Claim(
    name="kinds",
    title="The critical channel has rank one, or two at Hopf and Neimark–Sacker points",
    statement=(
        "Six bifurcations at μ = 0: fold (−z + tanh(Wz + b), weights and biases trained, n = 20), "
        "transcritical (−z + W(1 − e⁻ᶻ), n = 20), pitchfork and Hopf (−z + tanh(Wz), n = 24 and "
        "16), flip and Neimark–Sacker (z⁺ = W tanh z, n = 20). T = 10, 20, 40, 80 time constants "
        "or steps. The "
        "prediction is made from the normal form and the initial state only. Its error is that of "
        "the whole kernel, ‖𝒦 − 𝒦pred‖/‖𝒦‖, and falls like 1/T: residual directions answer with "
        "O(1) where the critical one answers with O(T)."
    ),
    quantities=tuple(row for kind, (_, rank) in KINDS.items() for row in _rows(kind, rank)),
    measure=measure,
)
