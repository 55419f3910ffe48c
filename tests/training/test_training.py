"""Descent in blocks: exact, resumable, and honest when it diverges."""

import pickle
import re

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge import random_ctrnn
from bifbridge._errors import DivergenceError, FileFormatError
from bifbridge.fields import flatten_parameters
from bifbridge.training import (
    ParameterLoss,
    imitation_task,
    join_blocks,
    make_optimiser,
    read_block,
    read_blocks,
    spectral_teacher,
    start_training,
    train,
    write_block,
)
from bifbridge.trajectories import uniform_grid

TEACHER, READOUT = spectral_teacher(4, (1.5, 0.5), key=jr.key(0))
STARTS = jr.normal(jr.key(1), (3, 4))
TASK = imitation_task(TEACHER, READOUT, STARTS, uniform_grid(3.0, 0.25))
STUDENT = random_ctrnn(4, key=jr.key(2))
THETA, REBUILD = flatten_parameters(STUDENT, ["weights"])
LOSS = ParameterLoss(TASK, STUDENT, ("weights",))
SGD = make_optimiser("sgd", 0.05, momentum=0.0, clip_norm=0.5)


def run(optimiser=SGD, steps=25, state=None, loss=LOSS):
    state = start_training(THETA, optimiser) if state is None else state
    return list(train(loss, state, optimiser, steps=steps, block_size=10))


def test_the_teacher_has_the_chosen_eigenvalues_and_no_loss():
    values = np.linalg.eigvalsh(TEACHER.weights)
    assert set(np.round(values, 12)) >= {1.5, 0.5}
    np.testing.assert_allclose(
        READOUT @ TEACHER.weights @ READOUT.T, np.diag([1.5, 0.5]), atol=1e-14
    )
    assert float(TASK.loss(TEACHER)) == 0.0


def test_the_loss_is_the_integral_of_the_squared_read_out_error():
    states = TASK.trajectories(STUDENT)
    errors = np.sum(np.asarray(states @ READOUT.T - TASK.targets) ** 2, axis=-1)
    expected = np.trapezoid(errors, np.asarray(TASK.grid.times), axis=1).mean() / 2 / 3.0
    np.testing.assert_allclose(LOSS(THETA), expected, rtol=1e-13)


def test_blocks_are_plain_descent():
    blocks = run(make_optimiser("sgd", 0.05, momentum=0.0))
    theta, gradient = THETA, jax.jit(jax.grad(LOSS))
    for _ in range(25):
        theta = theta - 0.05 * gradient(theta)
    np.testing.assert_allclose(blocks[-1].end.theta, theta, rtol=1e-12)
    assert [block.start for block in blocks] == [0, 10, 20]
    assert float(blocks[-1].losses[-1]) < float(blocks[0].losses[0])


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_a_run_resumed_from_its_files_ends_with_the_same_bits(tmp_path, name):
    optimiser = make_optimiser(name, 0.05)
    whole = run(optimiser)
    for block in whole[:2]:
        write_block(tmp_path, block)
    blocks = read_blocks(tmp_path, start_training(THETA, optimiser).optimiser_state)
    rest = run(optimiser, state=blocks[-1].end)
    np.testing.assert_array_equal(rest[-1].end.theta, whole[-1].end.theta)
    np.testing.assert_array_equal(
        join_blocks([*blocks, *rest], REBUILD).losses, join_blocks(whole, REBUILD).losses
    )


def test_a_checkpoint_cut_in_half_ends_the_chain_with_a_warning(tmp_path):
    paths = [write_block(tmp_path, block) for block in run()]
    paths[1].write_bytes(paths[1].read_bytes()[: paths[1].stat().st_size // 2])
    inner = start_training(THETA, SGD).optimiser_state
    with pytest.warns(UserWarning, match=r"damaged.*repeats from step 10"):
        assert len(read_blocks(tmp_path, inner)) == 1
    paths[1].unlink()
    with pytest.warns(UserWarning, match="no block starts at step 10"):
        assert len(read_blocks(tmp_path, inner)) == 1


def test_a_checkpoint_of_another_optimiser_is_refused(tmp_path):
    path = write_block(tmp_path, run()[0])
    adam = make_optimiser("adam", 0.1)
    with pytest.raises(FileFormatError, match="optimiser_0"):
        read_block(path, start_training(THETA, adam).optimiser_state)


def test_divergence_keeps_what_came_before_and_names_the_step(tmp_path):
    wild = make_optimiser("sgd", 1e4)
    blocks = []

    def record():
        for block in train(LOSS, start_training(THETA, wild), wild, steps=25, block_size=10):
            blocks.append(block)
            write_block(tmp_path, block)

    with pytest.raises(DivergenceError, match=r"diverged at step \d+.*Lower the learning") as info:
        record()
    path = join_blocks(blocks, REBUILD)
    assert path.n_steps == info.value.step
    assert np.isfinite(path.losses).all()
    assert np.isfinite(path.thetas).all()
    saved = read_blocks(tmp_path, start_training(THETA, wild).optimiser_state)
    assert saved[-1].end.optimiser_state is None


def exploding(theta):
    """Finite, with a gradient that is not: the root of zero."""
    return jnp.sum(jnp.sqrt(jnp.abs(theta - theta[0]))) + 1.0


@pytest.mark.parametrize(
    ("loss", "theta", "quantity"),
    [
        (LOSS, THETA.at[5].set(jnp.nan), r"parameter weights, entry 5 \(1 of 16 bad\)"),
        (LOSS, THETA * 1e308, r"state of trial 0, unit \d, at t = 0\.25"),
        (exploding, THETA, "gradient in θ, entry 0"),
        (lambda theta: jnp.log(jnp.sum(theta) * 0), THETA, "the loss$"),
    ],
)
def test_a_divergence_names_the_first_quantity_to_blow_up(loss, theta, quantity):
    state = start_training(theta, SGD)
    with pytest.raises(DivergenceError, match="diverged at step 0") as info:
        list(train(loss, state, SGD, steps=3, block_size=3))
    assert re.search(quantity, info.value.quantity), info.value.quantity
    assert info.value.last_good == 0
    copy = pickle.loads(pickle.dumps(info.value))
    assert (copy.step, copy.quantity) == (0, info.value.quantity)


def test_the_path_is_straight_between_steps():
    path = join_blocks(run(), REBUILD)
    np.testing.assert_allclose(
        path.theta(12.25), 0.75 * path.thetas[12] + 0.25 * path.thetas[13], rtol=1e-15
    )
    np.testing.assert_array_equal(path.theta(25), path.thetas[25])
    np.testing.assert_array_equal(path.field(0).weights, STUDENT.weights)
    with pytest.raises(ValueError, match="between 0 and 25"):
        path.theta(26)


def test_training_in_single_precision_stays_there():
    def single(tree):
        return jax.tree.map(lambda x: jnp.asarray(x, jnp.float32) if x.dtype == float else x, tree)

    loss, theta = single(LOSS), THETA.astype(jnp.float32)
    blocks = run(state=start_training(theta, SGD), loss=loss, steps=10)
    assert blocks[0].end.theta.dtype == jnp.float32
    assert blocks[0].losses.dtype == jnp.float32


def test_an_unknown_optimiser_is_refused():
    with pytest.raises(ValueError, match="'sdg', expected one of sgd"):
        make_optimiser("sdg", 0.1)


def test_too_many_eigenvalues_are_refused():
    with pytest.raises(ValueError, match="3 eigenvalues for 2 units"):
        spectral_teacher(2, (1.5, 1.3, 0.5), key=jr.key(0))
