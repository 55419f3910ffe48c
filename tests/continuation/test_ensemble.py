"""An ensemble gives each member the branch that it has alone."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge.continuation import (
    ContinuationProblem,
    JaxEngine,
    LeafFamily,
    Status,
    continuation,
    continuation_ensemble,
)
from bifbridge.fields import CTRNN
from tests import helpers


def problem(seed, bias=0.0, start=0.0):
    field = CTRNN(helpers.symmetric_network(4, seed).field.weights, bias=jnp.full(4, bias))
    return ContinuationProblem(
        LeafFamily(field, "gain"), np.zeros(4), span=(0.0, 1.6), parameter=start
    )


def test_members_have_the_branches_that_they_have_alone():
    problems = [problem(0), problem(1), problem(2, bias=0.1), problem(3, start=0.8)]
    for together, member in zip(continuation_ensemble(problems), problems, strict=True):
        alone = continuation(member)
        assert together.status == alone.status
        np.testing.assert_allclose(together.parameters, alone.parameters, atol=1e-12)
        np.testing.assert_allclose(together.states, alone.states, atol=1e-10)
        a, b = ([p.parameter for p in branch.special_points] for branch in (together, alone))
        np.testing.assert_allclose(a, b, atol=1e-12)
        assert together.balance.complete


def test_a_member_that_fails_does_not_spoil_its_neighbours():
    broken = problem(1, bias=jnp.nan)
    good, bad, other = continuation_ensemble([problem(0), broken, problem(2)])
    assert bad.status == Status.NOT_FINITE
    assert len(bad) == 0
    for branch, seed in ((good, 0), (other, 2)):
        assert branch.status == Status.SPAN_END
        gains = helpers.symmetric_network(4, seed, upper=1.6).gains
        np.testing.assert_allclose([q.parameter for q in branch.special_points], gains, atol=1e-12)


def test_the_point_limit_holds_for_each():
    branches = continuation_ensemble([problem(0), problem(1)], JaxEngine(max_points=10, buffer=8))
    assert [len(branch) for branch in branches] == [10, 10]
    assert {branch.status for branch in branches} == {Status.POINT_LIMIT}


def test_members_of_other_shape_are_refused():
    other = ContinuationProblem(
        LeafFamily(helpers.symmetric_network(3).field, "gain"), np.zeros(3), span=(0, 1)
    )
    with pytest.raises(ValueError, match="structure"):
        continuation_ensemble([problem(0), other])
    with pytest.raises(ValueError, match="no problems"):
        continuation_ensemble([])
