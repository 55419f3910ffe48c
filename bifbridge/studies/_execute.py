"""One task in one worker: claim it, compute, write the result or the reason of the failure."""

import json
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from bifbridge._netcdf import provenance, write_dataset
from bifbridge.studies._claim import claim
from bifbridge.studies._folder import StudyFolder
from bifbridge.studies._task import Task, hash_of

if TYPE_CHECKING:
    import xarray as xr

FORMAT, VERSION = "bifbridge-study-result", 1


def execute(folder: str, work: Sequence[tuple[str, Task]], lease: float) -> dict[str, str]:
    """Do some tasks, one after the other."""
    # Everything that crosses to the worker is plain data; results go to the folder. Doubles are
    # switched on for this thread only, so that a process of someone else's keeps its setting.
    with jax.enable_x64(True):
        return {key: _one(StudyFolder(folder), key, task, lease) for key, task in work}


def _one(folder: StudyFolder, key: str, task: Task, lease: float) -> str:
    with claim(folder.claim(key), lease) as ours:
        if not ours:
            return "running"
        # The worker that had the claim may have finished since the task was handed out.
        if folder.result(key).exists():
            return "done"
        try:
            identity = task.identity()
            found = hash_of(identity)
            if found != key:
                raise ValueError(
                    f"A file or the function changed after the study started: the task is now "
                    f"{found}. Run the study again."
                )
            result = as_dataset(task.load()(**task.resolved()))
            result.attrs |= provenance(FORMAT, VERSION)
            result.attrs |= {"key": key, "task": json.dumps(identity, sort_keys=True)}
            write_dataset(folder.result(key), result)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            folder.record_failure(
                key, reason, traceback.format_exc(), function=task.function,
                arguments=dict(task.arguments),
            )  # fmt: skip
            return "failed"
        folder.forget_failure(key)
        return "done"


def as_dataset(result: Any) -> "xr.Dataset":
    """What a task returned, as a dataset."""
    import xarray as xr

    if isinstance(result, xr.Dataset):
        found = result.copy()
        for name in ("format", "format_version"):
            if name in found.attrs:
                found.attrs[f"content_{name}"] = found.attrs.pop(name)
        return found
    if not isinstance(result, Mapping):
        raise TypeError(
            f"The task returned a {type(result).__name__}; expected an xarray.Dataset, or numbers "
            "and arrays by name."
        )
    arrays = {name: np.asarray(value) for name, value in result.items()}
    return xr.Dataset({
        name: (tuple(f"{name}_{k}" for k in range(value.ndim)), value)
        for name, value in arrays.items()
    })
