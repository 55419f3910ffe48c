"""Going on from the last point of a branch of equilibria, perhaps read from a file."""

from collections.abc import Sequence
from typing import Any

from bifbridge.continuation._problem import ContinuationProblem
from bifbridge.continuation.curves import Branch
from bifbridge.continuation.jax_engine._engine import JaxEngine


def resume_equilibria(
    branch: Branch, problem: Any, span: Sequence[float] | None, engine: JaxEngine | None
) -> Branch:
    """What follows the last point, see `Branch.resume`."""
    engine = JaxEngine() if engine is None else engine
    if not isinstance(problem, ContinuationProblem) or span is not None:
        problem = _at_last_point(branch, problem, span)
    return engine.further(problem, branch)


def _at_last_point(
    branch: Branch, problem: Any, span: Sequence[float] | None
) -> ContinuationProblem:
    if len(branch) == 0:
        raise ValueError("resume: got a branch without points; start one instead.")
    if span is None:
        raise ValueError(
            "resume: got a family without a span; expected branch.resume(family, (lower, upper)) "
            "or branch.resume(problem)."
        )
    known = isinstance(problem, ContinuationProblem)
    return ContinuationProblem(
        problem.family if known else problem,
        branch.states[-1],
        span=(span[0], span[1]),
        parameter=float(branch.parameters[-1]),
        names=problem.names if known else None,
        events=dict(problem.events) if known else None,
    )
