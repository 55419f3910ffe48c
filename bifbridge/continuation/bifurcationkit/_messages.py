"""What BifurcationKit warned of, for Python's logging."""

import logging
from typing import Any

from bifbridge.continuation.bifurcationkit._field import Call

_LOG = logging.getLogger("bifbridge.bifurcationkit")


def heard(call: Call) -> Call:
    """A way to call Julia that passes on what BifurcationKit warned of."""
    # Warnings become those of the logger "bifbridge.bifurcationkit": on the standard error stream
    # unless the user's program says otherwise.

    def ask(entry: str, *arguments: Any, **keywords: Any) -> Any:
        answer = call(entry, *arguments, **keywords)
        if isinstance(answer, dict):
            for text in answer.get("messages", ()):
                _LOG.warning("BifurcationKit: %s", text)
        return answer

    return ask
