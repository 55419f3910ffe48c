"""The numbers of any normal form by the names that files, tables and programs know them by."""

from dataclasses import fields
from typing import Any

import numpy as np


def coefficients(form: Any) -> dict[str, Any]:
    """The coefficients of a normal form: real, complex, or a few frequencies.

    Args:
        form: of any kind. One with a property `coefficients` chooses names and numbers itself;
            of any other every field counts that is a number, or the frequencies.

    Returns:
        Numbers by name, such as "b2", "c3", "omega", "margin".

    Example:
        >>> import bifbridge as bb
        >>> form = bb.nearest_special_point(lambda z, p: p * z - z**3, [0.1], 0.2).normal_form
        >>> float(bb.normal_forms.coefficients(form)["c3"])
        -1.0
    """
    own = getattr(form, "coefficients", None)
    if own is not None:
        return own
    values = {field.name: getattr(form, field.name) for field in fields(form)}
    return {
        name: value
        for name, value in values.items()
        if not isinstance(value, str)
        and value is not None
        and (np.ndim(value) == 0 or name == "frequencies")
    }
