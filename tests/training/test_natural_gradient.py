"""The low-rank step: exact where it must be, stable where plain descent is not."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
import pytest

from bifbridge import linearise, random_ctrnn
from bifbridge._errors import DivergenceError
from bifbridge.fields import flatten_parameters
from bifbridge.training import (
    BlockIteration,
    FixedDirections,
    GainRatio,
    GaussNewton,
    GradientLanczos,
    ParameterLoss,
    ParameterResiduals,
    adaptive_natural_gradient,
    imitation_task,
    low_rank_natural_gradient,
    natural_gradient,
    spectral_teacher,
    start_training,
    train,
)
from bifbridge.training.natural_gradient import LowRankModel
from bifbridge.training.natural_gradient._subspaces import nystroem
from bifbridge.trajectories import uniform_grid

TEACHER, READOUT = spectral_teacher(4, (1.5, 0.5), key=jr.key(0))
TASK = imitation_task(TEACHER, READOUT, jr.normal(jr.key(1), (6, 4)), uniform_grid(4.0, 0.25))
STUDENT = random_ctrnn(4, key=jr.key(2))
THETA, _ = flatten_parameters(STUDENT, ["weights"])
LOSS = ParameterLoss(TASK, STUDENT, ("weights",))
CURVATURE = GaussNewton(ParameterResiduals(TASK, STUDENT, ("weights",)))

#: A loss whose Jacobian changes from place to place, with curvatures 1e-2 … 1e4.
SCALES = jnp.array([100.0, 10.0, 1.0, 0.3, 0.1])
MIX = jnp.linalg.qr(jr.normal(jr.key(3), (5, 5)))[0]


def bent(x):
    return SCALES * (MIX @ (x + 0.1 * jnp.sin(x)))


BENT = GaussNewton(bent)


def minimise(optimiser, loss, x, steps, with_value=False) -> tuple[Any, Any, Any]:
    gradient = jax.value_and_grad(loss)

    @jax.jit
    def step(carry, _):
        x, state = carry
        value, slope = gradient(x)
        extra = {"value": value} if with_value else {}
        updates, state = optimiser.update(slope, state, x, **extra)
        return (optax.apply_updates(x, updates), state), value

    (x, state), values = jax.lax.scan(step, (x, optimiser.init(x)), length=steps)
    return x, state, np.asarray(values)


def one_step(optimiser, x, loss=BENT) -> Any:
    slope = jax.grad(loss)(x)
    return optimiser.update(slope, optimiser.init(x), x)[0]


def test_the_residuals_give_the_loss():
    np.testing.assert_allclose(CURVATURE(THETA), LOSS(THETA), rtol=1e-12)


def test_the_curvature_is_the_kernel_of_the_outputs():
    """G = S*CᵀCS in the trajectory inner product, divided by the horizon as the loss is."""
    sensitivity = linearise(STUDENT, TASK.initial_states, TASK.grid, names=["weights"])
    vector = jr.normal(jr.key(5), THETA.shape)
    pushed = sensitivity.push(vector) @ (READOUT.T @ READOUT)
    expected = sensitivity.pull(pushed) / jnp.sum(TASK.grid.weights)
    found = CURVATURE.at(THETA, lambda v: v).product(vector[:, None])[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("subspace", [BlockIteration(5), FixedDirections(jnp.eye(5), 5)])
def test_at_full_rank_it_is_the_natural_gradient(subspace):
    x = jr.normal(jr.key(4), (5,))
    full = one_step(natural_gradient(0.3, BENT), x)
    low = one_step(low_rank_natural_gradient(0.3, BENT, subspace=subspace), x)
    np.testing.assert_allclose(low, full, rtol=1e-9)
    jacobian = jax.jacobian(bent)(x)
    exact = -np.linalg.solve(
        np.asarray(jacobian.T @ jacobian) + np.eye(5) / 0.3, np.asarray(jax.grad(BENT)(x))
    )
    np.testing.assert_allclose(full, exact, rtol=1e-10)


def test_one_direction_gives_the_closed_form():
    x, direction = jr.normal(jr.key(4), (5,)), jr.normal(jr.key(6), (5,))
    unit = direction / jnp.linalg.norm(direction)
    slope = jax.grad(BENT)(x)
    curvature = jnp.sum((jax.jacobian(bent)(x) @ unit) ** 2)
    along = 0.3 * (unit @ slope) * unit
    expected = -0.3 * slope + along - along / (1 + 0.3 * curvature)
    known = FixedDirections(direction[:, None])
    found = one_step(low_rank_natural_gradient(0.3, BENT, subspace=known), x)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    moving = FixedDirections(lambda theta: (direction + 0 * theta)[:, None])
    again = one_step(low_rank_natural_gradient(0.3, BENT, subspace=moving), x)
    np.testing.assert_allclose(again, expected, rtol=1e-12)


def test_lanczos_from_the_gradient_spans_it_and_meets_full_rank():
    x = jr.normal(jr.key(4), (5,))
    full = one_step(natural_gradient(0.3, BENT), x)
    low = one_step(low_rank_natural_gradient(0.3, BENT, subspace=GradientLanczos(5)), x)
    np.testing.assert_allclose(low, full, rtol=1e-7)


def test_the_nystroem_model_is_exact_below_its_rank_and_never_above_the_matrix():
    key = jr.split(jr.key(7), 3)
    root = jr.normal(key[0], (9, 3))
    test = jnp.linalg.qr(jr.normal(key[1], (9, 5)))[0]
    low = root @ root.T
    model = nystroem(test, low @ test)
    np.testing.assert_allclose(
        np.asarray((model.basis * model.curvatures) @ model.basis.T),
        np.asarray(low),
        atol=1e-9 * float(jnp.linalg.norm(low)),
    )
    root = jr.normal(key[2], (9, 9))
    matrix = root @ root.T
    model = nystroem(test, matrix @ test)
    left = matrix - (model.basis * model.curvatures) @ model.basis.T
    assert np.linalg.eigvalsh(np.asarray(left)).min() > -1e-11 * np.linalg.norm(matrix)


def test_warm_starts_converge_to_the_leading_eigenvectors():
    """Four refreshes at one place: the error falls by (λ₃/λ₂)² each."""
    x = jnp.ones(5)
    jacobian = np.asarray(jax.jacobian(bent)(x))
    values, vectors = np.linalg.eigh(jacobian.T @ jacobian)
    linearised, errors = BENT.at(x, lambda v: v), []
    subspace = BlockIteration(2)
    model = LowRankModel(subspace.start(5, float), jnp.zeros(3), jnp.zeros(()))
    for _ in range(3):
        model = subspace.refresh(linearised, model.basis, x, x)
        angle = np.linalg.svd(vectors[:, -2:].T @ np.asarray(model.basis[:, :2]))[1].min()
        errors.append(np.sqrt(max(0, 1 - angle**2)))
    np.testing.assert_allclose(model.curvatures[:2], values[::-1][:2], rtol=1e-6)
    np.testing.assert_allclose(model.tail, values[2], rtol=1e-2)
    assert errors[1] < 2 * (values[2] / values[3]) * errors[0]


def test_it_is_stable_where_plain_descent_is_not():
    start = jr.normal(jr.key(4), (5,))
    _, _, plain = minimise(optax.sgd(0.5), BENT, start, 40)
    # Curvatures of 1e4 and 1e2 lie in the subspace, the others below 2/η.
    low = low_rank_natural_gradient(0.5, BENT, subspace=BlockIteration(2), refresh_every=5)
    _, _, stable = minimise(low, BENT, start, 40)
    assert not np.isfinite(plain[-1]) or plain[-1] > 1e10
    assert stable[-1] < 1e-2 * stable[0]


def test_accepted_losses_never_rise():
    low = low_rank_natural_gradient(
        50.0, BENT, subspace=BlockIteration(3), acceptance=GainRatio(), refresh_every=7
    )
    x, state, values = minimise(low, BENT, jr.normal(jr.key(4), (5,)), 200, with_value=True)
    best = np.minimum.accumulate(values)
    accepted = values[values <= best]
    assert int(state.rejected) > 0
    assert np.all(np.diff(accepted) <= 0)
    assert values[-1] < 1e-6 * values[0]
    assert np.isfinite(np.asarray(x)).all()


def test_a_step_out_of_the_domain_is_taken_back():
    """The model knows nothing of x₁, where a rate of 3 oversteps the edge at 1.5."""

    def outputs(x):
        return jnp.stack([0.1 * x[0], jnp.where(jnp.abs(x[1]) < 1.5, x[1], jnp.nan)])

    edge = GaussNewton(outputs)
    known = FixedDirections(jnp.array([[1.0], [0.0]]))
    low = low_rank_natural_gradient(3.0, edge, subspace=known, acceptance=GainRatio())
    x, state, values = minimise(low, edge, jnp.array([1.0, 1.0]), 100, with_value=True)
    assert int(state.rejected) > 0
    assert np.isfinite(values[-1])
    assert np.abs(x[1]) < 1e-3


def test_the_model_is_refreshed_on_time_and_on_surprise():
    start = jr.normal(jr.key(4), (5,))
    calm = low_rank_natural_gradient(0.01, BENT, refresh_every=10, surprise=None)
    assert int(minimise(calm, BENT, start, 40)[1].refreshes) == 4

    def turning(x):
        """Its curvature jumps once x falls below one."""
        return jnp.where(x > 1, 1.0, 30.0) * x

    jump = GaussNewton(turning)
    known = FixedDirections(jnp.eye(1))
    slow = low_rank_natural_gradient(0.1, jump, subspace=known, refresh_every=1000, surprise=None)
    quick = low_rank_natural_gradient(0.1, jump, subspace=known, refresh_every=1000)
    assert int(minimise(slow, jump, jnp.array([2.0]), 40)[1].refreshes) == 1
    x, state, _ = minimise(quick, jump, jnp.array([2.0]), 40)
    assert 2 <= int(state.refreshes) < 10
    assert abs(float(x[0])) < 1e-6


class Model(eqx.Module):
    """A user's model: several leaves, one of them frozen."""

    layer: eqx.nn.Linear
    gain: jax.Array
    size: int = eqx.field(static=True)


def test_it_composes_with_optax_on_an_equinox_model():
    model = Model(eqx.nn.Linear(3, 2, key=jr.key(0)), jnp.array(2.0), 3)
    params, static = eqx.partition(model, eqx.is_inexact_array)
    inputs = jr.normal(jr.key(1), (7, 3))

    def outputs(params):
        whole = eqx.combine(params, static)
        return whole.gain * jax.vmap(whole.layer)(inputs) - 1.0

    loss = GaussNewton(outputs)
    optimiser = optax.chain(
        optax.clip_by_global_norm(100.0),
        optax.add_decayed_weights(1e-4),
        low_rank_natural_gradient(
            optax.exponential_decay(0.5, 10, 0.9), loss, subspace=BlockIteration(2),
            rest=optax.adam(1e-2),
        ),
    )  # fmt: skip
    state, values = optimiser.init(params), []
    step = eqx.filter_jit(lambda g, s, p: optimiser.update(g, s, p))
    for _ in range(60):
        values.append(float(loss(params)))
        updates, state = step(jax.grad(loss)(params), state, params)
        params = optax.apply_updates(params, updates)
    assert values[-1] < 0.05 * values[0]
    assert jax.tree.structure(params) == jax.tree.structure(eqx.filter(model, eqx.is_array))


def test_cross_entropy_has_its_own_curvature():
    inputs, labels = jr.normal(jr.key(1), (20, 3)), jr.randint(jr.key(2), (20,), 0, 3)

    def cross_entropy(logits):
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    loss = GaussNewton(lambda w: inputs @ w.reshape(3, 3), cross_entropy)
    w = jr.normal(jr.key(3), (9,))
    # The outputs are linear in w, so the Gauss–Newton matrix is the Hessian.
    found = loss.at(w, lambda v: v).product(jnp.eye(9))
    np.testing.assert_allclose(found, jax.hessian(loss)(w), atol=1e-12)


def test_the_adaptive_mode_switches_on_at_a_collapse_and_off_after_it():
    """Along x₀ from −3 to 3 the Jacobian collapses to rank one between −1 and 1."""

    def outputs(x):
        strong = 20.0 * jnp.exp(-((x[0] / 0.7) ** 4))
        return jnp.stack([x[1] * (1 + strong), x[2] * 1.0, 0.3 * x[0] - 3.0])

    loss = GaussNewton(outputs)
    optimiser = adaptive_natural_gradient(
        optax.sgd(1e-3), 0.05, loss, subspace=BlockIteration(2), look_every=1, refresh_every=1
    )
    state: Any = None
    update, modes = jax.jit(optimiser.update), []
    for x0 in np.linspace(-3, 3, 61):
        x = jnp.array([x0, 0.1, 0.1])
        state = optimiser.init(x) if state is None else state
        _, state = update(jax.grad(loss)(x), state, x)
        modes.append(bool(state.active))
    assert int(state.switches) == 2
    assert modes[30]
    assert not modes[0]
    assert not modes[-1]


def test_the_student_passes_its_collapse_at_a_rate_where_descent_diverges():
    rate = 60.0

    def run(optimiser):
        *_, block = train(LOSS, start_training(THETA, optimiser), optimiser, steps=80)
        return np.asarray(block.losses)

    losses = run(low_rank_natural_gradient(rate, CURVATURE, refresh_every=4))
    assert losses[-1] < 1e-2 * losses[0]
    losses = run(low_rank_natural_gradient(rate, CURVATURE, acceptance=GainRatio()))
    assert losses[-1] < 1e-2 * losses[0]
    assert losses[-1] < 1.01 * losses.min()
    with pytest.raises(DivergenceError):
        run(optax.sgd(rate))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: low_rank_natural_gradient(0.1, BENT, refresh_every=0), "refresh_every=0"),
        (
            lambda: low_rank_natural_gradient(
                0.1, BENT, acceptance=GainRatio(), rest=optax.adam(1e-3)
            ),
            "either acceptance= or rest=",
        ),
        (lambda: BlockIteration(0), "rank=0"),
        (lambda: FixedDirections(jnp.ones((3, 2))), r"shape \(3, 2\)"),
        (
            lambda: adaptive_natural_gradient(
                optax.sgd(0.1), 0.1, BENT, switch_on=0.1, switch_off=0.9
            ),
            "switch_off",
        ),
    ],
)
def test_impossible_settings_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_what_an_update_needs_is_asked_for():
    x = jnp.ones(5)
    low = low_rank_natural_gradient(0.1, BENT)
    with pytest.raises(ValueError, match="params=None"):
        low.update(x, low.init(x))
    judged = low_rank_natural_gradient(0.1, BENT, acceptance=GainRatio())
    with pytest.raises(ValueError, match="value=loss"):
        judged.update(x, judged.init(x), x)
