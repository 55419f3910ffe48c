"""Exceptions that a caller may want to catch.

Wrong arguments raise `ValueError` or `TypeError`; these are for what goes wrong beyond them.
"""


class BifbridgeError(Exception):
    """Base class of every exception that bifbridge defines."""


class PrecisionError(BifbridgeError):
    """A computation that needs 64-bit floats was asked for in a 32-bit JAX session."""


class FileFormatError(BifbridgeError):
    """A file is truncated, foreign, or of a version that this release does not read."""


class ConfigError(BifbridgeError):
    """A configuration has an unknown key or an impossible value."""


class RunFolderError(BifbridgeError):
    """A run folder is missing, belongs to another run, or cannot be written."""


class DivergenceError(BifbridgeError):
    """Training reached a loss that is not finite or absurdly large.

    Attributes:
        step: the first step at which it was seen.
    """

    def __init__(self, message: str, step: int):
        super().__init__(message)
        self.step = step


class TranslationError(BifbridgeError):
    """A field cannot go to Julia as Julia code; the callback way remains."""


class UnsupportedPrimitiveError(TranslationError):
    """A field uses an operation that has no translation.

    Attributes:
        primitive: JAX's name of the operation.
        source: the user's line, as "file:line (function)", or an empty text.
    """

    def __init__(self, message: str, primitive: str, source: str = ""):
        super().__init__(message)
        self.primitive = primitive
        self.source = source


class TranslationMismatchError(TranslationError):
    """The Julia code and the JAX field disagree in a value or a derivative.

    Attributes:
        quantity: what differs, such as "J·v".
        error: the relative error that was found.
        tolerance: the relative error that was allowed.
    """

    def __init__(self, message: str, quantity: str, error: float, tolerance: float):
        super().__init__(message)
        self.quantity = quantity
        self.error = error
        self.tolerance = tolerance
