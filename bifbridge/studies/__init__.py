"""Studies: many computations, stored and resumed, on one machine or many.

In this order: a `Study` of tasks, in Python (`Study.product`) or from a TOML file (`read_study`);
`run_study` does what has no result yet, in processes, Dask or Slurm; `study_status` says how far it
is; `collect` gives the results as an xarray dataset and `to_csv` as a table. `task` marks a
function of your own and gives it a version. The main job is `bifbridge.studies.student_teacher`.

Example:
    >>> import bifbridge as bb
    >>> gains = {"seed": range(3), "gain": [0.5, 1.5]}
    >>> study = bb.studies.Study.product("gains", "mine:measure", gains)
    >>> len(study.tasks)  # bb.run_study(study, "results") computes them
    6
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
