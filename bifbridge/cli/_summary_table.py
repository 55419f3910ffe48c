"""The story of a run in a short table."""

import json
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table


def print_json(summary: dict[str, Any]) -> None:
    """The summary on stdout, for programs."""
    typer.echo(json.dumps(summary, indent=1))


def print_summary(summary: dict[str, Any], out: Path, console: Console) -> None:
    """The summary on a terminal, for people."""
    print_rows(_rows(summary), console)
    console.print(f"Report: {out / 'report.html'}", highlight=False, soft_wrap=True)


def print_rows(rows: list[tuple[str, str]], console: Console) -> None:
    """Names and what they are, in two columns."""
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for name, value in rows:
        table.add_row(name, value)
    console.print(table)


def _rows(summary: dict[str, Any]) -> list[tuple[str, str]]:
    loss, rank = summary["loss"], summary["effective_rank"]
    rows = [("Loss", f"{loss['initial']:.4g} → {loss['final']:.4g}")]
    event, prediction = summary["first_bifurcation"], summary["prediction"]
    if event is None:
        return [*rows, ("First bifurcation", "none was met within these steps")]
    kind = f"{event['criticality']} {event['kind']}" if event["criticality"] else event["kind"]
    rows.append(("First bifurcation", f"{kind} at step {event['step']:.8f}"))
    if event["kind"] == "pitchfork":
        form = event["normal_form"]
        size = f"|∇θμ| = {form['mu_gradient_norm']:.4g}"
        rows.append(("Normal form", f"ȧ = μa {form['cubic']:+.4g} a³, {size}"))
    rows.append((
        "Effective rank",
        f"{rank['initial']:.4g} at the start, {rank['highest_within_50_steps']:.4g} within 50 "
        f"steps, {rank['at_bifurcation']:.4g} at the crossing",
    ))
    rows += _prediction_rows(prediction) if prediction else []
    return rows + [("Loss fall", _fall(drop)) for drop in summary["loss_drops"]]


def _prediction_rows(prediction: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Direction of ∇θμ", f"cosine {prediction['parameter_direction_cosine']:.4f}"),
        ("Rank-one kernel", f"operator cosine {prediction['operator_cosine']:.4f}"),
        ("Top eigenvalue", f"predicted/measured {prediction['top_eigenvalue_ratio']:.3f}"),
        ("Restricted kernel", f"relative error {prediction['restricted_kernel_error']:.3f}"),
        ("Loss along ∇θμ", f"relative error {prediction['loss_landscape_relative_error']:.2g}"),
    ]


def _fall(drop: dict[str, Any]) -> str:
    if drop["onset"] is None:
        return f"none after the crossing at step {drop['crossing']:.1f}"
    return (
        f"by a factor {drop['factor']:.2f}, from step {drop['onset']:.0f}; crossing at step "
        f"{drop['crossing']:.1f}"
    )
