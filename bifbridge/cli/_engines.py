"""Engines by name, as options of commands give them."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractEngine

#: What commands call the engines.
ENGINES = ("jax", "krylov", "bifurcationkit")


def engine_by_name(
    name: str, ds: float | None, ds_max: float | None, max_points: int
) -> "AbstractEngine":
    """An engine."""
    if name not in ENGINES:
        raise typer.BadParameter(f"Got --engine {name!r}; expected {', '.join(ENGINES)}.")
    try:
        return _engine(name, ds, ds_max, max_points)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _engine(name: str, ds: float | None, ds_max: float | None, max_points: int) -> "AbstractEngine":
    if name == "bifurcationkit":
        from bifbridge.continuation.bifurcationkit import BifurcationKit, ContinuationPar

        return BifurcationKit(ContinuationPar(ds=ds, dsmax=ds_max, max_steps=max_points))
    from bifbridge.continuation import JaxEngine, KrylovEngine

    if name == "jax":
        return JaxEngine(step=ds, max_step=ds_max, max_points=max_points)
    if ds is None:
        return KrylovEngine(max_step=ds_max, max_points=max_points)
    return KrylovEngine(ds, ds_max, max_points=max_points)
