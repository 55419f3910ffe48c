"""A juliacall that runs no Julia: it keeps what it was told and answers as the border does."""

import types
from typing import Any


def decode(value):
    """What julia/BifBridge/python/border.jl makes of an encoded value, in Python."""
    kind, content = value
    if kind == "list":
        return [decode(item) for item in content]
    if kind == "tuple":
        return tuple(decode(item) for item in content)
    if kind == "dict":
        return {name: decode(item) for name, item in content}
    return content


def invoke(entry, arguments, keywords):
    if entry == "fail":
        return False, ("DomainError with -1.0\ncaused by: a cause", "[1] sqrt at math.jl")
    return True, (entry, decode(arguments), decode(keywords))


class FakeModule:
    """A Julia module in which only bifbridge's own lines are understood."""

    def __init__(self, error=None):
        self.lines = []
        self.arguments = []
        self._error = error

    def seval(self, line):
        self.lines.append(line)
        if line == "python_invoke":
            return invoke
        if self._error is not None and "include" in line:
            raise self._error
        return self.arguments.append


def fake_juliacall(started=False, error=None, **config) -> Any:
    """The module `juliacall`, started already or starting without a murmur."""
    fake: Any = types.ModuleType("juliacall")
    fake.CONFIG = {"inited": started, **config}
    fake.JuliaError = type("JuliaError", (Exception,), {})
    fake.module = FakeModule(error and fake.JuliaError(error))
    fake.names = []

    def newmodule(name):
        fake.names.append(name)
        return fake.module

    def init():
        fake.CONFIG["inited"] = True

    fake.newmodule, fake.init = newmodule, init
    return fake
