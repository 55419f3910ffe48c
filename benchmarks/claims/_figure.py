"""The figure page: nine panels drawn from what the seeds gave."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bifbridge.plotting._canvas import DOUBLE_COLUMN, new_figure, styled
from bifbridge.plotting._theme import LIGHT, OKABE_ITO

#: Measured numbers of every seed, by claim.
Results = Mapping[str, Sequence[Mapping[str, Any]]]

#: Colour, marker and rank of each kind.
KINDS = {
    "fold": ("vermillion", "s", 1),
    "transcritical": ("orange", "^", 1),
    "pitchfork": ("blue", "o", 1),
    "flip": ("sky blue", "v", 1),
    "Hopf": ("bluish green", "D", 2),
    "Neimark–Sacker": ("reddish purple", "P", 2),
}
BLUE, RED, GREEN = (OKABE_ITO[name] for name in ("blue", "vermillion", "bluish green"))


def figure_page(results: Results, path: Path) -> None:
    """Write the page to a file.

    Args:
        results: by claim.
        path: of the PNG.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    figure_of(results).savefig(path, dpi=200)


def figure_of(results: Results) -> Figure:
    """Draw every panel whose claim was measured.

    Args:
        results: by claim.

    Returns:
        The figure.
    """
    with styled(LIGHT):
        figure = new_figure(LIGHT, width=DOUBLE_COLUMN, height=7.2)
        axes = figure.subplots(3, 3).ravel()
        for ax, letter, (claim, draw) in zip(axes, "abcdefghi", _PANELS, strict=True):
            if results.get(claim):
                draw(ax, results[claim])
            else:
                ax.set_axis_off()
            ax.set_title(f"{letter}  {ax.get_title(loc='left')}", loc="left", fontsize=7.5)
    return figure


def _zero(ax: Axes) -> None:
    ax.axvline(0, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (4, 3)), zorder=0)


def _controlled(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    """Effective rank against μ."""
    for seed in seeds:
        for (horizon, ranks), colour in zip(
            seed["ranks"].items(), (BLUE, GREEN, RED), strict=False
        ):
            label = f"T = {float(horizon):g}" if seed is seeds[0] else None
            ax.semilogy(seed["mu"], ranks, color=colour, linewidth=0.7, alpha=0.7, label=label)
    _zero(ax)
    _plain_log(ax, "y", (1, 2, 5, 10, 20))
    ax.set(xlabel="μ", ylabel="effective rank")
    ax.set_title("controlled families", loc="left")
    # Above the curves, and beside the line μ = 0, which a centred legend would cover.
    ax.set_ylim(top=70)
    ax.legend(loc="upper right", fontsize=6, handlelength=1.2)


def _trained(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    """Effective rank around the first crossing of training."""
    for seed in seeds:
        ax.semilogy(seed["steps"], seed["ranks"], color=BLUE, linewidth=0.8, alpha=0.7)
    _zero(ax)
    ax.set_xlim(-60, 60)
    _plain_log(ax, "y", (1, 2, 5, 10, 20, 50, 100))
    ax.set(xlabel="training steps from the crossing", ylabel="effective rank")
    ax.set_title("student and teacher", loc="left")


def _median(seeds: Sequence[Mapping[str, Any]], kind: str, key: str) -> np.ndarray:
    return np.median([seed[kind][key] for seed in seeds], axis=0)


def _per_kind(ax: Axes, seeds: Sequence[Mapping[str, Any]], key: str, power: int) -> None:
    """Medians over the seeds against T, with a line of the expected slope."""
    horizons, largest = np.array(seeds[0]["horizons"]), 0.0
    for kind, (colour, marker, rank) in KINDS.items():
        if kind not in seeds[0]:
            continue
        values = _median(seeds, kind, key)
        if key == "rank":
            values = np.abs(values - rank)
        if key == "top":
            values = values / values[0]
        largest = max(largest, float(values[0]))
        style = {"marker": marker, "markersize": 3.2, "linewidth": 0.9, "color": OKABE_ITO[colour]}
        ax.loglog(horizons, values, label=kind, **style)
    guide = largest * 2 * (horizons / horizons[0]) ** float(power)
    ax.loglog(horizons, guide, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (4, 3)))
    ax.annotate(
        f"T$^{{{power}}}$".replace("-", "−"),
        (np.sqrt(horizons[0] * horizons[-1]), np.sqrt(guide[0] * guide[-1])),
        textcoords="offset points",
        xytext=(3, 3) if power < 0 else (-10, 4),
        color=LIGHT.muted,
        fontsize=7,
    )
    _plain_log(ax, "x", tuple(horizons))
    ax.set_xlabel("T")


def _ranks(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    _per_kind(ax, seeds, "rank", -2)
    ax.set_ylabel("|effective rank − rank|")
    ax.set_title("rank one, or two", loc="left")


def _errors(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    _per_kind(ax, seeds, "error", -1)
    ax.set_ylabel("error of the predicted kernel")
    ax.set_title("error of the prediction", loc="left")


def _growth(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    _per_kind(ax, seeds, "top", 3)
    ax.set_ylabel("top eigenvalue, over T = 10")
    ax.set_title("amplification", loc="left")
    ax.legend(loc="upper left", fontsize=6, handlelength=1.4, labelspacing=0.25, borderaxespad=0.2)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 40)


def _restricted(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    """Error of the restricted kernel against μ."""
    for key, colour, label in (
        ("errors", BLUE, "c₃ at μ = 0"),
        ("local_errors", RED, "c₃ at this μ"),
    ):
        for seed in seeds:
            style = {"color": colour, "linewidth": 0.7, "alpha": 0.7}
            ax.semilogy(seed["mu"], seed[key], label=label if seed is seeds[0] else None, **style)
    ax.axhline(0.015, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (1, 2)))
    _zero(ax)
    ax.set(xlabel="μ", ylabel="error of the kernel of $w^T z$")
    ax.set_title("the scalar pitchfork", loc="left")
    ax.legend(loc="upper left", fontsize=6, handlelength=1.2)


def _peak(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    """∫g² against μ for one seed, predicted as rings over measured."""
    seed = seeds[0]
    for name, colour in (("0.01", BLUE), ("0.001", RED)):
        if f"measured {name}" not in seed:
            continue
        mu, size = np.array(seed["mu"]), np.array(seed[f"measured {name}"])
        ax.semilogy(mu, size, color=colour, linewidth=1.0, label=f"a₀ = {name}")
        rings = {"marker": "o", "markersize": 3, "fillstyle": "none", "linestyle": "none"}
        every = max(1, len(mu) // 20)
        predicted = np.array(seed[f"predicted {name}"])
        ax.semilogy(mu[::every], predicted[::every], color=colour, markeredgewidth=0.7, **rings)
        ax.axvline(np.log(1 / float(name)) / 20, color=colour, linewidth=0.7, linestyle=(0, (1, 2)))
    _zero(ax)
    ax.set(xlabel="μ", ylabel="∫ g² dt")
    ax.set_title("delayed peak", loc="left")
    ax.legend(loc="lower right", fontsize=6, handlelength=1.2)


def _learning(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    """Interference and critical rate, one dot per seed."""
    rows = (
        ("signs", "signs, kernel"),
        ("step_signs", "signs, real step"),
        ("clear_signs", "clear pairs, kernel"),
        ("step_clear_signs", "clear pairs, step"),
        ("correlation", "correlation"),
        ("rate_ratio", "critical rate,\npredicted/found"),
    )
    for height, (key, _) in enumerate(rows):
        values = [seed[key] for seed in seeds if key in seed]
        offsets = height + 0.12 * np.sin(2.4 * np.arange(len(values)))
        ax.plot(values, offsets, "o", markersize=2.6, color=BLUE, alpha=0.7)
    ax.set_yticks(range(len(rows)), [label for _, label in rows], fontsize=6.5)
    ax.invert_yaxis()
    ax.axvline(1, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (4, 3)), zorder=0)
    ax.set_xlabel("per seed; 1 is perfect")
    ax.set_title("interference, critical rate", loc="left")


def _companion(ax: Axes, seeds: Sequence[Mapping[str, Any]]) -> None:
    """Entries of W along the descent of one seed."""
    path, first = np.array(seeds[0]["path"]), seeds[0]["first"]
    steps = np.arange(len(path)) * seeds[0].get("stride", 1)
    labels = ("$W_{11}$", "$W_{12}$", "$W_{21}$", "$W_{22}$")
    colours = (BLUE, OKABE_ITO["orange"], OKABE_ITO["reddish purple"], RED)
    for entry, label, colour in zip(path.T, labels, colours, strict=True):
        ax.plot(steps, entry, color=colour, linewidth=1.1, label=label)
    ax.axvline(first, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (4, 3)), zorder=0)
    ax.set_xlim(0, 3 * max(first, seeds[0].get("second") or first))
    ax.set(xlabel="training step", ylabel="entries of W")
    ax.set_title("linear example", loc="left")
    ax.legend(loc="center right", ncols=2, fontsize=6.5, handlelength=1.2, columnspacing=0.8)


def _plain_log(ax: Axes, which: str, ticks: Sequence[float]) -> None:
    """Whole numbers on a logarithmic axis."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_ticks(list(ticks), [f"{tick:g}" for tick in ticks])
    axis.set_ticks([], minor=True)


_PANELS = (
    ("collapse", _controlled),
    ("student_teacher", _trained),
    ("kinds", _ranks),
    ("kinds", _errors),
    ("kinds", _growth),
    ("restricted", _restricted),
    ("peak", _peak),
    ("learning", _learning),
    ("companion", _companion),
)
