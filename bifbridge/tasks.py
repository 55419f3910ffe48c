"""Tasks that unfold in time, to train networks on.

In this order: a task with its grid of times, trials by key, a network to learn it
(`random_network`), and `TrialResiduals`, which `bb.training` descends. A task of your own
is a subclass of `AbstractTask`.

Example:
    >>> import jax.random as jr
    >>> import bifbridge as bb
    >>> task = bb.tasks.FlipFlop(bits=2, grid=bb.uniform_grid(5.0, 0.5))
    >>> trials = task.trials(3, key=jr.key(0))
    >>> trials.inputs.shape[0], trials.targets.shape[-1]
    (3, 2)
"""

from bifbridge.training.tasks import (
    AbstractTask,
    ContextIntegration,
    FlipFlop,
    Imitation,
    MemoryPro,
    PerceptualDecision,
    ReadoutNetwork,
    SineGenerator,
    TrialResiduals,
    Trials,
    random_network,
)

__all__ = [
    "AbstractTask",
    "ContextIntegration",
    "FlipFlop",
    "Imitation",
    "MemoryPro",
    "PerceptualDecision",
    "ReadoutNetwork",
    "SineGenerator",
    "TrialResiduals",
    "Trials",
    "random_network",
]
