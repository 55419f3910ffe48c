"""A worker that dies takes only its request with it."""

import os
import signal

import numpy as np
import pytest

import bifbridge as bb
from bifbridge.continuation.bifurcationkit._interrupt import watched
from bifbridge.continuation.bifurcationkit._worker import Worker
from tests.continuation.bifurcationkit.worker_functions import answer


@pytest.fixture(scope="module")
def worker():
    worker = Worker(answer)
    yield worker
    worker.close()


def test_requests_are_answered_by_one_other_process(worker):
    first = worker.ask("double", (np.arange(3.0),), {"note": "a"})
    second = worker.ask("double", (4,), {})
    np.testing.assert_array_equal(first["result"], [0, 2, 4])
    assert first["note"] == "a"
    assert first["pid"] == second["pid"] == worker.pid != os.getpid()


def test_an_exception_is_raised_here_and_the_worker_lives_on(worker):
    worker.ask("double", (1,), {})
    before = worker.pid
    with pytest.raises(LookupError, match="inside the worker"):
        worker.ask("raise", (), {})
    assert worker.pid == before


def test_steps_are_told_here_and_ctrl_c_here_stops_the_run_there(worker):
    told = []

    def listener(step, parameter):
        told.append((step, parameter))
        if step == 3:
            signal.raise_signal(signal.SIGINT)

    with watched(listener) as hook:
        made = worker.ask("steps", (2000,), {}, None, hook)
    assert hook.interrupted
    assert told[:4] == [(0, 0.0), (1, 0.5), (2, 1.0), (3, 1.5)]
    # The worker counts a step only after it was told to go on.
    assert 3 <= made < 2000


def test_what_cannot_be_pickled_is_refused_before_anything_starts(worker):
    with pytest.raises(ValueError, match="cannot be sent to a worker process"):
        worker.ask("double", (lambda z: z,), {})


def test_a_killed_worker_fails_its_request_and_the_next_has_a_new_one(worker):
    worker.ask("double", (1,), {})
    before = worker.pid
    with pytest.raises(bb.errors.JuliaCrashError, match=r"in a long run: .* SIGKILL") as caught:
        worker.ask("die", ("SIGKILL",), {}, "a long run")
    assert caught.value.exit_code == -signal.SIGKILL
    assert caught.value.request == "a long run"
    assert worker.ask("double", (5,), {})["result"] == 10
    assert worker.pid != before


def test_a_worker_that_left_between_requests_is_replaced(worker):
    worker.ask("double", (1,), {})
    os.kill(worker.pid, signal.SIGSEGV)
    worker._process.join()
    with pytest.raises(bb.errors.JuliaCrashError, match="exit code 7"):
        worker.ask("exit", (), {})
