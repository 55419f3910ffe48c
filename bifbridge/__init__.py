"""State-space neural tangent kernels, continuation and normal forms of learned dynamics.

What most work needs is here, as `import bifbridge as bb`; the rest is in rooms. In the order of
the work: `bb.fields` (what is learned), `bb.trajectories` and `bb.sntk` (how it moves, and its
kernel), `bb.families` and `bb.continuation` (its equilibria in a parameter), `bb.cycles` and
`bb.two_parameter` (cycles, and curves of bifurcations), `bb.normal_forms` and `bb.landscape` (what
happens at a special point, and what that predicts), `bb.tasks`, `bb.training` and `bb.tracking`
(descent, and the bifurcations on its way), `bb.studies` (many of all this), `bb.plotting` and
`bb.report` (figures and pages), `bb.julia` (the reference engine), `bb.errors`.

Everything is imported when it is first used: `import bifbridge` alone loads none of JAX.
"""

from typing import Any

import lazy_loader

# lazy_loader also keeps `bb.continuation` the function when its package of that name is imported.
_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return _public(name)
    from bifbridge._renamed import renamed

    return renamed(name)
