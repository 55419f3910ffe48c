"""Zeros of other functions along a branch: the user's events, and neutral saddles."""

import numpy as np

from bifbridge.continuation.jax_engine._arc import Event, Sample, Step, bracketed


def locate_user_events(step: Step, names: list[str]) -> list[Event]:
    """Zeros of the user's functions within one step."""
    found = []
    for k, name in enumerate(names):
        if (step.start.events[k] > 0) == (step.end.events[k] > 0):
            continue
        middle, a, b = list(
            bracketed(step, step.start, step.end, lambda m, k=k: float(m.events[k]))
        )[-1]
        bracket = (float(a.point[-1]), float(b.point[-1]))
        found.append(
            Event(name, middle.point, 0.0, True, 0, 1, step.number, middle.s, bracket,
                  middle.tangent)
        )  # fmt: skip
    return found


def neutral_saddle_parity(eigenvalues: np.ndarray) -> np.ndarray:
    """The sign of ∏(λᵢ + λⱼ) over pairs, which flips at Hopf points and at neutral saddles."""
    first, second = np.triu_indices(eigenvalues.shape[-1], 1)
    sums = eigenvalues[..., first] + eigenvalues[..., second]
    # Complex factors come in conjugate pairs, so only the real ones decide.
    negative = (np.abs(np.imag(sums)) <= 1e-12 * (1 + np.abs(sums))) & (np.real(sums) < 0)
    return np.asarray(np.sum(negative, axis=-1) % 2 == 1)


def locate_neutral_saddle(step: Step) -> list[Event]:
    """The point within a step at which two real eigenvalues add up to zero."""
    middle, a, b = list(bracketed(step, step.start, step.end, _signed_sum))[-1]
    if abs(_signed_sum(middle)) > 1e-6 * (1 + float(np.max(np.abs(middle.eigenvalues)))):
        return []
    bracket = (float(a.point[-1]), float(b.point[-1]))
    return [
        Event("neutral_saddle", middle.point, 0.0, True, 0, 1, step.number, middle.s, bracket,
              middle.tangent)
    ]  # fmt: skip


def _signed_sum(sample: Sample) -> float:
    values = sample.eigenvalues
    real = np.real(values)[np.abs(np.imag(values)) < 1e-12]
    first, second = np.triu_indices(real.size, 1)
    size = np.min(np.abs(real[first] + real[second])) if first.size else 1.0
    return float(-size if neutral_saddle_parity(sample.eigenvalues) else size)
