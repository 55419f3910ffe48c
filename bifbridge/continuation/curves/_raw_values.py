"""What another program said of special points, as text in a dataset and back."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def raw_variables(points: Sequence[Any]) -> dict[str, tuple[str, np.ndarray]]:
    """The `raw` values of special points as one variable of texts."""
    if not any(point.raw for point in points):
        return {}
    texts = [json.dumps(_plain(point.raw)) for point in points]
    return {"special_raw": ("special", np.array(texts, dtype=object))}


def raw_from_dataset(dataset: "xr.Dataset", k: int) -> dict[str, Any]:
    """The inverse of `raw_variables` for one special point."""
    if "special_raw" not in dataset:
        return {}
    return json.loads(str(dataset["special_raw"].values[k]), object_hook=_restored)


def _plain(value: Any) -> Any:
    """JSON has neither arrays nor complex numbers: they become objects with one telling key."""
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case complex() | np.complexfloating():
            return {"complex": [float(value.real), float(value.imag)]}
        case np.ndarray():
            numbers = np.stack([value.real, value.imag]) if np.iscomplexobj(value) else value
            content = {"type": str(value.dtype), "shape": value.shape, "values": numbers.tolist()}
            return {"array": content}
        case np.generic():
            return value.item()
    return value


def _restored(item: dict[str, Any]) -> Any:
    if set(item) == {"complex"}:
        return complex(*item["complex"])
    if set(item) == {"array"}:
        kind, content = np.dtype(item["array"]["type"]), item["array"]["values"]
        numbers = np.asarray(content, float if kind.kind == "c" else kind)
        if kind.kind == "c":
            numbers = numbers[0] + 1j * numbers[1]
        return numbers.reshape(item["array"]["shape"]).astype(kind)
    return item
