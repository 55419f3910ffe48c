"""Continuation: f = 0 in a parameter, its branches and their special points.

In this order: a `ContinuationProblem` (a function f(z, p) or one of `bb.families`, a start and a
span); `continuation` for one branch or `bifurcation_diagram` for all that hang together, with an
engine (`JaxEngine`, `KrylovEngine` for large states, `bb.BifurcationKit`) for the options;
`branch.special_points` and their normal forms. `find_equilibria` finds starts,
`nearest_special_point` goes straight to a bifurcation, `continuation_ensemble` follows many
models at once, `cross_check` asks several engines the same question.

The names of `bb.cycles`, `bb.two_parameter`, `bb.families`, `bb.tracking` and `bb.julia` can be
imported from here, too. `bb.continuation` is the function of that name, not this module.

Example:
    >>> from bifbridge.continuation import ContinuationProblem, continuation
    >>> problem = ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
    >>> continuation(problem).special_points
    (supercritical pitchfork: ȧ = μa − 1 a³ at p = 0,)
"""

# ruff: noqa: F822
# pyright: reportUnsupportedDunderAll=false
# (The names of `__all__` are those of the stub.)

import lazy_loader

__getattr__, _, _ = lazy_loader.attach_stub(__name__, __file__)

# What is described in this room; the stub has more, which is described in others.
__all__ = [
    "AbstractBranchingEngine",
    "AbstractEngine",
    "Balance",
    "Branch",
    "ContinuationProblem",
    "CrossCheck",
    "Diagram",
    "DiagramBranch",
    "Equilibria",
    "JaxEngine",
    "KrylovEngine",
    "SpecialPoint",
    "Status",
    "bifurcation_diagram",
    "continuation",
    "continuation_ensemble",
    "cross_check",
    "find_equilibria",
    "nearest_special_point",
    "special_points_to_dataframe",
]


def __dir__() -> list[str]:
    return list(__all__)
