"""What is learned: tasks whose solutions lie beyond bifurcations."""

from collections.abc import Callable
from typing import NamedTuple

import diffrax as dfx
import equinox as eqx
import jax
import jax.random as jr

from bifbridge import uniform_grid
from bifbridge.fields import flatten_parameters
from bifbridge.tasks import (
    AbstractTask,
    ContextIntegration,
    FlipFlop,
    Imitation,
    MemoryPro,
    ReadoutNetwork,
    SineGenerator,
    TrialResiduals,
    random_network,
)
from bifbridge.training import GaussNewton, spectral_teacher


class Problem(NamedTuple):
    """One task with one seed.

    Attributes:
        loss: L(θ) and its Gauss–Newton matrix.
        theta: initial θ, shape (p,).
    """

    loss: GaussNewton
    theta: jax.Array


class Recipe(NamedTuple):
    """How to make a problem.

    Attributes:
        task: seed ↦ task.
        units: n.
        trials: N.
        names: leaves in θ.
    """

    task: Callable[[int], AbstractTask]
    units: int
    trials: int
    names: tuple[str, ...] | None = None


def imitation(*eigenvalues: float) -> Callable[[int], AbstractTask]:
    """Student and teacher: one pitchfork per eigenvalue above 1."""

    def make(seed: int) -> AbstractTask:
        teacher, readout = spectral_teacher(16, eigenvalues, key=jr.key(1000 + seed))
        return Imitation(teacher=teacher, readout=readout, grid=uniform_grid(20.0, 0.5), spread=0.3)

    return make


RECIPES = {
    "one pitchfork": Recipe(imitation(1.5, 0.5), 16, 24, ("field.weights",)),
    "two pitchforks": Recipe(imitation(1.5, 1.3, 0.5), 16, 24, ("field.weights",)),
    "3-bit flip-flop": Recipe(lambda _: FlipFlop(grid=uniform_grid(20.0, 0.5)), 32, 32),
    "sine generator": Recipe(lambda _: SineGenerator(grid=uniform_grid(20.0, 0.5)), 24, 8),
    "delayed recall": Recipe(lambda _: MemoryPro(grid=uniform_grid(24.0, 0.5)), 32, 32),
    "line attractor": Recipe(lambda _: ContextIntegration(grid=uniform_grid(20.0, 0.5)), 32, 32),
}


def problem(name: str, seed: int, *, small: bool = False) -> Problem:
    """Build a problem; all are solved by Heun's method at half a time constant.

    Args:
        name: one of `RECIPES`.
        seed: of network, trials and teacher.
        small: fewer trials, for a quick look.

    Returns:
        The problem.
    """
    recipe = RECIPES[name]
    task = recipe.task(seed)
    trials = task.trials(4 if small else recipe.trials, key=jr.key(2000 + seed))
    radius = 0.5 if isinstance(task, Imitation) else 0.9
    network = random_network(task, recipe.units, radius=radius, key=jr.key(seed))
    if isinstance(task, Imitation):
        network = ReadoutNetwork(network.field, task.readout, network.offset, network.initial_state)
        # The teacher is solved as the student is, so that a loss of zero can be reached.
        teacher = ReadoutNetwork(
            task.teacher, network.readout, network.offset, network.initial_state
        )
        answers = teacher.responses(trials, forward=True, solver=dfx.Heun())
        trials = eqx.tree_at(lambda t: t.targets, trials, answers)
    theta, _ = flatten_parameters(network, recipe.names)
    loss = GaussNewton(TrialResiduals(trials, network, recipe.names, solver=dfx.Heun()))
    return Problem(loss, theta)
