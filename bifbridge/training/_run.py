"""A training run as its folder or file tells it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import equinox as eqx
import numpy as np
from jaxtyping import Float

from bifbridge._errors import RunFolderError
from bifbridge._result import AbstractResult
from bifbridge._result_table import resolve
from bifbridge.training._path import TrainingPath

if TYPE_CHECKING:
    import xarray as xr

#: What reads the checkpoints of a folder.
_READ_PATH = "bifbridge.studies._stored_run:open_stored_run"
#: Settings and bifurcations that the text names.
_SETTINGS, _EVENTS = 5, 5


class Run(AbstractResult):
    """A run of `bifbridge student-teacher` or `bifbridge train`, finished or not.

    Attributes:
        tree: what was measured: the group "training" with step, loss and gradient norm, and of a
            finished student-teacher run all groups of its run.nc.
        summary: the content of summary.json; empty while the run is unfinished.
        settings: what the run was started with; empty where the summary says it.
        program: "student-teacher" or "train".
        folder: where it lies; None for a run that was read from a single file.
    """

    tree: "xr.DataTree"
    summary: Mapping[str, Any]
    settings: Mapping[str, Any] = eqx.field(default_factory=dict)
    program: str = eqx.field(static=True, default="student-teacher")
    folder: Path | None = eqx.field(static=True, default=None)

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings of the run."""
        written = self.tree.attrs.get("config", "{}")
        return self.settings or self.part("config") or json.loads(written)

    @property
    def finished(self) -> bool:
        """Whether the run came to its end."""
        return bool(self.summary)

    @property
    def steps(self) -> Float[np.ndarray, " K"]:
        """Training steps with a loss, shape (K,)."""
        return self._training("step").astype(float)

    @property
    def losses(self) -> Float[np.ndarray, " K"]:
        """The loss before each of these steps, shape (K,)."""
        return self._training("loss")

    @property
    def crossing(self) -> Mapping[str, Any] | None:
        """The first bifurcation, or None."""
        return self.part("first_bifurcation") or None

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """All bifurcations met, in order of training."""
        return list(self.summary.get("events") or ([self.crossing] if self.crossing else []))

    def group(self, name: str) -> "xr.DataTree | None":
        """A group of what was measured.

        Args:
            name: such as "kernel".

        Returns:
            The group, or None where the run has none or it is empty.
        """
        group = self.tree.children.get(name)
        return group if group is not None and group.dataset.variables else None

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of the summary.

        Args:
            name: such as "prediction".

        Returns:
            The part; empty where it is absent or null.
        """
        found = self.summary.get(name)
        return found if isinstance(found, Mapping) else {}

    def checkpoints(self) -> TrainingPath:
        """Read the checkpoints: the field at every step that was trained so far.

        Returns:
            The path; `path.field(step)` is the field, `path.theta(step)` its parameters.

        Raises:
            RunFolderError: if the run was read from a file, or its folder holds no checkpoint.
        """
        if self.folder is None:
            raise RunFolderError(
                "This run was read from a file, which holds no checkpoints; load its folder."
            )
        return resolve(_READ_PATH)(self.folder)[0]

    def __repr__(self) -> str:
        losses, state = self.losses, "finished" if self.finished else "not finished"
        head = f"Run of {self.program}, {state}: {losses.size} steps"
        if losses.size:
            head += f", loss {losses[0]:.4g} → {losses[-1]:.4g}"
        named = [f"{key} = {value}" for key, value in list(self.config.items())[:_SETTINGS]]
        lines = [head, f"  {', '.join(named)}"[:110]]
        lines += [f"  {_event(event)}" for event in self.events[:_EVENTS]]
        if len(self.events) > _EVENTS:
            lines.append(f"  … and {len(self.events) - _EVENTS} bifurcations more")
        return "\n".join(lines)

    def _training(self, name: str) -> np.ndarray:
        return np.asarray(self.tree.children["training"].dataset[name].values)


def summary(run: Run) -> list[tuple[str, str]]:
    """The rows of the table in a notebook."""
    losses = run.losses
    ends = f"{losses[0]:.4g} → {losses[-1]:.4g}" if losses.size else "none yet"
    settings = [(str(key), str(value)) for key, value in list(run.config.items())[:_SETTINGS]]
    return [
        ("program", run.program),
        ("state", "finished" if run.finished else "not finished"),
        ("steps", str(losses.size)),
        ("loss", ends),
        *settings,
        *((f"step {event['step']:.6g}", _named(event)) for event in run.events[:_EVENTS]),
    ]


def _event(event: Mapping[str, Any]) -> str:
    return f"step {event['step']:.6g}: {_named(event)}"


def _named(event: Mapping[str, Any]) -> str:
    return " ".join(filter(None, [event.get("criticality"), str(event["kind"]).replace("_", " ")]))
