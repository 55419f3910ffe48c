"""Cycles: collocation, Floquet multipliers, their bifurcations, and branch switching.

In this order: a start (`start_from_hopf` from a Hopf point, `start_from_orbit` from a simulation,
`start_from_cycle` from a cycle of before), then `solve_cycle` for one cycle or `continue_cycles`
for a branch of them, with a `CycleEngine` for its options. Where such a branch bifurcates,
`start_from_period_doubling` and `start_from_branch_point` start the next one.
`bb.two_parameter.cycle_bifurcation_curve` follows its special points in two parameters.

Example:
    >>> import jax.numpy as jnp
    >>> import bifbridge as bb
    >>> turn = jnp.array([[0.0, -2.0], [2.0, 0.0]])
    >>> def field(z, r):  # cycles of radius √r and period π
    ...     return (r - z @ z) * z + turn @ z
    >>> problem = bb.ContinuationProblem(field, [0, 0], span=(-1, 1))
    >>> (hopf,) = bb.continuation(problem).special_points
    >>> start = bb.cycles.start_from_hopf(field, hopf.parameter, hopf.normal_form)
    >>> branch = bb.cycles.continue_cycles(start, (-1, 1), bb.cycles.CycleEngine(step=0.2))
    >>> round(float(branch.cycle(-1).period), 6), branch.cycle(-1).stable
    (3.141593, True)
"""

from bifbridge.continuation.curves import Cycle, HomoclinicApproach
from bifbridge.continuation.jax_engine.cycles import (
    CycleEngine,
    CycleStart,
    ShotCycle,
    continue_cycles,
    shoot,
    solve_cycle,
    start_from_branch_point,
    start_from_cycle,
    start_from_hopf,
    start_from_orbit,
    start_from_period_doubling,
)

__all__ = [
    "Cycle",
    "CycleEngine",
    "CycleStart",
    "HomoclinicApproach",
    "ShotCycle",
    "continue_cycles",
    "shoot",
    "solve_cycle",
    "start_from_branch_point",
    "start_from_cycle",
    "start_from_hopf",
    "start_from_orbit",
    "start_from_period_doubling",
]
