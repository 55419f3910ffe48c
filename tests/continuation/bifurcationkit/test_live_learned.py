"""Every request to BifurcationKit on a network that was trained: a spiral and a choice of two.

The student imitates a network whose origin loses stability by a Hopf point and by a pitchfork as
its gain grows. Expected is what the embedded engine finds, or what the symmetry demands.
"""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import bifbridge as bb
from bifbridge import random_ctrnn
from bifbridge.continuation import ContinuationProblem, JaxEngine, LeafFamily, Status
from bifbridge.continuation.bifurcationkit import (
    BifurcationKit,
    Collocation,
    ContinuationPar,
    DefCont,
    KrylovKit,
    Natural,
    Shooting,
)
from bifbridge.continuation.jax_engine.cycles import continue_cycles, start_from_hopf
from bifbridge.continuation.jax_engine.two_parameter import bifurcation_curve
from bifbridge.fields import CTRNN, flatten_parameters
from bifbridge.training import (
    ParameterLoss,
    imitation_task,
    make_optimiser,
    start_training,
    train,
)
from bifbridge.trajectories import uniform_grid
from tests.continuation.bifurcationkit.live import of_kind, shooting_or_skip

pytestmark = [pytest.mark.julia, pytest.mark.slow, pytest.mark.usefixtures("live_julia")]

SPAN = (0.3, 1.2)
FINE = ContinuationPar(ds=0.005, dsmax=0.02)


@pytest.fixture(scope="module")
def learned():
    teacher = CTRNN(
        jnp.array([[1.6, -1.2, 0, 0], [1.2, 1.6, 0, 0], [0, 0, 1.3, 0], [0, 0, 0, -0.4]])
    )
    starts = jr.normal(jr.key(1), (8, 4))
    task = imitation_task(teacher, jnp.eye(4), starts, uniform_grid(3.0, 0.25))
    student = random_ctrnn(4, key=jr.key(2))
    theta, rebuild = flatten_parameters(student, ["weights"])
    loss, adam = ParameterLoss(task, student, ("weights",)), make_optimiser("adam", 0.02)
    blocks = list(train(loss, start_training(theta, adam), adam, steps=400))
    assert float(blocks[-1].losses[-1]) < 1e-2 * float(blocks[0].losses[0])
    return rebuild(blocks[-1].end.theta)


@pytest.fixture(scope="module")
def question(learned):
    return ContinuationProblem(LeafFamily(learned, "gain"), jnp.zeros(4), span=SPAN)


@pytest.fixture(scope="module")
def branch(question):
    return bb.continuation(question, BifurcationKit(FINE))


@pytest.fixture(scope="module")
def own(question):
    return bb.continuation(question, JaxEngine())


def test_its_branch_with_normal_forms(branch, own):
    assert {point.kind for point in branch.bifurcations} == {"hopf", "pitchfork"}
    assert [p.kind for p in branch.bifurcations] == [p.kind for p in own.bifurcations]
    assert branch.balance.complete
    for mine, other in zip(branch.bifurcations, own.bifurcations, strict=True):
        np.testing.assert_allclose(mine.parameter, other.parameter, rtol=1e-11)
        np.testing.assert_allclose(
            complex(mine.normal_form.cubic), complex(other.normal_form.cubic), rtol=1e-9
        )


@pytest.mark.parametrize(
    "engine",
    [
        BifurcationKit(FINE, algorithm=Natural()),
        BifurcationKit(FINE, krylov=KrylovKit()),
        BifurcationKit(FINE, field="callback"),
    ],
    ids=["natural", "matrix-free", "callback"],
)
def test_it_is_the_same_another_way(question, own, engine):
    found = bb.continuation(question, engine)
    assert found.status == Status.SPAN_END
    np.testing.assert_allclose(
        [p.parameter for p in found.bifurcations], [p.parameter for p in own.bifurcations],
        rtol=1e-10,
    )  # fmt: skip


def test_its_diagram(question):
    found, own = (
        bb.bifurcation_diagram(question, engine, depth=1)
        for engine in (BifurcationKit(FINE), JaxEngine())
    )
    assert len(found) == len(own) == 3
    ends = [
        sorted(float(entry.branch.states[-1, 0]) for entry in diagram.branches)
        for diagram in (found, own)
    ]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-8)


def test_its_equilibria_by_deflation(learned, question):
    engine = BifurcationKit(FINE)
    pitchfork = of_kind(bb.continuation(question, engine).bifurcations, "pitchfork")[0]
    beyond = float(pitchfork.parameter) + 0.1
    starts = np.concatenate([np.zeros((1, 4)), 0.5 * np.asarray(jr.normal(jr.key(5), (6, 4)))])
    found = engine.equilibria(LeafFamily(learned, "gain"), starts, beyond)
    assert len(found.states) == 3
    np.testing.assert_allclose(found.states.sum(axis=0), 0, atol=1e-9)
    branches = engine.deflated_continuation(
        ContinuationProblem(question.family, jnp.zeros(4), span=(beyond - 0.2, beyond)), DefCont()
    )
    ends = [b.states[-1] for b in branches if abs(b.parameters[-1] - beyond) < 1e-12]
    assert len(ends) >= 1


def driven(weights):
    """The network with an input u along its readout, and its gain."""
    push = jnp.array([0.3, -0.2, 1.0, 0.1])
    return lambda z, u, gain: -z + gain * weights @ jnp.tanh(z) + u * push


def test_its_fold_curve_through_a_cusp(learned, question, branch):
    field = driven(learned.weights)
    pitchfork = of_kind(branch.bifurcations, "pitchfork")[0]
    gain = float(pitchfork.parameter) + 0.1
    arm = JaxEngine().arms(question, pitchfork)[0]
    near = arm.states[np.argmin(np.abs(arm.parameters - gain))]
    slice_ = ContinuationProblem(lambda z, u: field(z, u, gain), near, span=(-1, 1), parameter=0.0)
    folds = of_kind(bb.continuation(slice_, BifurcationKit(FINE)).bifurcations, "fold")
    assert folds
    engine = BifurcationKit(ContinuationPar(ds=0.002, dsmax=0.01))
    spans = ((-1.0, 1.0), (0.3, gain + 0.2))
    curve = engine.bifurcation_curve(field, folds[0], gain, spans=spans)
    own = bifurcation_curve(field, folds[0], gain, spans=spans, engine=JaxEngine(step=0.01))
    cusp, expected = (of_kind(c.special_points, "cusp")[0] for c in (curve, own))
    # By symmetry it is the pitchfork: u = 0 and the same gain, and its cubic coefficient.
    np.testing.assert_allclose(expected.parameters, [0, pitchfork.parameter], atol=1e-8)
    np.testing.assert_allclose(cusp.parameters, expected.parameters, atol=1e-10)
    np.testing.assert_allclose(cusp.normal_form.cubic, expected.normal_form.cubic, rtol=1e-9)


def test_its_hopf_curve(learned, branch):
    field = driven(learned.weights)
    hopf = of_kind(branch.bifurcations, "hopf")[0]
    plane = lambda z, gain, u: field(z, u, gain)  # noqa: E731
    spans = ((0.3, 2.0), (-0.3, 0.3))
    curve = BifurcationKit(ContinuationPar(ds=0.005, dsmax=0.02)).bifurcation_curve(
        plane, hopf, 0.0, spans=spans
    )
    own = bifurcation_curve(plane, hopf, 0.0, spans=spans, engine=JaxEngine(step=0.01))
    order, other = np.argsort(curve.parameters[:, 1]), np.argsort(own.parameters[:, 1])
    at = np.linspace(-0.1, 0.1, 5)
    np.testing.assert_allclose(
        np.interp(at, curve.parameters[order, 1], curve.parameters[order, 0]),
        np.interp(at, own.parameters[other, 1], own.parameters[other, 0]),
        rtol=1e-3,
    )


@pytest.mark.parametrize("method", [Collocation(30, 4), Shooting(2)], ids=["collocation", "shot"])
def test_its_cycles(question, branch, method):
    shooting_or_skip(method)
    hopf = of_kind(branch.bifurcations, "hopf")[0]
    steps = ContinuationPar(ds=0.01, dsmax=0.05, max_steps=40, tol_stability=1e-5)
    found = BifurcationKit(steps).cycles(question.family, hopf, SPAN, method)
    own = continue_cycles(start_from_hopf(question.family, hopf.parameter, hopf.normal_form), SPAN)
    # The embedded engine's steps are long: quadratic interpolation between its cycles.
    k = int(np.argmin(np.abs(found.parameters - own.parameters[len(own) // 2])))
    near = np.sort(np.argsort(np.abs(own.parameters - found.parameters[k]))[:3])

    def expected(values):
        return np.polyval(np.polyfit(own.parameters[near], values[near], 2), found.parameters[k])

    np.testing.assert_allclose(found.periods[k], expected(own.periods), rtol=1e-3)
    largest = np.max(np.abs(found.multipliers[k]))
    column = np.max(np.abs(own.multipliers), axis=1)
    np.testing.assert_allclose(np.log(largest), expected(np.log(column)), rtol=2e-2)
