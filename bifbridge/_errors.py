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


class SensitivityWarning(UserWarning):
    """The steps of a solve suit its states, but not their derivatives in the parameters."""


class DivergenceError(BifbridgeError):
    """Training reached a loss that is not finite or absurdly large.

    Attributes:
        step: the first step at which it was seen.
    """

    def __init__(self, message: str, step: int):
        super().__init__(message)
        self.step = step
