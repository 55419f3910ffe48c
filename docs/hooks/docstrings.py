"""For Griffe: the section that docstrings here call "Example" is its section "Examples"."""

import re
from typing import Any

import griffe


class Examples(griffe.Extension):
    """Without this, doctests would be read as prose and their lists as links."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rename the section before the docstring is parsed."""
        if obj.docstring is not None:
            text = obj.docstring.value
            obj.docstring.value = re.sub(r"^Example:$", "Examples:", text, flags=re.MULTILINE)
