"""Engines by name, as options of commands give them."""

import importlib
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bifbridge.continuation import AbstractEngine

#: Classes by the names that commands have for them.
ENGINES = {
    "jax": ("bifbridge.continuation", "JaxEngine"),
    "krylov": ("bifbridge.continuation", "KrylovEngine"),
    "bifurcationkit": ("bifbridge.continuation.bifurcationkit", "BifurcationKit"),
}


def engine_by_name(
    name: str, ds: float | None, ds_max: float | None, max_points: int
) -> "AbstractEngine":
    """An engine.

    Args:
        name: "jax", "krylov" or "bifurcationkit".
        ds: length of the first step, or None.
        ds_max: length of the longest step, or None.
        max_points: limit on points in each direction.

    Returns:
        The engine.

    Raises:
        typer.BadParameter: if the name is unknown or an option impossible.
    """
    if name not in ENGINES:
        raise typer.BadParameter(f"Got the engine {name!r}; expected {', '.join(ENGINES)}.")
    options = {"step": ds, "max_step": ds_max, "max_points": max_points}
    given = {key: value for key, value in options.items() if value is not None}
    module, attribute = ENGINES[name]
    try:
        return getattr(importlib.import_module(module), attribute)(**given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
