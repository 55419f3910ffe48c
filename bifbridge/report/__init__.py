"""Report: pages of HTML, each one file that needs nothing but itself, and figures as files.

A run, a diagram or a cross-check comes first. `write_report` makes the page and the figures of a
run's folder (`read_run` reads it), `write_diagram` an interactive page of a branch or a diagram,
`write_cross_check` one of engines side by side. `render…` gives the text instead of a file.

Example:
    >>> import pathlib, tempfile
    >>> import bifbridge as bb
    >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = bb.report.write_diagram(f"{folder}/branch.html", bb.continuation(problem))
    ...     pathlib.Path(page).read_text()[:15]
    '<!DOCTYPE html>'
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
