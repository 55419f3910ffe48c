"""Tasks that the tests of studies run, in this process and in others."""

import os
import signal
import time
from pathlib import Path

import jax.numpy as jnp
import numpy as np


def square(x, log=None):
    if log is not None:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{x}\n")
    return {"y": x**2, "z": np.arange(3) * (x + 1j)}


def fails_on_two(x):
    if x == 2:
        raise ArithmeticError("two is not liked")
    return {"y": float(x)}


def fails_until(x, marker):
    if not Path(marker).exists():
        raise RuntimeError("no marker yet")
    return {"y": x}


def precision(x):
    return {"bits": jnp.asarray(1.5).dtype.itemsize * 8, "pid": os.getpid()}


def kills_once(x, marker):
    """The first worker that comes here dies without a word."""
    try:
        with open(marker, "x", encoding="utf-8"):
            pass
    except FileExistsError:
        return {"y": x}
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def kills_at_one(x, marker):
    return kills_once(x, marker) if x == 1 else {"y": x}


def always_kills(x):
    if x == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"y": x}


def slow(x, log):
    time.sleep(0.05)
    return square(x, log)


def size_of(model):
    return {"bytes": len(Path(model).read_bytes())}


def ragged(x):
    return {"values": np.arange(x), "name": "a" * x}


def pitchfork(z, p):
    return p * z - z**3
