"""Every exception and warning that bifbridge defines; all exceptions are `BifbridgeError`.

Wrong arguments raise `ValueError` or `TypeError`; these are for what goes wrong beyond them.
Catch `BifbridgeError` to go on after any of them, and a subclass to act on its attributes.

Example:
    >>> import bifbridge as bb
    >>> try:
    ...     bb.load_field("missing.eqx")
    ... except bb.errors.FileFormatError as error:
    ...     print(type(error).__name__)
    FileFormatError
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
