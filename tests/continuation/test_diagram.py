"""Arms are followed from branch points, each of them once."""

import jax.numpy as jnp
import numpy as np

from bifbridge.continuation import (
    ContinuationProblem,
    JaxEngine,
    LeafFamily,
    bifurcation_diagram,
    continuation,
)
from bifbridge.fields import CTRNN
from tests import helpers


def test_both_arms_of_a_pitchfork():
    problem = ContinuationProblem(helpers.pitchfork, [0.0], span=(-1.0, 1.0))
    diagram = bifurcation_diagram(problem, depth=3)
    assert [entry.level for entry in diagram.branches] == [0, 1, 1]
    ends = sorted(entry.branch.states[-1, 0] for entry in diagram.branches)
    np.testing.assert_allclose(ends, [-1, 0, 1], atol=1e-12)
    assert len(diagram.special_points) == 1
    for entry in diagram.branches[1:]:
        z, p = entry.branch.states[:, 0], entry.branch.parameters
        np.testing.assert_allclose(z**2, p, atol=1e-12)


def test_both_sides_of_a_transcritical():
    problem = ContinuationProblem(helpers.transcritical, [0.0], span=(-1.0, 1.0))
    diagram = bifurcation_diagram(problem)
    for entry in diagram.branches[1:]:
        np.testing.assert_allclose(entry.branch.states[:, 0], entry.branch.parameters, atol=1e-12)
    assert sorted(e.branch.parameters[-1] for e in diagram.branches[1:]) == [-1, 1]


def test_folds_of_the_arms_of_a_subcritical_pitchfork():
    problem = ContinuationProblem(helpers.subcritical_pitchfork, [0.0], span=(-1.0, 1.0))
    diagram = bifurcation_diagram(problem)
    assert [point.kind for point in diagram.special_points] == ["fold", "fold", "pitchfork"]
    for point in diagram.special_points[:2]:
        assert abs(point.parameter + 0.25) < 1e-13
        assert abs(abs(point.state[0]) - 0.5**0.5) < 1e-12


def test_secondary_branches_are_shared_and_not_followed_twice():
    """Two uncoupled pitchforks at p = 0 and ½: nine equilibria, four of them from secondary

    branch points at which two arms of level two meet no other branch twice.
    """

    def pair(z, p):
        x, y = z
        return jnp.stack([p * x - x**3, (p - 0.5) * y - y**3])

    problem = ContinuationProblem(pair, [0.0, 0.0], span=(-0.5, 1.0))
    diagram = bifurcation_diagram(problem, depth=2)
    ends = {
        tuple(int(v) for v in np.sign(np.round(entry.branch.states[-1], 9)))
        for entry in diagram.branches
    }
    assert ends == {(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)}
    assert len(diagram) == 9
    assert bifurcation_diagram(problem, depth=0).branches[0].level == 0
    assert len(bifurcation_diagram(problem, depth=1)) == 5
    assert len(bifurcation_diagram(problem, depth=2, max_branches=4)) == 4


def test_a_loop_between_two_branch_points_is_one_branch():
    """x' = x(1 − p² − x²): the circle is met at p = −1 and at p = 1."""
    problem = ContinuationProblem(lambda z, p: z * (1 - p**2 - z**2), [0.0], span=(-2.0, 2.0))
    diagram = bifurcation_diagram(problem, depth=3)
    circles = [e.branch for e in diagram.branches if np.max(np.abs(e.branch.states)) > 0.5]
    assert len(diagram) == 1 + len(circles)
    angles = sum(np.sum(branch.steps[1:] > 0) > 3 for branch in circles)
    assert 1 <= angles <= 2
    heights = np.concatenate([branch.states[:, 0] for branch in circles])
    assert heights.max() > 0.99
    assert heights.min() < -0.99


def test_the_arms_of_a_network_are_mirror_images():
    known = helpers.symmetric_network(5)
    family = LeafFamily(CTRNN(known.field.weights), "gain")
    problem = ContinuationProblem(family, np.zeros(5), span=(0.5, 1.3))
    engine = JaxEngine()
    branch = continuation(problem, engine)
    up, down = engine.arms(problem, branch.special_points[0])
    np.testing.assert_allclose(up.states[-1], -down.states[-1], atol=1e-10)
    # Weakly nonlinear amplitude: |a|² = −(g − g*)λ/c₃ close to the pitchfork.
    form = branch.special_points[0].normal_form
    assert form is not None
    squared = -(up.parameters[0] - known.gains[0]) / known.gains[0] / known.cubics[0]
    assert abs(np.linalg.norm(up.states[0]) ** 2 / squared - 1) < 0.02
