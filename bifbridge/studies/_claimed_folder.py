"""A folder that belongs to one run: made for it, or met again by the same one."""

from collections.abc import Callable
from pathlib import Path

from bifbridge._atomic import write_text
from bifbridge._errors import RunFolderError


def claim_folder(
    folder: Path, settings: Path, text: str, refuse_another: Callable[[], None], inner: list[Path]
) -> None:
    """Create a run's folder, or return to it."""
    try:
        if settings.exists():
            refuse_another()
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunFolderError(
                f"{folder} exists and holds no run of bifbridge. Choose another folder with --out."
            )
        for each in inner:
            each.mkdir(parents=True, exist_ok=True)
        write_text(settings, text)
    except OSError as error:
        raise RunFolderError(f"{folder} cannot be written: {error.strerror}.") from error
