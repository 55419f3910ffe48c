"""Refusing an argument of the wrong type where it enters, with the call that was meant."""

from typing import Any


def expect(
    caller: str, argument: str, value: Any, kinds: type | tuple[type, ...], wanted: str
) -> None:
    """Raise a `TypeError` unless the value is of one of the kinds; `wanted` ends the sentence."""
    if isinstance(value, kinds):
        return
    given = f"{argument}={value!r}" if _is_short(value) else f"{named(value)} for {argument}"
    raise TypeError(f"{caller}: got {given}, expected {wanted}.{_forgotten(value, kinds)}")


def _is_short(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | complex)


def named(value: Any) -> str:
    """What a value is, in words: results and modules print too long to be quoted."""
    if _is_short(value):
        return repr(value)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__}"
    if hasattr(value, "shape"):
        return f"an array of shape {tuple(value.shape)}"
    article = "an" if type(value).__name__[0] in "AEIOUaeiou" else "a"
    return f"{article} {type(value).__name__}"


def _forgotten(value: Any, kinds: type | tuple[type, ...]) -> str:
    """A class stands where one of its objects belongs: the brackets are missing."""
    if isinstance(value, type) and issubclass(value, kinds):
        return f" Make an object of it: {value.__name__}()."
    return ""
