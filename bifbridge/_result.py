"""What every result can do: be saved, tabulated, drawn, and shown in a notebook."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import equinox as eqx

from bifbridge._result_table import row_of

if TYPE_CHECKING:
    import pandas as pd


class AbstractResult(eqx.Module):
    """A result: numbers, and one row of the table of results that says how they are held.

    Example:
        >>> import tempfile
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> branch = bb.continuation(problem)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = branch.save(f"{folder}/branch.nc")
        ...     loaded = bb.load(path)
        >>> loaded.special_points
        (supercritical pitchfork: ȧ = μa − 1 a³ at p = 0,)
        >>> branch.to_dataframe().columns[0], branch.plot().get_ylabel()
        ('parameter', 'state z[0]')
    """

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the result to a netCDF file, whole or not at all; `bb.load` reads it.

        Args:
            path: the file; its folder must exist.

        Returns:
            The file.

        Raises:
            NotImplementedError: for a result that has no file; the message says what to save
                instead.
        """
        from bifbridge._netcdf import write_dataset

        if row_of(self).unsaved:
            raise NotImplementedError(row_of(self).unsaved)
        write_dataset(path, self.to_xarray())
        return Path(path)

    def to_xarray(self) -> Any:
        """The result as an xarray dataset, or as a tree of them where it has parts.

        Returns:
            What `save` writes; see `docs/files.md` for the variables.
        """
        return row_of(self).part(self, "to_xarray")

    def to_dataframe(self) -> "pd.DataFrame":
        """The result as a table; needs pandas.

        Returns:
            One row per point, or per whatever the result consists of.
        """
        return row_of(self).part(self, "to_dataframe")

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the result.

        Args:
            ax: Matplotlib axes to draw on; None makes a figure.
            **options: of the function in `bb.plotting` that draws this kind of result.

        Returns:
            The axes.
        """
        return row_of(self).draw(self, ax, options)

    def _repr_html_(self) -> str:
        from bifbridge._notebook import as_html

        return as_html(self)
