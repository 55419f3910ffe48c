"""Teacher, student and task of a run, from its configuration alone."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import optax
from jaxtyping import Array, Float, PRNGKeyArray, PyTree

from bifbridge._custom_types import InitialStates, ParameterVector
from bifbridge._errors import ConfigError
from bifbridge.fields import CTRNN, NONLINEARITIES, flatten_parameters, random_ctrnn
from bifbridge.studies.student_teacher._config import StudentTeacherConfig
from bifbridge.training import (
    ParameterLoss,
    TrajectoryTask,
    imitation_task,
    make_optimiser,
    spectral_teacher,
)
from bifbridge.trajectories import Sensitivity, linearise, uniform_grid


class Experiment(eqx.Module):
    """What a run trains, on what, and how; everything in double precision.

    Attributes:
        config: the settings.
        teacher: the network to imitate.
        student: the network before training.
        task: targets of the student.
    """

    config: StudentTeacherConfig = eqx.field(static=True)
    teacher: CTRNN
    student: CTRNN
    task: TrajectoryTask

    @property
    def names(self) -> tuple[str, ...]:
        """The leaves that are trained."""
        return self.config.trainable

    @property
    def optimiser(self) -> optax.GradientTransformation:
        """The optimiser of the configuration."""
        config = self.config
        return make_optimiser(
            config.optimizer,
            config.learning_rate,
            momentum=config.momentum,
            clip_norm=config.clip_norm or None,
        )

    @property
    def loss(self) -> ParameterLoss:
        """L(θ) in double precision."""
        return ParameterLoss(self.task, self.student, self.names)

    def training_loss(self) -> tuple[ParameterLoss, ParameterVector]:
        """L(θ) and the first θ in the precision of the training."""
        dtype = jnp.dtype(self.config.dtype)
        loss = cast_floats(self.loss, dtype)
        theta, _ = flatten_parameters(loss.field, self.names)
        return loss, theta

    def rebuild(self, theta: ParameterVector) -> CTRNN:
        """The student with trained leaves θ."""
        _, rebuild = flatten_parameters(self.student, self.names)
        return rebuild(theta)

    def sensitivity(self, field: CTRNN) -> Sensitivity:
        """S of a student on the task's trials."""
        return linearise(field, self.task.initial_states, self.task.grid, names=self.names)


def set_up(config: StudentTeacherConfig) -> Experiment:
    """Make teacher, student and targets."""
    teacher_key, student_key, state_key = jr.split(jr.key(config.seed), 3)
    phi = NONLINEARITIES[config.nonlinearity]
    teacher, readout = spectral_teacher(config.units, config.teacher_eigenvalues, key=teacher_key)
    teacher = CTRNN(teacher.weights, nonlinearity=phi)
    student = random_ctrnn(config.units, radius=config.student_radius, key=student_key)
    student = CTRNN(student.weights, nonlinearity=phi)
    try:
        flatten_parameters(student, config.trainable)
    except ValueError as error:
        raise ConfigError(f"Got trainable = {list(config.trainable)}. {error}") from error
    states = _initial_states(config, readout, state_key)
    grid = uniform_grid(config.horizon, config.step_size)
    return Experiment(config, teacher, student, imitation_task(teacher, readout, states, grid))


def _initial_states(
    config: StudentTeacherConfig, readout: Float[Array, "o n"], key: PRNGKeyArray
) -> InitialStates:
    """Gaussian states whose coordinates along the read-outs keep away from zero."""
    # A trial that starts on a separatrix of the teacher has a sensitivity without bound, and the
    # loss would be ruled by the luck of the draw. So along the read-outs the sign is random and
    # the size uniform between `separation` and 2 − `separation` standard deviations.
    gaussian_key, sign_key, size_key = jr.split(key, 3)
    states = jr.normal(gaussian_key, (config.trials, config.units))
    shape, gap = (config.trials, readout.shape[0]), config.separation
    sizes = jr.uniform(size_key, shape, minval=gap, maxval=2 - gap)
    along = jr.rademacher(sign_key, shape, float) * sizes
    states = states + (along - states @ readout.T) @ readout
    return config.initial_state_scale * states


def cast_floats(tree: PyTree, dtype: jnp.dtype) -> PyTree:
    """The same pytree with every JAX array of floats in one precision."""
    return jax.tree.map(lambda x: x.astype(dtype) if eqx.is_inexact_array(x) else x, tree)
