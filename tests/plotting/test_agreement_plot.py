"""The agreement of two spectra as a figure."""

from typing import Any

import jax.numpy as jnp

from bifbridge.landscape import Agreement
from bifbridge.plotting import plot_agreement


def test_measured_predicted_and_residual_spectrum_are_drawn():
    numbers: dict[str, Any] = dict.fromkeys(Agreement.__annotations__, 1.0)
    arrays = {
        "times": jnp.zeros(3),
        "predicted_profile": jnp.zeros(3),
        "measured_profile": jnp.zeros(3),
        "subspace_angles": jnp.array([0.1]),
        "predicted_eigenvalues": jnp.array([9.0]),
        "measured_eigenvalues": jnp.array([10.0, 1.0, 0.0]),
        "residual_eigenvalues": jnp.array([1.1, 0.2]),
    }
    axes = plot_agreement(Agreement(**(numbers | arrays)))
    labels = [text.get_text() for text in axes.get_legend().get_texts()]  # pyright: ignore
    assert labels == ["measured", "channel removed", "predicted"]
    assert axes.get_yscale() == "log"
    rings = [line for line in axes.lines if line.get_label() == "predicted"]
    assert list(rings[0].get_ydata()) == [9.0]  # pyright: ignore
