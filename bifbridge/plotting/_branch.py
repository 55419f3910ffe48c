"""Bifurcation diagrams of continued branches."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from bifbridge._expect import expect
from bifbridge.continuation import Branch, Diagram
from bifbridge.plotting._canvas import canvas
from bifbridge.plotting._cycles import plot_cycles
from bifbridge.plotting._legend import legend_above
from bifbridge.plotting._special_points import draw_special_point
from bifbridge.plotting._stability import draw_by_stability
from bifbridge.plotting._theme import LIGHT, Theme
from bifbridge.plotting._two_parameters import plot_two_parameters

#: A component of the state, weights of a projection, or any function of the state.
Observable = int | Float[np.ndarray, " n"] | Callable[[np.ndarray], float]


def plot_branch(
    branch: Branch,
    *,
    observable: Observable = 0,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
    colour: str | None = None,
) -> Axes:
    """A curve of solutions: stable solid and thick, unstable dashed and thin.

    Equilibria are drawn by an observable, cycles by their largest and smallest values, and curves
    of bifurcations in the plane of their two parameters. Special points are filled where an
    extended system converged and hollow where they are only bracketed. Stability changes exactly
    at them.

    Args:
        branch: of a continuation.
        observable: what of the state is shown: a component, a projection or a function; of
            cycles a component.
        ax: axes to draw on; None makes a figure.
        theme: the colours.
        colour: of the stable pieces; None for the theme's first.

    Returns:
        The axes.

    Example:
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> plot_branch(bb.continuation(problem)).get_xlabel()
        'parameter p'
    """
    expect(
        "plot_branch", "branch", branch, Branch,
        "one branch: use plot_bifurcation_diagram(diagram), or diagram.plot(), for several",
    )  # fmt: skip
    if branch.solution.parameters > 1:
        return plot_two_parameters([branch], ax=ax, theme=theme)
    if branch.solution.orbits:
        return plot_cycles(branch, component=_component(observable), ax=ax, theme=theme)
    measure = _measure(observable)
    with canvas(ax, theme) as axes:
        rows = rows_with_special_points(branch)
        parameters = np.array([row.parameter for row in rows])
        heights = np.array([measure(row.state) for row in rows])
        stable = np.array([row.unstable == 0 for row in rows])
        draw_by_stability(
            axes, parameters, heights, stable, colour=colour or theme.primary, theme=theme
        )
        for point in branch.special_points:
            if point.kind != "endpoint":
                height, is_sharp = measure(np.asarray(point.state)), point.converged
                draw_special_point(
                    axes, point.parameter, height, point.kind, converged=is_sharp, theme=theme
                )
        axes.set(xlabel="parameter p", ylabel=_name(observable))
        legend_above(axes)
    return axes


def plot_bifurcation_diagram(
    branches: Branch | Diagram | Sequence[Branch],
    *,
    observable: Observable = 0,
    ax: Axes | None = None,
    theme: Theme = LIGHT,
) -> Axes:
    """Several branches of one problem over the same parameter.

    Args:
        branches: a diagram, or the branches of one or several continuations; those without
            points are left out.
        observable: as for `plot_branch`.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes.

    Raises:
        ValueError: if there is no branch.
    """
    several = _several(branches)
    if not several:
        raise ValueError("plot_bifurcation_diagram: got no branch, expected at least one.")
    with canvas(ax, theme) as axes:
        for branch in several:
            plot_branch(branch, observable=observable, ax=axes, theme=theme)
    return axes


def _several(branches: Branch | Diagram | Sequence[Branch]) -> list[Branch]:
    if isinstance(branches, Branch):
        return [branches]
    if isinstance(branches, Diagram):
        branches = [entry.branch for entry in branches.branches]
    return [branch for branch in branches if len(branch)]


class BranchRow(NamedTuple):
    """A point of a branch, or a special point on one of its two sides.

    Attributes:
        parameter: p.
        state: z, shape (n,).
        eigenvalues: by falling real part.
        unstable: number of unstable eigenvalues, on this side.
    """

    parameter: float
    state: np.ndarray
    eigenvalues: np.ndarray
    unstable: int


def rows_with_special_points(branch: Branch) -> list[BranchRow]:
    """A branch with each special point inserted twice: with the stability before and after."""
    rows: list[BranchRow] = []
    known = zip(branch.parameters, branch.states, branch.eigenvalues, branch.unstable, strict=True)
    for index, (parameter, state, eigenvalues, count) in enumerate(known):
        unstable = int(count)
        rows.append(BranchRow(float(parameter), state, eigenvalues, unstable))
        for point in (p for p in branch.special_points if p.index == index):
            here = float(point.parameter), np.asarray(point.state), np.asarray(point.eigenvalues)
            rows.append(BranchRow(*here, unstable))
            unstable += point.jump
            rows.append(BranchRow(*here, unstable))
    return rows


def _component(observable: Observable) -> int:
    if isinstance(observable, int):
        return observable
    raise ValueError(
        "plot_branch: of cycles a component of the state is drawn; expected observable=0, 1, …"
    )


def _measure(observable: Observable) -> Callable[[np.ndarray], float]:
    if callable(observable):
        return lambda state: float(observable(state))
    if isinstance(observable, np.ndarray):
        return lambda state: float(observable @ state)
    return lambda state: float(state[observable])


def _name(observable: Observable) -> str:
    if callable(observable):
        name = getattr(observable, "__name__", "")
        return "observable" if name in {"", "<lambda>"} else name
    return "projection w·z" if isinstance(observable, np.ndarray) else f"state z[{observable}]"
