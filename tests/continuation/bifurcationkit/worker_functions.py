"""What a worker process runs in tests, in place of Julia."""

import os
import signal
import time

import numpy as np


def answer(entry, arguments, keywords, request, hook):
    """One request of each sort."""
    match entry:
        case "double":
            return {"result": 2 * np.asarray(arguments[0]), "pid": os.getpid(), **keywords}
        case "raise":
            raise LookupError("inside the worker")
        case "die":
            os.kill(os.getpid(), getattr(signal, arguments[0]))
        case "exit":
            os._exit(7)
        case "steps":
            made = 0
            while made < arguments[0] and hook(made, 0.5 * made):
                made += 1
                time.sleep(0.01)
            return made
    raise ValueError(entry)
