"""Plotting: pure functions from results to Matplotlib axes.

A result comes first, then `plot_…(result, ax=None)` draws it and returns the axes; give `ax` to
put several into one figure. `plot_training`, `plot_learning` and `plot_direction` compose whole
figures. `styled(LIGHT)` or `styled(DARK)` sets the looks for what is drawn within it; nothing is
shown, and no global setting is changed.

Example:
    >>> import bifbridge as bb
    >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
    >>> with bb.plotting.styled(bb.plotting.LIGHT):
    ...     axes = bb.plotting.plot_branch(bb.continuation(problem))
    >>> axes.get_xlabel()
    'parameter p'
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
