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


class MemoryBoundError(BifbridgeError):
    """A computation needs more memory than it may take of what the machine has."""


class SensitivityWarning(UserWarning):
    """The steps of a solve suit its states, but not their derivatives in the parameters."""


class DivergenceError(BifbridgeError):
    """Training reached a number that is not finite or a loss that is absurdly large.

    Attributes:
        step: the first step at which it was seen.
        quantity: what was the first to blow up, in words.
        last_good: the last step from which the run can be resumed: the end of the last whole
            block, which `write_block` keeps on disk.
    """

    def __init__(self, message: str, step: int, quantity: str = "", last_good: int = 0):
        super().__init__(message)
        self.step, self.quantity, self.last_good = step, quantity, last_good

    def __reduce__(self):
        return type(self), (str(self), self.step, self.quantity, self.last_good)


class JuliaUnavailableError(BifbridgeError):
    """Julia, or a package of it, is not there or cannot be loaded.

    Attributes:
        remedy: the command or the steps that mend it.
    """

    def __init__(self, message: str, remedy: str = ""):
        super().__init__(f"{message}\n{remedy}" if remedy else message)
        self.remedy = remedy


class JuliaExecutionError(BifbridgeError):
    """Julia code raised an exception.

    Attributes:
        julia_message: Julia's own message, with those of its causes.
        backtrace: Julia's backtrace, outermost frame last.
        request: what was asked of Julia.
    """

    def __init__(self, julia_message: str, backtrace: str = "", request: str = ""):
        asked = f" in {request}" if request else ""
        super().__init__(f"Julia raised an exception{asked}: {julia_message}")
        self.julia_message = julia_message
        self.backtrace = backtrace
        self.request = request

    def __reduce__(self):
        # Exceptions are rebuilt from `args`, which hold the message alone.
        return type(self), (self.julia_message, self.backtrace, self.request)


class JuliaCrashError(JuliaExecutionError):
    """The process that ran Julia died while a request was under way.

    Attributes:
        exit_code: of the process; negative for the number of a signal.
    """

    def __init__(self, message: str, request: str = "", exit_code: int | None = None):
        super().__init__(message, "", request)
        self.exit_code = exit_code

    def __reduce__(self):
        return type(self), (self.julia_message, self.request, self.exit_code)


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
