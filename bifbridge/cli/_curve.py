"""`bifbridge curve`: curves of bifurcations in two parameters from the command line."""

import inspect
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bifbridge.cli._cycles import cycles_from
from bifbridge.cli._numbers import JSON, number
from bifbridge.cli._reports import branch_report, curve_report
from bifbridge.cli._target import (
    family_and_size,
    load_object,
    model_leaf,
    parsed_span,
    parsed_state,
)

if TYPE_CHECKING:
    from bifbridge.continuation import Branch

TARGET = "MODULE:FUNCTION of f(z, p, q) or f(z, (p, q)) with jax.numpy, or a model's .eqx file."


def curve_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    span: Annotated[str, typer.Option(help="Interval of the first parameter, as LOWER:UPPER.")],
    second_span: Annotated[str, typer.Option(help="Interval of the second, as LOWER:UPPER.")],
    start: Annotated[
        str | None,
        typer.Option(help="Start state, as 0.1,0.2; a model starts at zero unless given."),
    ] = None,
    parameter_start: Annotated[
        float | None,
        typer.Option(help="First parameter to start at; its span's lower end unless given."),
    ] = None,
    second_start: Annotated[
        float | None,
        typer.Option(help="Second parameter of the first branch; its span's middle unless given."),
    ] = None,
    parameter: Annotated[
        str | None, typer.Option(help="Which number of a model is the first: gain, bias[3].")
    ] = None,
    second_parameter: Annotated[
        str | None, typer.Option(help="Which number of a model is the second.")
    ] = None,
    cycles: Annotated[
        bool, typer.Option("--cycles", help="Follow bifurcations of cycles, too.")
    ] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Find bifurcations on a branch in the first parameter, and follow each in both.

    Example: bifbridge curve mine:plane --start 0.1,0.1 --span -2:6 --second-span 0:1
    """  # noqa: DOC501 (this text is the command's help)
    import jax

    # Before the user's module makes its first array.
    jax.config.update("jax_enable_x64", True)
    from bifbridge._errors import BifbridgeError
    from bifbridge.continuation import ContinuationProblem, continuation

    plane, size = plane_of(target, parameter, second_parameter)
    spans = (parsed_span(span), parsed_span(second_span))
    second = sum(spans[1]) / 2 if second_start is None else second_start
    try:
        problem = ContinuationProblem(
            _at_second(plane, second),
            parsed_state(start, size),
            span=spans[0],
            parameter=parameter_start,
        )
        if not spans[1][0] <= second <= spans[1][1]:
            raise ValueError(f"The second parameter starts at {second}, outside {spans[1]}.")
    except ValueError as error:
        raise typer.BadParameter(f"{target}: {error}") from error
    try:
        branch = continuation(problem)
        curves: list[Any] = _curves(plane, branch, second, spans)
        if cycles:
            curves += _cycle_curves(plane, problem.family, branch, second, spans)
    except BifbridgeError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        report = {
            "second": number(second),
            "branch": branch_report(branch),
            "curves": [curve_report(curve) for curve in curves],
        }
        typer.echo(json.dumps(report, indent=1, allow_nan=False))
    else:
        typer.echo("\n".join([repr(branch), *map(repr, curves)]))
    if not curves:
        if not as_json:
            typer.echo("No bifurcation to follow was found on the first branch.", err=True)
        raise typer.Exit(1)


def plane_of(
    target: str, parameter: str | None, second_parameter: str | None
) -> tuple[Any, int | None]:
    """The two-parameter family that a target names."""
    from bifbridge.continuation import LeafTwoParameterFamily

    if target.endswith(".eqx"):
        if second_parameter is None:
            raise typer.BadParameter("A model needs --second-parameter, too.")
        family, size = family_and_size(target, parameter)
        name, index = model_leaf(second_parameter)
        try:
            return LeafTwoParameterFamily(family, name, index), size
        except ValueError as error:
            raise typer.BadParameter(f"{target}: {error}") from error
    if parameter is not None or second_parameter is not None:
        raise typer.BadParameter("--parameter and --second-parameter belong to .eqx models.")
    return _two_parameter_function(target), None


def _two_parameter_function(target: str) -> Any:
    import jax.numpy as jnp

    from bifbridge.continuation import AbstractTwoParameterFamily, PlainTwoParameterFamily

    function = load_object(target)
    if isinstance(function, AbstractTwoParameterFamily):
        return function
    if not callable(function):
        raise typer.BadParameter(f"{target} is {function!r}; expected a function f(z, p, q).")
    try:
        count = len(inspect.signature(function).parameters)
    except ValueError:
        count = 3
    if count == 3:
        return PlainTwoParameterFamily(function)
    if count != 2:
        raise typer.BadParameter(
            f"{target} takes {count} arguments; expected f(z, p, q) or f(z, (p, q))."
        )
    return PlainTwoParameterFamily(lambda z, p, q: function(z, jnp.stack([p, q])))


def _at_second(plane: Any, second: float) -> Any:
    import jax.numpy as jnp

    return lambda z, p: plane.velocity(p, jnp.asarray(second, float))(z)


def _curves(plane: Any, branch: "Branch", second: float, spans: Any) -> "list[Branch]":
    from bifbridge.continuation import bifurcation_curve

    kinds = {"fold": "fold", "hopf": "hopf"}
    kinds |= dict.fromkeys(("transcritical", "pitchfork", "branch_point"), "branch_point")
    found: list[Branch] = []
    for point in branch.special_points:
        kind = kinds.get(point.kind)
        here = (point.parameter, second)
        if kind is None or not point.converged or _met(found, kind, here, spans):
            continue
        found.append(bifurcation_curve(plane, point, second, spans=spans))
    return found


def _cycle_curves(
    plane: Any, family: Any, branch: "Branch", second: float, spans: Any
) -> "list[Branch]":
    from bifbridge.continuation import cycle_bifurcation_curve

    found: list[Branch] = []
    for _, followed in cycles_from(family, branch.special_points, spans[0]):
        for point in followed.special_points:
            curves = ("cycle_fold", "period_doubling", "neimark_sacker")
            here = (point.parameter, second)
            if point.kind not in curves or not point.converged:
                continue
            if not _met(found, point.kind, here, spans):
                found.append(cycle_bifurcation_curve(plane, point, second, spans=spans))
    return found


def _met(found: list[Any], kind: str, here: tuple[float, float], spans: Any) -> bool:
    # Whether a curve of this kind has already passed this point of the plane.
    import numpy as np

    scale = np.array([upper - lower for lower, upper in spans])
    for curve in found:
        if curve.kind != kind or len(curve) < 2:
            continue
        a, b = curve.parameters[:-1] / scale, curve.parameters[1:] / scale
        chord, gap = b - a, np.array(here) / scale - a
        length = np.maximum(np.sum(chord**2, 1), 1e-300)
        share = np.clip(np.sum(gap * chord, 1) / length, 0, 1)
        if np.min(np.linalg.norm(gap - share[:, None] * chord, axis=1)) < 1e-3:
            return True
    return False
