"""Tasks: what their inputs ask for is what their targets hold."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge.fields import flatten_parameters
from bifbridge.training import GaussNewton, spectral_teacher
from bifbridge.training.tasks import (
    ContextIntegration,
    FlipFlop,
    Imitation,
    MemoryPro,
    PerceptualDecision,
    SineGenerator,
    TrialResiduals,
    random_network,
)
from bifbridge.trajectories import uniform_grid

TEACHER, READOUT = spectral_teacher(5, (1.5, 0.5), key=jr.key(0))
TASKS = [
    FlipFlop(), SineGenerator(), MemoryPro(), ContextIntegration(), PerceptualDecision(),
    Imitation(teacher=TEACHER, readout=READOUT),
]  # fmt: skip
names = [type(task).__name__ for task in TASKS]


@pytest.mark.parametrize("task", TASKS, ids=names)
def test_trials_have_the_task_s_shapes_and_come_back_with_their_key(task):
    trials = task.trials(7, key=jr.key(3))
    assert trials.inputs.shape == (7, task.grid.steps.size, task.n_inputs)
    assert trials.targets.shape == (7, task.grid.times.size, task.n_outputs)
    assert trials.mask.any()
    for a, b in zip(
        jax.tree.leaves(trials), jax.tree.leaves(task.trials(7, key=jr.key(3))), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    other = task.trials(7, key=jr.key(4))
    assert not np.array_equal(trials.targets, other.targets)
    np.testing.assert_allclose(jnp.sum(trials.weights()), 1.0)


@pytest.mark.parametrize("task", TASKS, ids=names)
def test_forward_and_reverse_solves_agree_and_the_loss_is_the_masked_mean_square(task):
    trials = task.trials(4, key=jr.key(3))
    network = random_network(task, 5, key=jr.key(1))
    found = network.responses(trials)
    np.testing.assert_allclose(network.responses(trials, forward=True), found, atol=1e-12)
    theta, _ = flatten_parameters(network)
    errors = np.asarray(found - trials.targets)[np.asarray(trials.mask)]
    weights = np.asarray(trials.mask * task.grid.weights[None, :, None])[np.asarray(trials.mask)]
    loss = GaussNewton(TrialResiduals(trials, network))
    np.testing.assert_allclose(
        loss(theta), 0.5 * np.sum(weights * errors**2) / np.sum(weights), rtol=1e-10
    )


def test_the_flip_flop_keeps_the_sign_of_the_last_pulse():
    task = FlipFlop(grid=uniform_grid(30.0, 0.5))
    trials = task.trials(5, key=jr.key(0))
    inputs, targets, mask = (np.asarray(x) for x in (trials.inputs, trials.targets, trials.mask))
    flips = 0
    for trial in range(5):
        for bit in range(3):
            state = inputs[trial, 0, bit]
            assert state != 0
            for k in range(task.grid.times.size):
                if inputs[trial, k, bit] != 0:
                    flips += inputs[trial, k, bit] != state
                    state = inputs[trial, k, bit]
                assert targets[trial, k, bit] == state
                # No target counts while its pulse is on.
                assert not (mask[trial, k, bit] and inputs[trial, k, bit] != 0)
    assert flips > 5


def test_the_sine_generator_has_the_frequency_that_its_input_names():
    task = SineGenerator(lowest=0.5, highest=1.5, levels=3)
    trials = task.trials(6, key=jr.key(0))
    for level, target in zip(
        np.asarray(trials.inputs[:, 0, 0]) - 0.25, np.asarray(trials.targets[..., 0]), strict=True
    ):
        np.testing.assert_allclose(target, np.sin((0.5 + level) * task.grid.times), atol=1e-12)
    assert len({round(float(x), 6) for x in trials.inputs[:, 0, 0]}) == 3


def test_the_memory_task_shows_the_direction_before_and_asks_for_it_after_the_delay():
    task = MemoryPro()
    trials = task.trials(6, key=jr.key(0))
    times, inputs = np.asarray(task.grid.times), np.asarray(trials.inputs)
    shown, asked = (times >= 2) & (times < 6), np.asarray(trials.targets[..., 0]) == 0
    assert (inputs[:, ~shown, 1:] == 0).all()
    for trial in range(6):
        direction = inputs[trial, shown][0, 1:]
        np.testing.assert_allclose(np.linalg.norm(direction), 1.0)
        reported = np.asarray(trials.targets)[trial, asked[trial], 1:]
        np.testing.assert_allclose(reported, np.broadcast_to(direction, reported.shape))
        assert not np.asarray(trials.mask)[trial, asked[trial]][0].any()
        np.testing.assert_array_equal(inputs[trial, :, 0], trials.targets[trial, :, 0])


def test_the_cued_stream_decides():
    task = ContextIntegration(noise=0.0)
    trials = task.trials(40, key=jr.key(0))
    inputs = np.asarray(trials.inputs)
    cued = np.where(inputs[:, 0, 2] > 0, inputs[:, 0, 0], inputs[:, 0, 1])
    np.testing.assert_array_equal(np.sign(cued), trials.targets[:, -1, 0])
    other = np.where(inputs[:, 0, 2] > 0, inputs[:, 0, 1], inputs[:, 0, 0])
    assert (np.sign(other) != np.sign(cued)).any()


def test_the_decision_is_the_sign_of_the_mean_evidence():
    task = PerceptualDecision(noise=0.1)
    trials = task.trials(40, key=jr.key(0))
    mean = np.asarray(trials.inputs)[:, np.asarray(task.grid.steps) < 12, 0].mean(1)
    clear = np.abs(mean) > 0.1
    np.testing.assert_array_equal(np.sign(mean[clear]), np.asarray(trials.targets)[clear, -1, 0])
    assert not np.asarray(trials.mask)[:, np.asarray(task.grid.times) < 14].any()


def test_inputs_are_linear_between_steps():
    trials = SineGenerator(grid=uniform_grid(2.0, 0.5)).trials(2, key=jr.key(0))
    ramp = jnp.broadcast_to(jnp.arange(5.0)[None, :, None], (2, 5, 1))
    trials = type(trials)(trials.grid, ramp, trials.targets, trials.mask)
    for t in (0.0, 0.3, 1.0, 1.99, 2.0):
        np.testing.assert_allclose(trials.input_at(t), 2 * t, rtol=1e-12)


def test_a_teacher_imitates_itself():
    task = Imitation(teacher=TEACHER, readout=READOUT)
    trials = task.trials(3, key=jr.key(0))
    network = random_network(task, 5, key=jr.key(1))
    ideal = type(network)(TEACHER, READOUT, network.offset, network.initial_state)
    np.testing.assert_allclose(ideal.responses(trials), trials.targets, atol=1e-12)
