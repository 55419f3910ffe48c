"""The diagram of the first steps."""

import jax.numpy as jnp
from matplotlib.figure import Figure

import bifbridge as bb
from bifbridge.plotting import LIGHT, SINGLE_COLUMN, new_figure, plot_bifurcation_diagram, styled

FILE = "first-diagram.svg"


def figure() -> Figure:
    """The pitchfork of two units with its arms."""
    family = bb.LeafFamily(bb.CTRNN(jnp.array([[0.9, 0.3], [0.3, 0.1]])), "gain")
    problem = bb.ContinuationProblem(family, jnp.zeros(2), span=(0.5, 1.5))
    with styled(LIGHT):
        drawn = new_figure(LIGHT, width=SINGLE_COLUMN, height=2.4)
        ax = drawn.subplots()
        diagram = bb.bifurcation_diagram(problem)
        plot_bifurcation_diagram([entry.branch for entry in diagram.branches], ax=ax)
        ax.set(xlabel="gain", ylabel="z₁")
    return drawn
