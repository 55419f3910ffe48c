"""Training on a task of the library, in a folder from which it resumes bit for bit."""

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax.random as jr
import optax

from bifbridge._atomic import write_text
from bifbridge._errors import ConfigError, DivergenceError, RunFolderError
from bifbridge._precision import require_x64
from bifbridge._short_repr import short_repr
from bifbridge.fields import flatten_parameters, save_field
from bifbridge.studies._claimed_folder import claim_folder
from bifbridge.training import (
    GaussNewton,
    TrainingPath,
    adaptive_natural_gradient,
    block_path,
    join_blocks,
    low_rank_natural_gradient,
    read_blocks,
    spectral_teacher,
    start_training,
    train,
    write_block,
)
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


def _imitation(units: int, seed: int) -> AbstractTask:
    teacher, readout = spectral_teacher(units, (1.5, 1.3, 0.5), key=jr.key(1000 + seed))
    return Imitation(teacher=teacher, readout=readout, spread=0.3)


#: (units, seed) ↦ task, by the name that commands use.
TASKS: dict[str, Callable[[int, int], AbstractTask]] = {
    "imitation": _imitation,
    "flip-flop": lambda units, seed: FlipFlop(),
    "sine-generator": lambda units, seed: SineGenerator(),
    "memory-pro": lambda units, seed: MemoryPro(),
    "context-integration": lambda units, seed: ContextIntegration(),
    "perceptual-decision": lambda units, seed: PerceptualDecision(),
}

#: (rate, curvature) ↦ optimiser, by the name that commands use.
TASK_OPTIMISERS: dict[str, Callable[[float, GaussNewton], optax.GradientTransformation]] = {
    "sgd": lambda rate, curvature: optax.sgd(rate),
    "momentum": lambda rate, curvature: optax.sgd(rate, 0.9),
    "adam": lambda rate, curvature: optax.adam(rate),
    "low-rank": lambda rate, curvature: low_rank_natural_gradient(rate, curvature),
    "adaptive": lambda rate, curvature: adaptive_natural_gradient(
        optax.adam(3e-3), rate, curvature
    ),
}


@dataclasses.dataclass(frozen=True)
class TaskRunConfig:
    """The settings of a run.

    Attributes:
        task: one of `TASKS`.
        units: n of the network.
        trials: N of the fixed batch.
        seed: of network, trials and teacher.
        steps: of training.
        optimizer: one of `TASK_OPTIMISERS`.
        learning_rate: η; of "adaptive" that of the low-rank step, beside Adam at 0.003.
        checkpoint_every: steps per block on disk.
    """

    task: str
    units: int = 32
    trials: int = 32
    seed: int = 0
    steps: int = 1000
    optimizer: str = "low-rank"
    learning_rate: float = 1.0
    checkpoint_every: int = 50

    def __post_init__(self):
        for name, value, known in (
            ("task", self.task, TASKS), ("optimizer", self.optimizer, TASK_OPTIMISERS)
        ):  # fmt: skip
            if value not in known:
                raise ConfigError(f"Got {name} {value!r}, expected one of {', '.join(known)}.")
        for name in ("units", "trials", "steps", "checkpoint_every", "learning_rate"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"Got {name} = {getattr(self, name)}, expected a positive one.")

    __repr__ = short_repr


class TaskRun(eqx.Module):
    """What a configuration makes, before any step.

    Attributes:
        config: the settings.
        trials: the batch.
        network: before training.
    """

    config: TaskRunConfig = eqx.field(static=True)
    trials: Trials
    network: ReadoutNetwork

    def path(self, folder: Path) -> TrainingPath:
        """What was trained so far; its fields are the networks' fields, without read-outs."""
        optimiser, theta = self._optimiser(), flatten_parameters(self.network)[0]
        blocks = read_blocks(folder / "checkpoints", optimiser.init(theta))
        if not blocks:
            raise RunFolderError(f"{folder} holds no checkpoint yet. Run `bifbridge train` first.")
        return join_blocks(blocks, self.field)

    def field(self, theta: Any) -> Any:
        """The field at θ."""
        return flatten_parameters(self.network)[1](theta).field

    def _optimiser(self) -> optax.GradientTransformation:
        curvature = GaussNewton(TrialResiduals(self.trials, self.network))
        return TASK_OPTIMISERS[self.config.optimizer](self.config.learning_rate, curvature)

    def descend(self, folder: Path) -> TrainingPath:
        """Train, or do what is left of it."""
        config, optimiser, checkpoints = self.config, self._optimiser(), folder / "checkpoints"
        theta, _ = flatten_parameters(self.network)
        state = start_training(theta, optimiser)
        blocks = read_blocks(checkpoints, state.optimiser_state)
        if blocks and blocks[-1].end.optimiser_state is None:
            blocks.pop()  # it stopped at a divergence, and is computed again
        try:
            for block in train(
                GaussNewton(TrialResiduals(self.trials, self.network, forward=False)),
                blocks[-1].end if blocks else state,
                optimiser,
                steps=config.steps,
                block_size=config.checkpoint_every,
                first_loss=float(blocks[0].losses[0]) if blocks else None,
            ):
                write_block(checkpoints, block)
                blocks.append(block)
        except DivergenceError as error:
            good = error.last_good
            files = [b for b in blocks if b.end.step == good and b.end.optimiser_state is not None]
            name = block_path(checkpoints, files[-1].start) if files else "the initial network"
            message = f"{error} Last good checkpoint: {name}."
            raise DivergenceError(message, error.step, error.quantity, good) from error
        return join_blocks(blocks, self.field)


def set_up_task(config: TaskRunConfig) -> TaskRun:
    """Draw network and trials."""
    task = TASKS[config.task](config.units, config.seed)
    network = random_network(task, config.units, key=jr.key(config.seed))
    if isinstance(task, Imitation):
        network = ReadoutNetwork(network.field, task.readout, network.offset, network.initial_state)
    trials = task.trials(config.trials, key=jr.key(2000 + config.seed))
    return TaskRun(config, trials, network)


def run_task(config: TaskRunConfig, out: str | os.PathLike[str]) -> dict[str, Any]:
    """Train on a task; a run that was interrupted goes on and ends with the same bits."""
    require_x64("A task run")
    folder = Path(out)
    _claim(folder, config)
    made = set_up_task(config)
    path = made.descend(folder)
    save_field(folder / "field.eqx", path.field(path.n_steps))
    summary = {
        "config": dataclasses.asdict(config),
        "parameters": int(path.thetas.shape[1]),
        "loss": {"initial": float(path.losses[0]), "last": float(path.losses[-1])},
        "rises": int((path.losses[1:] > 1.01 * path.losses[:-1]).sum()),
    }
    write_text(folder / "summary.json", json.dumps(summary, indent=1))
    return summary


def open_task_run(folder: str | os.PathLike[str]) -> TaskRun:
    """A run that `run_task` began."""
    file = Path(folder) / "config.json"
    try:
        return set_up_task(TaskRunConfig(**json.loads(file.read_text(encoding="utf-8"))))
    except (OSError, TypeError, ValueError) as error:
        raise RunFolderError(
            f"{folder} holds no run of `bifbridge train` ({file.name}: {error})."
        ) from error


def _claim(folder: Path, config: TaskRunConfig) -> None:
    file = folder / "config.json"

    def refuse_another() -> None:
        if open_task_run(folder).config != config:
            raise RunFolderError(
                f"{folder} holds a run of other settings, see {file}. Choose another --out."
            )

    text = json.dumps(dataclasses.asdict(config), indent=1)
    claim_folder(folder, file, text, refuse_another, [folder / "checkpoints"])
