"""A kernel over the times of one trial, its states summed."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from matplotlib.axes import Axes

from bifbridge.plotting._canvas import canvas, figure_of
from bifbridge.plotting._theme import LIGHT, Theme

if TYPE_CHECKING:
    from bifbridge.sntk import StateSpaceNTK


def plot_temporal_kernel(
    ntk: "StateSpaceNTK", *, trial: int = 0, ax: Axes | None = None, theme: Theme = LIGHT
) -> Axes:
    """Σₖ 𝒦ₖₖ(t, s) of one trial as a heat map: how far a change at s goes with one at t.

    It takes as many products with S as there are parameters.

    Args:
        ntk: the kernel.
        trial: whose times.
        ax: axes to draw on; None makes a figure.
        theme: the colours.

    Returns:
        The axes; its image is `ax.images[0]`.

    Raises:
        ValueError: if there is no such trial.
    """  # noqa: DOC502 (a helper raises)
    matrix, times = temporal_kernel(ntk, trial), np.asarray(ntk.times)
    with canvas(ax, theme, height=2.9) as axes:
        limit = float(np.max(np.abs(matrix), initial=0.0)) or 1.0
        image = axes.pcolormesh(
            times, times, matrix, cmap="RdBu_r", vmin=-limit, vmax=limit, shading="nearest",
            rasterized=True,
        )  # fmt: skip
        bar = figure_of(axes).colorbar(image, ax=axes, pad=0.03, aspect=25)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        bar.set_label("kernel, summed over states")
        axes.set(xlabel="time s", ylabel="time t", aspect="equal")
    return axes


def temporal_kernel(ntk: "StateSpaceNTK", trial: int) -> np.ndarray:
    """Σₖ Σⱼ Sₖⱼ(t) Sₖⱼ(s) of one trial, shape (T, T), without the weights of the inner product."""
    trials = ntk.shape[0]
    if not 0 <= trial < trials:
        raise ValueError(
            f"plot_temporal_kernel: got trial={trial}, expected one of 0 to {trials - 1}."
        )
    columns = [np.asarray(ntk.push(unit)[trial]) for unit in jnp.eye(ntk.n_parameters)]
    moved = np.stack(columns)
    return np.einsum("ptk,psk->ts", moved, moved)
