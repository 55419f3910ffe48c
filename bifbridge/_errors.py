"""Exceptions that a caller may want to catch.

Wrong arguments raise `ValueError` or `TypeError`; these are for what goes wrong beyond them.
"""


class BifbridgeError(Exception):
    """Base class of every exception that bifbridge defines."""


class PrecisionError(BifbridgeError):
    """A computation that needs 64-bit floats was asked for in a 32-bit JAX session."""
