"""`bifbridge continue`: follow equilibria of any f(z, p) from the command line."""

import importlib
import json
import math
import os
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bifbridge.cli._engines import engine_by_name, shown_steps
from bifbridge.cli._exit import FAILED, INTERRUPTED

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractFamily, Branch, ContinuationProblem, SpecialPoint

TARGET = "MODULE:FUNCTION of a function f(z, p) written with jax.numpy, or a model's .eqx file."


SPAN = typer.Option(help="Interval of the parameter, as LOWER:UPPER.")
START = typer.Option(help="Start state, as 0.1,0.2; a model starts at zero unless given.")
PARAMETER_START = typer.Option(help="Parameter to start at; the span's lower end unless given.")
PARAMETER = typer.Option(
    help="Which number of a model varies: gain, bias[3], weights[0,1], input[0]."
)
DS = typer.Option(help="Length of the first step.")
DS_MAX = typer.Option(help="Length of the longest step.")
MAX_POINTS = typer.Option(help="Limit on points in each direction.")


def continue_command(
    target: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION|MODEL.eqx", help=TARGET)],
    span: Annotated[str, SPAN],
    start: Annotated[str | None, START] = None,
    parameter_start: Annotated[float | None, PARAMETER_START] = None,
    parameter: Annotated[str | None, PARAMETER] = None,
    ds: Annotated[float | None, DS] = None,
    ds_max: Annotated[float | None, DS_MAX] = None,
    max_points: Annotated[int, MAX_POINTS] = 2000,
    engine: Annotated[str, typer.Option(help="jax, krylov or bifurcationkit.")] = "jax",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Follow a branch of equilibria and find every bifurcation on it."""
    problem = problem_from_options(target, span, start, parameter_start, parameter)
    chosen = engine_by_name(engine, ds, ds_max, max_points)
    from bifbridge._errors import BifbridgeError
    from bifbridge.continuation import Status, continuation

    try:
        with shown_steps(chosen, max_points) as engine_that_tells:
            branch = continuation(problem, engine_that_tells)
    except BifbridgeError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(FAILED) from error
    if as_json:
        typer.echo(json.dumps(branch_report(branch), indent=1, allow_nan=False))
    else:
        typer.echo(repr(branch))
    if len(branch) == 0:
        if not as_json:
            typer.echo(_advice(problem), err=True)
        raise typer.Exit(FAILED)
    if branch.status == Status.INTERRUPTED:
        raise typer.Exit(INTERRUPTED)


def problem_from_options(
    target: str,
    span: str,
    start: str | None,
    parameter_start: float | None,
    parameter: str | None,
) -> "ContinuationProblem":
    """The problem that the options of a command describe.

    Args:
        target: MODULE:FUNCTION, or a model's file.
        span: LOWER:UPPER.
        start: numbers separated by commas, or None.
        parameter_start: the parameter to start at, or None.
        parameter: which number of a model varies, or None.

    Returns:
        The problem; its field was called once at the start.

    Raises:
        typer.BadParameter: if an option is impossible.
    """
    family, state = family_and_state(target, start, parameter)
    from bifbridge.continuation import ContinuationProblem

    lower, upper = _span(span)
    try:
        problem = ContinuationProblem(family, state, span=(lower, upper), parameter=parameter_start)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    _check_velocity(target, problem)
    return problem


def family_and_state(
    target: str, start: str | None, parameter: str | None
) -> "tuple[AbstractFamily, list[float]]":
    """The family and the state that the options of a command describe.

    Args:
        target: MODULE:FUNCTION, or a model's file.
        start: numbers separated by commas, or None.
        parameter: which number of a model varies, or None.

    Returns:
        Both; a model starts at zero unless told otherwise.
    """
    import jax

    # Before the user's module makes its first array.
    jax.config.update("jax_enable_x64", True)
    family, size = _family(target, parameter)
    return family, _state(start, size)


def branch_report(branch: "Branch") -> dict[str, Any]:
    """A branch as plain data for JSON.

    Args:
        branch: the branch.

    Returns:
        Special points, number of points, balance and status; numbers that are not finite
        become None.
    """
    from bifbridge.continuation import Status

    points = [point_report(point) for point in branch.special_points]
    if len(branch) and branch.ends[0] != Status.RUNNING:
        points.insert(0, _endpoint(branch, 0))
    if len(branch):
        points.append(_endpoint(branch, -1))
    balance = branch.balance
    return {
        "special_points": points,
        "n_points": len(branch),
        "balance": {
            "unstable_start": balance.unstable_start,
            "unstable_end": balance.unstable_end,
            "located": balance.located,
            "unresolved": balance.unresolved,
            "complete": balance.complete,
            "text": repr(balance),
        },
        "status": branch.status.word,
        "message": branch.status.sentence,
        "ends": [status.word for status in branch.ends],
    }


def point_report(point: "SpecialPoint") -> dict[str, Any]:
    """A special point as plain data for JSON.

    Args:
        point: the point.

    Returns:
        Its kind, place, eigenvalues, and the coefficients that apply.
    """
    report = {
        "kind": point.kind,
        "parameter": _number(point.parameter),
        "state": [_number(value) for value in point.state],
        "eigenvalues": [[_number(v.real), _number(v.imag)] for v in point.eigenvalues],
        "converged": point.converged,
        "multiplicity": point.multiplicity,
    }
    if point.normal_form is not None:
        report["normal_form"] = _normal_form(point.normal_form)
        if point.normal_form.criticality is not None:
            report["criticality"] = point.normal_form.criticality
    return report


def _normal_form(form: Any) -> dict[str, Any]:
    if form.kind == "hopf":
        cubic = complex(form.cubic)
        return {
            "c1": [_number(cubic.real), _number(cubic.imag)],
            "omega": _number(form.frequency),
            "first_lyapunov": _number(form.first_lyapunov),
            "margin": _number(form.margin),
        }
    numbers = {"b2": form.quadratic, "c3": form.cubic, "margin": form.margin}
    return {name: _number(value) for name, value in numbers.items()}


def _endpoint(branch: "Branch", k: int) -> dict[str, Any]:
    return {
        "kind": "endpoint",
        "parameter": _number(branch.parameters[k]),
        "state": [_number(value) for value in branch.states[k]],
        "eigenvalues": [[_number(v.real), _number(v.imag)] for v in branch.eigenvalues[k]],
        "converged": True,
    }


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _family(target: str, parameter: str | None) -> "tuple[AbstractFamily, int | None]":
    if target.endswith(".eqx"):
        if parameter is None:
            raise typer.BadParameter("A model needs --parameter, the number that varies.")
        return _model_family(target, parameter)
    if parameter is not None:
        raise typer.BadParameter("--parameter belongs to .eqx models; f(z, p) has its own p.")
    from bifbridge.continuation import as_family

    found = load_object(target)
    if not callable(found) and not hasattr(found, "velocity"):
        raise typer.BadParameter(f"{target} is {found!r}; expected a function f(z, p).")
    return as_family(found), None


def load_object(target: str) -> Any:
    """Import MODULE:NAME, with the current directory on the path as `python -m` has it.

    Args:
        target: such as "model:field" or "package.model:field".

    Returns:
        The object.

    Raises:
        typer.BadParameter: if the text has no colon, the import fails or the name is missing.
    """
    module_name, separator, name = target.partition(":")
    if not (separator and module_name and name):
        raise typer.BadParameter(f"Got {target!r}; expected MODULE:FUNCTION, such as model:field.")
    if module_name.endswith(".py"):
        module_name = module_name[:-3].replace(os.sep, ".")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise typer.BadParameter(
            f"Cannot import {module_name!r} from {os.getcwd()}: {error}"
        ) from error
    except Exception as error:
        raise typer.BadParameter(
            f"Importing {module_name!r} raised {type(error).__name__}: {error}"
        ) from error
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise typer.BadParameter(f"Module {module_name!r} has no {name!r}.")
        found = getattr(found, part)
    return found


def _model_family(path: str, parameter: str) -> "tuple[AbstractFamily, int | None]":
    import jax.numpy as jnp
    import jax.tree_util as jtu

    from bifbridge._errors import BifbridgeError
    from bifbridge.continuation import InputFamily, LeafFamily
    from bifbridge.fields import load_field

    try:
        field = load_field(path)
    except (OSError, BifbridgeError) as error:
        raise typer.BadParameter(f"Cannot read the model {path}: {error}") from error
    field = jtu.tree_map(lambda leaf: jnp.asarray(leaf, float), field)
    match = re.fullmatch(r"([\w.]+)(?:\[\s*(\d+(?:\s*,\s*\d+)*)\s*\])?", parameter)
    if match is None:
        raise typer.BadParameter(f"Got --parameter {parameter!r}; expected such as bias[3].")
    index = tuple(int(part) for part in (match[2] or "").split(",") if part)
    size = field.weights.shape[0]
    if match[1] == "input":
        inputs = field.input_weights.shape[1]
        if len(index) != 1 or index[0] >= inputs:
            raise typer.BadParameter(f"Got {parameter!r} for a model with {inputs} inputs.")
        return InputFamily(field, jnp.zeros(inputs), jnp.zeros(inputs).at[index].set(1.0)), size
    try:
        return LeafFamily(field, match[1], index), size
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _state(start: str | None, size: int | None) -> list[float]:
    if start is None:
        if size is None:
            raise typer.BadParameter("A function needs --start, such as --start 0.1,0.2.")
        return [0.0] * size
    try:
        state = [float(part) for part in start.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"Got --start {start!r}; expected numbers as 0.1,0.2.") from error
    if size is not None and len(state) != size:
        raise typer.BadParameter(f"Got --start with {len(state)} numbers for {size} states.")
    return state


def _span(span: str) -> tuple[float, float]:
    lower, separator, upper = span.partition(":")
    try:
        if not separator:
            raise ValueError
        return float(lower), float(upper)
    except ValueError as error:
        raise typer.BadParameter(f"Got --span {span!r}; expected LOWER:UPPER as -1:1.") from error


def _check_velocity(target: str, problem: Any) -> None:
    import jax.numpy as jnp

    try:
        value = jnp.asarray(problem.family.velocity(problem.parameter)(problem.state))
    except Exception as error:
        raise typer.BadParameter(
            f"{target} raised {type(error).__name__} at the start: {error}"
        ) from error
    if value.shape != problem.state.shape:
        raise typer.BadParameter(
            f"{target} returned shape {value.shape} for a state of shape {problem.state.shape}; "
            "expected the same."
        )


def _advice(problem: Any) -> str:
    return (
        f"No branch starts at p = {float(problem.parameter):g}: give another --start or "
        "--parameter-start."
    )
