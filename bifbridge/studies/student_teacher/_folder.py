"""The folder of a run: one configuration, its checkpoints and what was made of them."""

import dataclasses
import os
from pathlib import Path

from bifbridge._errors import ConfigError, RunFolderError
from bifbridge._short_repr import short_repr
from bifbridge.studies._claimed_folder import claim_folder
from bifbridge.studies.student_teacher._config import StudentTeacherConfig, read_config


@dataclasses.dataclass(frozen=True)
class RunFolder:
    """Where the files of a run lie.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def config(self) -> Path:
        """The settings."""
        return self.path / "config.toml"

    @property
    def checkpoints(self) -> Path:
        """Blocks of training."""
        return self.path / "checkpoints"

    @property
    def figures(self) -> Path:
        """Figures, as PNG and PDF."""
        return self.path / "figures"

    @property
    def teacher(self) -> Path:
        """The teacher."""
        return self.path / "teacher.eqx"

    @property
    def student(self) -> Path:
        """The student after the last step."""
        return self.path / "student.eqx"

    @property
    def data(self) -> Path:
        """All that was measured."""
        return self.path / "run.nc"

    @property
    def summary(self) -> Path:
        """The main numbers."""
        return self.path / "summary.json"

    __repr__ = short_repr


def open_run_folder(path: str | os.PathLike[str], config: StudentTeacherConfig) -> RunFolder:
    """Create a run folder, or return to one of the same run.

    Args:
        path: the folder.
        config: the settings of the run.

    Returns:
        The folder, with its configuration written.

    Raises:
        RunFolderError: if the folder belongs to another run or cannot be written.
    """  # noqa: DOC502 (claim_folder raises)
    folder = RunFolder(Path(path))
    claim_folder(
        folder.path,
        folder.config,
        config.as_toml(),
        lambda: _refuse_another_run(folder, config),
        [folder.checkpoints, folder.figures],
    )
    return folder


def _refuse_another_run(folder: RunFolder, config: StudentTeacherConfig) -> None:
    try:
        there = read_config(folder.config).as_dict()
    except ConfigError as error:
        raise RunFolderError(
            f"{folder.config} is damaged or of another release. {error}"
        ) from error
    here = config.as_dict()
    different = [
        f"{name} = {there[name]!r} there, {here[name]!r} here"
        for name in here
        if here[name] != there[name]
    ]
    if different:
        raise RunFolderError(
            f"{folder.path} holds another run ({'; '.join(different)}). Choose another folder "
            "with --out, or delete this one."
        )
