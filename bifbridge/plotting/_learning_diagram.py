"""The learning bifurcation diagram: equilibria against training step."""

import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._events import event_steps, mark_events
from bifbridge.plotting._groups import Group, by_step, values
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._predicted import draw_rings
from bifbridge.plotting._stability import draw_by_stability
from bifbridge.plotting._theme import LIGHT, Theme

#: Largest growth rate up to which the cubic normal form's arms are drawn.
NEAR = 0.3


def plot_learning_diagram(
    diagram: Group,
    *,
    events: Group | None = None,
    equilibrium: Group | None = None,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Critical coordinate w·z of each equilibrium against training step.

    Args:
        diagram: /diagram of a run.
        events: /events; their special points lie where the critical coordinate is zero.
        equilibrium: /equilibrium; with it and a first event that is a pitchfork, the arms
            ±√(−λ/c₃) of the normal form are drawn as rings up to λ = 0.3.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.
    """
    with canvas(ax, theme) as axes:
        steps, projection, stable = by_step(diagram, "projection", "stable")
        breaks = [float(s) for s in event_steps(events)]
        for k in range(projection.shape[1]):
            draw_by_stability(
                axes,
                steps,
                projection[:, k],
                stable[:, k],
                colour=theme.primary,
                theme=theme,
                breaks=breaks,
            )
        at, arm = predicted_arms(steps, events, equilibrium)
        if at.size:
            draw_rings(axes, at, arm, colour=theme.primary, label="normal form")
            draw_rings(axes, at, -arm, colour=theme.primary)
        mark_events(axes, events, height=0.0, theme=theme)
        legend_above(axes)
        axes.set(xlabel="training step", ylabel="equilibria, w·z")
    return axes


def predicted_arms(
    steps: np.ndarray, events: Group | None, equilibrium: Group | None
) -> tuple[np.ndarray, np.ndarray]:
    """The upper arm √(−λ/c₃) of the first pitchfork's normal form, where λ is small."""
    none = np.empty(0), np.empty(0)
    if events is None or equilibrium is None or event_steps(events).size == 0:
        return none
    if str(values(events, "kind")[0]) != "pitchfork":
        return none
    known, real = by_step(equilibrium, "eigenvalues_real")
    growth = np.interp(steps, known, real[:, 0])
    squared = -growth / float(values(events, "cubic")[0])
    near = (squared > 0) & (np.abs(growth) <= NEAR) & (np.abs(steps - event_steps(events)[0]) < 100)
    return steps[near], np.sqrt(squared[near])
