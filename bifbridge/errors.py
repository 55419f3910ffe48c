"""Every exception and warning that bifbridge defines; all exceptions are `BifbridgeError`.

Wrong arguments raise `ValueError` or `TypeError`; these are for what goes wrong beyond them.
Catch `BifbridgeError` to go on after any of them, and a subclass to act on its attributes.

Example:
    >>> import bifbridge as bb
    >>> try:
    ...     bb.studies.read_study("missing.toml")
    ... except bb.errors.ConfigError as error:
    ...     print(error)
    missing.toml cannot be read: No such file or directory.
"""

from bifbridge._errors import (
    BifbridgeError,
    ConfigError,
    DivergenceError,
    FileFormatError,
    JuliaCrashError,
    JuliaExecutionError,
    JuliaUnavailableError,
    MemoryBoundError,
    PrecisionError,
    RunFolderError,
    SensitivityWarning,
    TranslationError,
    TranslationMismatchError,
    UnsupportedPrimitiveError,
)

__all__ = [
    "BifbridgeError",
    "ConfigError",
    "DivergenceError",
    "FileFormatError",
    "JuliaCrashError",
    "JuliaExecutionError",
    "JuliaUnavailableError",
    "MemoryBoundError",
    "PrecisionError",
    "RunFolderError",
    "SensitivityWarning",
    "TranslationError",
    "TranslationMismatchError",
    "UnsupportedPrimitiveError",
]
