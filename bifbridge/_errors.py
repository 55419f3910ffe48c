"""Exceptions that a caller may want to catch.

Wrong arguments raise `ValueError` or `TypeError`; these are for what goes wrong beyond them.
"""


class BifbridgeError(Exception):
    """Base class of every exception that bifbridge defines.

    Example:
        >>> import bifbridge as bb
        >>> try:
        ...     bb.studies.read_study("missing.toml")
        ... except bb.BifbridgeError as error:
        ...     print(f"{type(error).__name__}: {error}")
        ConfigError: missing.toml cannot be read: No such file or directory.
    """


class PrecisionError(BifbridgeError):
    """A computation that needs 64-bit floats was asked for in a 32-bit JAX session.

    Example:
        >>> import jax
        >>> import bifbridge as bb
        >>> with jax.enable_x64(False):
        ...     bb.normal_form(lambda z: -(z**3), [0.0])
        Traceback (most recent call last):
        bifbridge._errors.PrecisionError: normal_form needs 64-bit floats...
    """


class FileFormatError(BifbridgeError):
    """A file is truncated, foreign, or of a version that this release does not read.

    Example:
        >>> import tempfile, pathlib
        >>> import bifbridge as bb
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     foreign = pathlib.Path(folder, "model.eqx")
        ...     _ = foreign.write_text("nothing of ours")
        ...     bb.load_field(foreign)
        Traceback (most recent call last):
        bifbridge._errors.FileFormatError: ...model.eqx: not a field written by bifbridge.
    """


class ConfigError(BifbridgeError):
    """A configuration has an unknown key or an impossible value.

    Example:
        See `BifbridgeError`, where a `ConfigError` is caught.
    """


class RunFolderError(BifbridgeError):
    """A run folder is missing, belongs to another run, or cannot be written.

    Example:
        >>> from bifbridge.studies import Study, collect
        >>> collect(Study("nothing", ()), "folder")
        Traceback (most recent call last):
        bifbridge._errors.RunFolderError: folder has no finished result of nothing.
    """


class MemoryBoundError(BifbridgeError):
    """A computation needs more memory than it may take of what the machine has.

    Example:
        >>> import os
        >>> import jax
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> task = bb.training.imitation_task(
        ...     bb.random_ctrnn(3, key=jax.random.key(0)),
        ...     jnp.eye(3),
        ...     jnp.ones((4, 3)),
        ...     bb.uniform_grid(2.0, 0.25),
        ... )
        >>> os.environ["BIFBRIDGE_MEMORY"] = "1000"  # bytes to plan with
        >>> task.residuals(bb.random_ctrnn(3, key=jax.random.key(1)))
        Traceback (most recent call last):
        bifbridge._errors.MemoryBoundError: Linearising 4 trials of 3 states over 8 steps needs...
        >>> del os.environ["BIFBRIDGE_MEMORY"]
    """


class SensitivityWarning(UserWarning):
    """The steps of a solve suit its states, but not their derivatives in the parameters.

    Example:
        >>> import warnings
        >>> import bifbridge as bb
        >>> with warnings.catch_warnings():  # refuse such steps altogether
        ...     warnings.simplefilter("error", bb.errors.SensitivityWarning)
    """


class DivergenceError(BifbridgeError):
    """Training reached a number that is not finite or a loss that is absurdly large.

    Attributes:
        step: the first step at which it was seen.
        quantity: what was the first to blow up, in words.
        last_good: the last step from which the run can be resumed: the end of the last whole
            block, which `write_block` keeps on disk.

    Example:
        >>> import bifbridge as bb
        >>> try:
        ...     raise bb.errors.DivergenceError(
        ...         "the loss is not finite", 731, "loss", last_good=700
        ...     )
        ... except bb.errors.DivergenceError as error:
        ...     print(f"step {error.step}, {error.quantity}; resume from {error.last_good}")
        step 731, loss; resume from 700
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

    Example:
        >>> import bifbridge as bb
        >>> try:
        ...     raise bb.errors.JuliaUnavailableError(
        ...         "There is no Julia.", "bifbridge julia install"
        ...     )
        ... except bb.errors.JuliaUnavailableError as error:
        ...     print(error.remedy)
        bifbridge julia install
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

    Example:
        >>> import bifbridge as bb
        >>> error = bb.errors.JuliaExecutionError("DomainError", request="a branch")
        >>> print(error, "|", error.julia_message)
        Julia raised an exception in a branch: DomainError | DomainError
    """

    _what = "raised an exception"

    def __init__(self, julia_message: str, backtrace: str = "", request: str = ""):
        asked = f" in {request}" if request else ""
        super().__init__(f"Julia {self._what}{asked}: {julia_message}")
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

    Example:
        >>> import bifbridge as bb
        >>> error = bb.errors.JuliaCrashError(
        ...     "The worker was killed.", request="a branch", exit_code=-9
        ... )
        >>> print(error, "|", error.exit_code)
        Julia crashed in a branch: The worker was killed. | -9
    """

    _what = "crashed"

    def __init__(self, message: str, request: str = "", exit_code: int | None = None):
        super().__init__(message, "", request)
        self.exit_code = exit_code

    def __reduce__(self):
        return type(self), (self.julia_message, self.request, self.exit_code)


class TranslationError(BifbridgeError):
    """A field cannot go to Julia as Julia code; the callback way remains.

    Example:
        See `UnsupportedPrimitiveError`, the commonest kind.
    """


class UnsupportedPrimitiveError(TranslationError):
    """A field uses an operation that has no translation.

    Attributes:
        primitive: JAX's name of the operation.
        source: the user's line, as "file:line (function)", or an empty text.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> try:
        ...     bb.julia.translate_function(lambda z, p: p * jnp.fft.rfft(z).real[:1], [1.0])
        ... except bb.errors.UnsupportedPrimitiveError as error:
        ...     print(error.primitive)
        fft
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

    Example:
        >>> import bifbridge as bb
        >>> error = bb.errors.TranslationMismatchError(
        ...     "J·v differs.", "J·v", error=1e-3, tolerance=1e-9
        ... )
        >>> error.quantity, error.error > error.tolerance
        ('J·v', True)
    """

    def __init__(self, message: str, quantity: str, error: float, tolerance: float):
        super().__init__(message)
        self.quantity = quantity
        self.error = error
        self.tolerance = tolerance
