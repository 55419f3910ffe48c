"""The test at every crossing: Julia's values and derivatives against JAX's."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from bifbridge._errors import TranslationMismatchError
from bifbridge._precision import require_x64
from bifbridge.continuation.bifurcationkit.translation._trace import in_double_precision
from bifbridge.continuation.bifurcationkit.translation._unsupported import REMEDY

#: `evaluator(kind, z, p, directions)`: a quantity of the Julia field at one point.
Evaluator = Callable[[str, np.ndarray, Any, Sequence[np.ndarray]], Any]

#: What is compared, with the number of directions that it takes.
QUANTITIES = {
    "value": ("F", 0),
    "jvp": ("J·v", 1),
    "parameter": ("∂F/∂p", 0),
    "second": ("D²F(v, w)", 2),
    "third": ("D³F(v, w, r)", 3),
}
#: A quantity is measured against itself, or against this share of the largest at the point:
#: what cancels to nearly nothing keeps the rounding of its terms.
_FLOOR = 1e-3
_SHOWN = 4


def check_translation(
    evaluator: Evaluator,
    function: Callable[[Any, Any], Any],
    state: Any,
    parameter: Any,
    tolerance: float = 1e-10,
) -> float:
    """Compare a field in Julia with the JAX field that it was translated from.

    F, J·v, ∂F/∂p and the second and third directional derivatives are compared at the zero
    state, where kinks tend to be, at the given state, and at two random states near it. Where
    JAX itself has no finite number nothing is compared.

    Args:
        evaluator: `evaluator(kind, z, p, directions)` in Julia, where `kind` is "value", "jvp",
            "parameter", "second" or "third".
        function: (z, p) ↦ dz/dt in JAX.
        state: a state, shape (n,).
        parameter: a parameter, a number or a vector.
        tolerance: largest relative error.

    Returns:
        The largest relative error that was seen.

    Raises:
        TranslationMismatchError: if a quantity differs by more, with the numbers.
    """  # noqa: DOC501, DOC502
    require_x64("The self-test of a translation")
    reference = _reference(in_double_precision(function))
    worst = 0.0
    for z, p, directions in _points(np.asarray(state, float), np.asarray(parameter, float)):
        expected = {kind: np.asarray(v) for kind, v in reference(z, p, directions).items()}
        sizes = [np.max(np.abs(v[np.isfinite(v)]), initial=0.0) for v in expected.values()]
        for (kind, (name, order)), size in zip(QUANTITIES.items(), sizes, strict=True):
            at = float(p) if p.ndim == 0 else p
            got = np.asarray(evaluator(kind, z, at, directions[:order]), float)
            scale = max(size, _FLOOR * max(sizes), np.finfo(float).tiny)
            error = _error(got, expected[kind], scale)
            if not error <= tolerance:
                raise _mismatch(name, z, at, got, expected[kind], error, tolerance)
            worst = max(worst, error)
    return worst


def _points(
    state: np.ndarray, parameter: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, list[np.ndarray]]]:
    rng = np.random.default_rng(0)
    n = state.size
    states = [np.zeros(n), state, state + 0.5 * rng.normal(size=n), state + rng.normal(size=n)]
    shifts = [0.0, 0.0, 0.1, -0.1]
    for z, shift in zip(states, shifts, strict=True):
        yield (
            z,
            parameter + shift * rng.normal(size=parameter.shape),
            [_unit(rng.normal(size=n)) for _ in range(3)],
        )


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def _reference(function: Callable[[Any, Any], Any]) -> Callable[..., dict[str, Any]]:
    """All quantities in one compiled program."""

    @eqx.filter_jit
    def quantities(f: Any, z: Any, p: Any, directions: Any) -> dict[str, Any]:
        at = lambda s: f(s, p)  # noqa: E731
        first = _along(at, directions[0])
        second = _along(first, directions[1])
        return {
            "value": at(z),
            "jvp": first(z),
            "parameter": jax.jacfwd(lambda q: f(z, q))(p),
            "second": second(z),
            "third": _along(second, directions[2])(z),
        }

    return lambda z, p, directions: quantities(
        function, jnp.asarray(z), jnp.asarray(p), [jnp.asarray(v) for v in directions]
    )


def _along(function: Callable[[Any], Any], direction: Any) -> Callable[[Any], Any]:
    return lambda z: jax.jvp(function, (z,), (direction,))[1]


def _error(got: np.ndarray, expected: np.ndarray, scale: float) -> float:
    if got.shape != expected.shape:
        return float("inf")
    known = np.isfinite(expected)
    difference = np.abs(got[known] - expected[known])
    return float(np.max(difference, initial=0.0) / scale)


def _mismatch(
    name: str,
    z: np.ndarray,
    p: Any,
    got: np.ndarray,
    expected: np.ndarray,
    error: float,
    tolerance: float,
) -> TranslationMismatchError:
    if got.shape != expected.shape:
        numbers = f"Julia's has shape {got.shape}, JAX's {expected.shape}"
    else:
        with np.errstate(invalid="ignore"):
            difference = np.nan_to_num(np.abs(got - expected), nan=np.inf)
        k = np.unravel_index(np.argmax(np.where(np.isfinite(expected), difference, -1)), got.shape)
        place = ", ".join(str(int(i)) for i in k)
        numbers = f"entry {place} is {got[k]!r} in Julia and {expected[k]!r} in JAX"
    return TranslationMismatchError(
        f"The Julia code of this field disagrees with JAX in {name} at z = {_short(z)}, "
        f"p = {_short(np.asarray(p))}: {numbers}; the relative error is {error:.2e}, above "
        f"{tolerance:.0e}. The translation is refused. A function with a derivative rule of its "
        "own, or arithmetic in single precision inside the field, can be the cause. " + REMEDY,
        name,
        error,
        tolerance,
    )


def _short(values: np.ndarray) -> str:
    if values.ndim == 0:
        return f"{float(values):.6g}"
    shown = ", ".join(f"{value:.6g}" for value in values[:_SHOWN])
    return f"[{shown}{', …' if values.size > _SHOWN else ''}]"
