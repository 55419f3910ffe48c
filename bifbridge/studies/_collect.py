"""The results of a study, side by side."""

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from bifbridge._atomic import atomic_path
from bifbridge._errors import RunFolderError
from bifbridge._netcdf import check_format, provenance, read_dataset
from bifbridge.studies._execute import FORMAT, VERSION
from bifbridge.studies._folder import StudyFolder
from bifbridge.studies._spec import Study
from bifbridge.studies._task import Task

if TYPE_CHECKING:
    import xarray as xr


def load_result(path: str | os.PathLike[str]) -> "xr.Dataset":
    """Read the result of one task.

    Args:
        path: a file in `results` of a study's folder.

    Returns:
        The dataset; its attribute `task` says what made it. A file that is missing, damaged or
        foreign is refused with a `FileFormatError`.
    """

    def checked(dataset: "xr.Dataset") -> "xr.Dataset":
        check_format(dataset.attrs, FORMAT, VERSION)
        return dataset

    return read_dataset(path, "result of a study", checked)


def collect(
    study: Study, folder: str | os.PathLike[str], *, function: str | None = None
) -> "xr.Dataset":
    """All finished results of a study as one dataset over "task".

    Results of different sizes are padded: floats with NaN, whole numbers and booleans become
    floats, texts "". The arguments of each task stand beside them as coordinates.

    Args:
        study: the study.
        folder: of its results.
        function: of which task, where the study has several.

    Returns:
        The dataset, with `function`, `key` and every argument over "task".

    Raises:
        RunFolderError: if nothing is finished, or the study has several functions and none is
            chosen.

    Example:
        See [Studies](../studies.md).
    """
    place = StudyFolder(folder)
    chosen = [task for task in study.tasks if function in {None, task.function}]
    kinds = {task.function for task in chosen}
    if len(kinds) > 1:
        raise RunFolderError(
            f"{study.name} has the tasks {', '.join(sorted(kinds))}: choose one to collect."
        )
    done = [(key, task) for task in chosen if place.result(key := task.key).exists()]
    if not done:
        raise RunFolderError(f"{folder} has no finished result of {study.name}.")
    results = [load_result(place.result(key)) for key, _ in done]
    coordinates = _arguments(done)
    taken = {str(name) for one in results for name in [*one.variables, *one.dims]}
    named = {f"argument_{n}" if n in taken else n: x for n, x in coordinates.items()}
    joined = _stacked(results).assign_coords({n: ("task", x) for n, x in named.items()})
    return joined.assign_attrs(provenance("bifbridge-study", VERSION))


def to_csv(dataset: "xr.Dataset", path: str | os.PathLike[str]) -> None:
    """One row per task: its arguments and every number that it found.

    Complex numbers become columns `_re` and `_im`; arrays one column per entry.

    Args:
        dataset: from `collect`.
        path: the file, written atomically.
    """
    import csv

    columns: dict[str, Any] = {}
    for name, variable in dataset.variables.items():
        if variable.dims[:1] == ("task",):
            columns |= _columns(str(name), np.asarray(variable.values))
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _columns(name: str, values: np.ndarray) -> dict[str, list[Any]]:
    if np.iscomplexobj(values):
        return _columns(f"{name}_re", np.real(values)) | _columns(f"{name}_im", np.imag(values))
    flat = values.reshape(values.shape[0], -1)
    if values.ndim == 1:
        return {name: flat[:, 0].tolist()}
    places = list(np.ndindex(*values.shape[1:]))
    return {
        f"{name}[{','.join(map(str, place))}]": flat[:, k].tolist()
        for k, place in enumerate(places)
    }


def _arguments(done: list[tuple[str, Task]]) -> dict[str, np.ndarray]:
    names = dict.fromkeys(name for _, task in done for name in task.arguments)
    found: dict[str, Any] = {
        "key": [key for key, _ in done],
        "function": [task.function for _, task in done],
    }
    found |= {name: [task.arguments.get(name) for _, task in done] for name in names}
    return {name: _column(values) for name, values in found.items()}


def _column(values: list[Any]) -> np.ndarray:
    """Numbers as they are; tables, lists and mixtures as JSON."""
    if all(isinstance(value, str) for value in values):
        return np.array(values)
    if all(isinstance(value, int | float) for value in values):
        return np.array(values)
    return np.array([json.dumps(value) for value in values])


def _stacked(results: "list[xr.Dataset]") -> "xr.Dataset":
    import xarray as xr

    names = dict.fromkeys(name for one in results for name in one.variables)
    return xr.Dataset({
        name: _stack([one.variables.get(name) for one in results]) for name in names
    })


def _stack(variables: list[Any]) -> tuple[tuple[str, ...], np.ndarray]:
    """One variable of all tasks, padded to the largest."""
    known = [variable for variable in variables if variable is not None]
    dims = max((variable.dims for variable in known), key=len)
    shape = tuple(max(variable.sizes.get(dim, 1) for variable in known) for dim in dims)
    arrays = [np.asarray(variable.values) for variable in known]
    whole = len(known) == len(variables) and all(array.shape == shape for array in arrays)
    out = np.full((len(variables), *shape), *_padding(arrays, whole))
    for k, variable in enumerate(variables):
        if variable is not None:
            array = np.asarray(variable.values)
            out[(k, *(slice(size) for size in array.shape))] = array
    return ("task", *dims), out.astype(str) if out.dtype == object else out


def _padding(arrays: list[np.ndarray], whole: bool) -> tuple[Any, Any]:
    """What stands where there is nothing, and the type that can hold it."""
    if any(array.dtype.kind in "OUST" for array in arrays):
        return "", object
    kind = np.result_type(*arrays)
    return (0, kind) if whole else (np.nan, np.result_type(kind, np.float64))
