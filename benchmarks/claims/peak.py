"""The amplification past the crossing: the delayed peak, and its size on both sides."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np

from claims._claim import Claim, Measured, Quantity, at_least, at_most, between
from claims._systems import PitchforkFamily

HORIZON = 20.0
AMPLITUDES = (1e-2, 1e-3)


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """∫g² along ∇θμ, predicted and measured, against μ."""
    family = PitchforkFamily(seed, units=16 + 8 * (seed % 2))
    mus = np.linspace(-0.2, 0.8, 5 if quick else 51)
    result: dict[str, object] = {"mu": list(mus)}
    for amplitude in AMPLITUDES[:1] if quick else AMPLITUDES:
        sizes = np.array([_sizes(family, mu, amplitude) for mu in mus])
        predicted, measured = sizes.T
        name, expected = f"{amplitude:g}", np.log(1 / amplitude) / HORIZON
        near = np.abs(mus) < 0.2 + 1e-9
        logs = np.log(predicted[near]), np.log(measured[near])
        result |= {
            f"predicted {name}": list(predicted),
            f"measured {name}": list(measured),
            f"peak {name}": mus[np.argmax(measured)],
            f"peak ratio {name}": mus[np.argmax(measured)] / expected,
            f"peak offset {name}": abs(mus[np.argmax(measured)] - mus[np.argmax(predicted)]),
            f"correlation {name}": float(np.corrcoef(*logs)[0, 1]),
            f"log ratio {name}": float(np.median(np.abs(logs[0] - logs[1]))),
        }
    return result


def _sizes(family: PitchforkFamily, mu: float, amplitude: float) -> tuple[float, float]:
    """⟨g², 1⟩ of the reduced equation, and of the movement of wᵀz along ∇θμ."""
    predicted, measured = family.kernels(mu, HORIZON, amplitude)
    gradient = predicted.directions[0]
    moved = measured.push(gradient / (gradient @ gradient)) @ family.form.left
    weights = predicted.weights
    return (
        float(jnp.sum(weights * predicted.coordinate_factors[0, 0, :, 0] ** 2)),
        float(jnp.sum(weights * moved[0] ** 2)),
    )


def _rows(amplitude: float) -> list[Quantity]:
    name = f"{amplitude:g}"
    return [
        Quantity(
            f"peak ratio {name}",
            f"measured peak over ln(1/a₀)/T, a₀ = {name}",
            between(0.7, 1.3),
            "1 (to 20–30 %)",
        ),
        Quantity(
            f"peak offset {name}",
            f"distance of measured from predicted peak, a₀ = {name}",
            at_most(0.05),
            "0",
        ),
        Quantity(
            f"correlation {name}",
            f"correlation of log ∫g², |μ| < 0.2, a₀ = {name}",
            at_least(0.998),
            "0.998–0.999 in earlier runs",
        ),
        Quantity(
            f"log ratio {name}",
            f"median |log ratio|, |μ| < 0.2, a₀ = {name}",
            at_most(0.07),
            "0.03–0.07 in earlier runs",
        ),
    ]


CLAIM = Claim(
    name="peak",
    title="The delayed peak of the amplification",
    statement=(
        "∫g² of the critical coordinate along ∇θμ, predicted by the scalar pitchfork and measured "
        "in −z + tanh(Wz), T = 20, μ from −0.2 to 0.8 in steps of 0.02. For small a₀ its maximum "
        "lies past the crossing, near ln(1/a₀)/T."
    ),
    quantities=tuple(row for amplitude in AMPLITUDES for row in _rows(amplitude)),
    measure=measure,
)
