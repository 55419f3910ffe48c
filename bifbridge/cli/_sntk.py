"""`bifbridge sntk`: spectrum, ranks and channels of a model's kernel."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from bifbridge.cli._exit import reported_errors, require_double_precision
from bifbridge.cli._numbers import JSON, plain
from bifbridge.cli._summary_table import print_rows


def sntk_command(
    model: Annotated[str, typer.Argument(metavar="MODEL.eqx", help="A model's file.")],
    parameters: Annotated[
        str | None, typer.Option(help="Leaves to differentiate in, as weights,bias; all if unset.")
    ] = None,
    trials: Annotated[int, typer.Option(help="Number of random initial states.")] = 16,
    amplitude: Annotated[float, typer.Option(help="Standard deviation of initial states.")] = 0.1,
    horizon: Annotated[float, typer.Option(help="Length of a trial, in units of time.")] = 20.0,
    step: Annotated[float, typer.Option(help="Length of a solver step.")] = 0.1,
    save_every: Annotated[int, typer.Option(help="Steps between saved states.")] = 5,
    top: Annotated[int, typer.Option(help="Eigenvalues to report.")] = 10,
    state: Annotated[
        str | None,
        typer.Option(help="Where to look for the equilibrium, as 0.1,0.2; zero unless given."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the initial states.")] = 0,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Spectrum and effective ranks of a model's state-space kernel, and its channels.

    Channels are reported where the equilibrium is at a bifurcation on this horizon.

    Example: bifbridge sntk student.eqx --parameters weights --horizon 35
    """  # noqa: DOC501 (this text is the command's help)
    with reported_errors():
        require_double_precision()
        try:
            report = _report(
                model, parameters, trials, amplitude, horizon, step, save_every, top, state, seed
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    if as_json:
        typer.echo(json.dumps(report, indent=1, allow_nan=False))
    else:
        print_rows(_rows(report), Console())


def _report(
    model: str,
    parameters: str | None,
    trials: int,
    amplitude: float,
    horizon: float,
    step: float,
    save_every: int,
    top: int,
    state: str | None,
    seed: int,
) -> dict[str, Any]:
    import jax.numpy as jnp
    import jax.random as jr
    import jax.tree_util as jtu

    from bifbridge.fields import load_field, parameter_slices
    from bifbridge.sntk import StateSpaceNTK, leaf_shares, spectrum
    from bifbridge.sntk._spectrum import is_small
    from bifbridge.trajectories import Trials, uniform_grid

    field = jtu.tree_map(lambda leaf: jnp.asarray(leaf, float), load_field(model))
    names = None if parameters is None else tuple(parameters.split(","))
    n = field.weights.shape[0]
    centre = _equilibrium(field, _start(state, n))
    starts = centre + amplitude * jr.normal(jr.key(seed), (trials, n))
    setup = Trials(starts, uniform_grid(horizon, step, save_every=save_every))
    ntk = StateSpaceNTK(field, setup, parameters=names)
    small = is_small(ntk)
    ntk = ntk.materialise() if small else ntk
    found = spectrum(ntk, k=top)
    shares = leaf_shares(ntk, parameter_slices(field, names), probes=None if small else 64)
    return {
        "model": model,
        "parameters": ntk.n_parameters,
        "trials": trials,
        "horizon": horizon,
        "spectrum": plain(found.as_dict() | {"eigenvalues": found.eigenvalues[:top].tolist()}),
        "leaf_shares": shares,
        "equilibrium": [float(x) for x in centre],
        **_channels(field, setup, ntk, names, centre, found, horizon),
    }


def _channels(
    field: Any, setup: Any, ntk: Any, names: Any, centre: Any, found: Any, horizon: float
) -> dict[str, Any]:
    from bifbridge.landscape import channels, explain_collapse
    from bifbridge.normal_forms import normal_form

    form = normal_form(field, centre, names=names)
    rate = float(form.eigenvalue.real)
    near = abs(rate) * horizon <= 1
    verdict = explain_collapse(field, setup, ntk, form if near else None, result=found)
    return {
        "critical_eigenvalue": [rate, float(form.eigenvalue.imag)],
        "at_bifurcation": near,
        "normal_form": repr(form) if near else None,
        "channels": plain(channels(field, form, ntk, names=names).as_dict()) if near else None,
        "collapse": {"verdict": verdict.verdict, "text": repr(verdict)},
    }


def _start(state: str | None, size: int) -> Any:
    import jax.numpy as jnp

    if state is None:
        return jnp.zeros(size)
    values = jnp.asarray([float(part) for part in state.split(",")])
    if values.size != size:
        raise ValueError(f"Got --state with {values.size} numbers for {size} states.")
    return values


def _equilibrium(field: Any, start: Any) -> Any:
    import jax.numpy as jnp
    import optimistix as optx

    solver = optx.LevenbergMarquardt(rtol=1e-12, atol=1e-12)
    root = optx.least_squares(
        lambda z, _: field(0.0, z, None), solver, start, throw=False, max_steps=500
    ).value
    speed = float(jnp.linalg.norm(field(0.0, root, None)))
    if not speed < 1e-8:
        raise ValueError(
            f"No equilibrium was found from this state (|dz/dt| = {speed:.3g} is left): give "
            "another one with --state."
        )
    return root


def _rows(report: dict[str, Any]) -> list[tuple[str, str]]:
    spectrum = report["spectrum"]
    ranks = {"participation ratio": "participation_ratio", "stable rank": "stable_rank"}
    ranks |= {"entropy rank": "entropy_rank", "95 % of the trace": "count_95_percent"}
    rows = [
        ("Kernel", f"{report['trials']} trials, {report['parameters']} parameters"),
        ("Eigenvalues", ", ".join(f"{x:.4g}" for x in spectrum["eigenvalues"])),
        ("Trace", f"{spectrum['trace']:.6g} ± {spectrum['trace_standard_error']:.2g}"),
    ]
    for label, name in ranks.items():
        value = spectrum[name]
        rows.append((label.capitalize(), "not known" if value is None else f"{value:.4g}"))
    leaves = ", ".join(f"{name} {share:.1%}" for name, share in report["leaf_shares"].items())
    rows.append(("Shares by leaf", leaves))
    rate, frequency = report["critical_eigenvalue"]
    rows.append(("Critical eigenvalue", f"{rate:.4g} {frequency:+.4g}i"))
    if report["channels"] is None:
        rows.append(("Channels", "the equilibrium is not at a bifurcation on this horizon"))
    else:
        found = report["channels"]
        share = f"{found['parameter_share']:.4f} of the trace along the unfolding gradients"
        rows += [("Normal form", report["normal_form"]), ("Channels", share)]
        rows.append(("Carried by", found["statement"]))
    rows.append(("Collapse", report["collapse"]["text"]))
    return rows
