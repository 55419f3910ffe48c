"""The matrix-free engine agrees with the dense one, and with closed forms."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import (
    ContinuationProblem,
    KrylovEngine,
    LeafFamily,
    Status,
    continuation,
)
from bifbridge.fields import CTRNN
from bifbridge.normal_forms import ScalarNormalForm
from tests import helpers


def test_pitchforks_of_a_symmetric_network():
    known = helpers.symmetric_network(20, upper=1.4)
    problem = ContinuationProblem(LeafFamily(known.field, "gain"), np.zeros(20), span=(0.5, 1.4))
    branch = continuation(problem, KrylovEngine(step=0.1))
    assert branch.status == Status.SPAN_END
    assert branch.balance.complete
    found = branch.special_points
    np.testing.assert_allclose([q.parameter for q in found], known.gains, atol=1e-12)
    forms = [q.normal_form for q in found]
    assert all(isinstance(form, ScalarNormalForm) for form in forms)
    np.testing.assert_allclose(
        [float(form.cubic) for form in forms if form is not None], known.cubics, atol=1e-12
    )


@pytest.mark.parametrize("preconditioner", [None, jnp.negative])
def test_a_curved_branch_with_a_hopf_point_is_that_of_the_dense_engine(preconditioner):
    i, j = np.arange(1.0, 9)[:, None], np.arange(1.0, 9)[None, :]
    weights = jnp.asarray(np.sin(3 * i + 5 * j**2 + i * j) / np.sqrt(8))
    field = CTRNN(weights, bias=0.05 * jnp.cos(jnp.arange(8.0)))
    problem = ContinuationProblem(LeafFamily(field, "gain"), np.zeros(8), span=(0.5, 2.4))
    dense = continuation(problem)
    free = continuation(problem, KrylovEngine(step=0.1, preconditioner=preconditioner))
    assert free.status == Status.SPAN_END
    np.testing.assert_allclose(free.states[-1], dense.states[-1], atol=1e-9)
    expected = [(q.kind, pytest.approx(q.parameter, abs=1e-9)) for q in dense.special_points]
    assert [(q.kind, q.parameter) for q in free.special_points] == expected
    assert "hopf" in [q.kind for q in free.special_points]


def test_it_can_stop_at_the_first_crossing():
    known = helpers.symmetric_network(20)
    problem = ContinuationProblem(LeafFamily(known.field, "gain"), np.zeros(20), span=(0.5, 2.0))
    branch = continuation(problem, KrylovEngine(step=0.1, stop_at=1))
    assert branch.special_points[0].parameter == pytest.approx(known.gains[0])
    assert branch.parameters[-1] < known.gains[-1]


def test_no_equilibrium_is_said():
    problem = ContinuationProblem(lambda z, p: z**2 + 1 + p, np.zeros(3), span=(0.0, 1.0))
    assert len(continuation(problem, KrylovEngine())) == 0
