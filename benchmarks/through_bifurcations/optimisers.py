"""The optimisers that are compared, each with the rates that its sweep tries."""

from collections.abc import Callable
from typing import NamedTuple

import optax

from bifbridge.tasks import TrialResiduals
from bifbridge.training import (
    BlockIteration,
    GainRatio,
    GaussNewton,
    adaptive_natural_gradient,
    low_rank_natural_gradient,
    natural_gradient,
)


class Contestant(NamedTuple):
    """An optimiser by name.

    Attributes:
        make: (rate, curvature) ↦ transformation.
        rates: those of its sweep.
    """

    make: Callable[[float, GaussNewton], optax.GradientTransformation]
    rates: tuple[float, ...]


EXPLICIT = (0.1, 0.3, 1.0, 3.0, 10.0)
IMPLICIT = (0.3, 1.0, 3.0, 10.0, 100.0)
#: Of optimisers that find their rate themselves.
FIRST = (1.0, 10.0)


def low_rank(
    rank: int, *, every: int = 40, part: int = 1, judge: GainRatio | None = None
) -> Contestant:
    """The low-rank natural gradient, its curvature perhaps from a part of the trials."""

    def make(rate: float, curvature: GaussNewton) -> optax.GradientTransformation:
        return low_rank_natural_gradient(
            rate, on_part(curvature, part), subspace=BlockIteration(rank), refresh_every=every,
            acceptance=judge,
        )  # fmt: skip

    return Contestant(make, IMPLICIT if judge is None else FIRST)


def on_part(curvature: GaussNewton, part: int) -> GaussNewton:
    """The curvature of the first of `part` parts of the trials."""
    residuals = curvature.outputs
    assert isinstance(residuals, TrialResiduals)
    return GaussNewton(residuals.on_first(max(1, residuals.trials.inputs.shape[0] // part)))


def clipped(rate: float, _: GaussNewton) -> optax.GradientTransformation:
    """Descent with bounded gradients."""
    return optax.chain(optax.clip_by_global_norm(0.1), optax.sgd(rate))


def backtracking(rate: float, _: GaussNewton) -> optax.GradientTransformation:
    """Descent with Armijo's rule."""
    search = optax.scale_by_backtracking_linesearch(20, max_learning_rate=rate)
    return optax.chain(optax.sgd(1.0), search)


def adaptive(rate: float, curvature: GaussNewton) -> optax.GradientTransformation:
    """Adam that hands over to the low-rank step during a collapse."""
    return adaptive_natural_gradient(optax.adam(1e-2), rate, curvature)


CONTESTANTS = {
    "SGD": Contestant(lambda rate, _: optax.sgd(rate), EXPLICIT),
    "SGD, clipping": Contestant(clipped, EXPLICIT),
    "SGD, backtracking": Contestant(backtracking, FIRST),
    "Adam": Contestant(lambda rate, _: optax.adam(rate), (3e-3, 1e-2, 3e-2, 1e-1)),
    "low-rank, k = 1": low_rank(1),
    "low-rank, k = 2": low_rank(2),
    "low-rank, k = 4": low_rank(4),
    "low-rank, k = 8": low_rank(8),
    "low-rank, k = 4, every 60": low_rank(4, every=60),
    "low-rank, k = 4, ¼ of trials": low_rank(4, every=60, part=4),
    "low-rank LM, k = 4": low_rank(4, judge=GainRatio()),
    "low-rank LM, k = 4, ¼ of trials": low_rank(4, part=4, judge=GainRatio()),
    "adaptive": Contestant(adaptive, (1.0, 10.0)),
    "natural gradient": Contestant(natural_gradient, (1.0, 10.0)),
}
