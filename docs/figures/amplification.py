"""The predicted eigenvalue over the distance from a pitchfork, with its limiting laws."""

import jax.numpy as jnp
import numpy as np
from matplotlib.figure import Figure

import bifbridge as bb
from bifbridge.plotting import LIGHT, OKABE_ITO, SINGLE_COLUMN, new_figure, styled

FILE = "amplification.svg"


def figure() -> Figure:
    """∫g² of ȧ = μa − a³ for three initial amplitudes."""
    field = bb.CTRNN(jnp.array([[1.0]]))  # −z + tanh z, at its pitchfork
    form = bb.normal_form(field, jnp.zeros(1), names=["weights"])
    grid = bb.uniform_grid(40.0, 0.4)
    mu = jnp.linspace(-0.4, 0.6, 201)
    with styled(LIGHT):
        drawn = new_figure(LIGHT, width=1.3 * SINGLE_COLUMN, height=2.7)
        ax = drawn.subplots()
        for a0, name in ((0.1, "blue"), (0.01, "vermillion"), (0.001, "bluish green")):
            found = bb.landscape.amplification(form, jnp.array([a0]), grid.times, grid.weights, mu)
            colour, values = OKABE_ITO[name], np.asarray(found.eigenvalue)
            ax.semilogy(mu, values, color=colour, label=f"a₀ = {a0:g}")
            law = np.where(np.asarray(mu) < -0.08, np.asarray(found.stable_law), np.nan)
            ax.semilogy(mu, law, color=LIGHT.ink, linestyle=(0, (2, 3)), linewidth=0.9)
            peak = float(found.predicted_peak)
            ax.plot(peak, np.interp(peak, mu, values), "o", color=colour, markersize=4)
        ax.axvline(0, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (4, 3)), zorder=0)
        ax.set(xlabel="μ", ylabel="predicted eigenvalue")
        ax.legend(loc="upper left")
    return drawn
