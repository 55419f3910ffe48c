"""Along ∇θμ the kernel of the critical coordinate is that of the scalar pitchfork."""

from pathlib import Path

from claims._claim import Claim, Measured, Quantity, at_most
from claims._numbers import kernel_numbers
from claims._systems import PitchforkFamily

MUS = (-0.2, -0.1, 0.0, 0.05, 0.1, 0.15, 0.2)


def measure(seed: int, quick: bool, folder: Path) -> Measured:
    """Error of the restricted kernel at distances μ."""
    family = PitchforkFamily(seed, units=16 + 8 * (seed % 2))
    mus = (0.0, 0.1) if quick else MUS
    pairs = [family.kernels(mu, 20.0) for mu in mus]
    errors = [kernel_numbers(pair)["restricted"] for pair in pairs]
    local = [
        kernel_numbers(family.with_local_cubic(pair, mu))["restricted"]
        for pair, mu in zip(pairs, mus, strict=True)
    ]
    return {
        "mu": list(mus),
        "errors": errors,
        "local_errors": local,
        "at": errors[mus.index(0.0)],
        "stable": max(e for e, mu in zip(errors, mus, strict=True) if mu <= 0),
        "to_tenth": max(e for e, mu in zip(errors, mus, strict=True) if mu <= 0.1),
        "largest": max(errors),
        "largest_local": max(local),
    }


CLAIM = Claim(
    name="restricted",
    title="The restricted kernel is that of the scalar pitchfork",
    statement=(
        "The kernel of wᵀz along ∇θμ, against g(t)g(t') of ȧ = μa + c₃a³, in relative "
        "Hilbert–Schmidt norm; −z + tanh(Wz), T = 20, a₀ = 0.02. c₃ is that of the bifurcation, "
        "or, where said, that of the network at μ, which is (1 + μ)³ times as large here: at "
        "μ = 0.2 trials reach the size at which c₃ matters."
    ),
    quantities=(
        Quantity("at", "error at μ = 0", at_most(2e-4), "1e-4 in earlier runs"),
        Quantity("stable", "largest error for −0.2 ≤ μ ≤ 0", at_most(2e-4)),
        Quantity("to_tenth", "largest error for −0.2 ≤ μ ≤ 0.1", at_most(0.015), "≤ 0.015"),
        Quantity(
            "largest",
            "largest error for |μ| ≤ 0.2, c₃ of the bifurcation",
            at_most(0.015),
            "≤ 0.015",
        ),
        Quantity(
            "largest_local",
            "largest error for |μ| ≤ 0.2, c₃ of the network at μ",
            at_most(0.015),
            "≤ 0.015 in earlier runs",
        ),
    ),
    measure=measure,
)
