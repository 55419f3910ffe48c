"""Ctrl-C ends a run after its present step; every step is told of."""

import ctypes
import signal

import pytest

from bifbridge.continuation.bifurcationkit._interrupt import StepHook, watched

SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64, ctypes.c_double)


@pytest.fixture(autouse=True)
def usual_handler():
    # Shells start what they put into the background with Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def run(hook, steps, press_at=None):
    """A continuation that calls the hook after every step, as Julia does."""
    made = []
    with hook.pointer() as address:
        function = SIGNATURE(address)
        for step in range(steps):
            made.append(step)
            if step == press_at:
                signal.raise_signal(signal.SIGINT)
            if not function(step, 0.1 * step):
                break
    return made


def test_every_step_is_told():
    told = []
    with watched(lambda step, parameter: told.append((step, parameter))) as hook:
        assert run(hook, 4) == [0, 1, 2, 3]
    assert told == [(k, pytest.approx(0.1 * k)) for k in range(4)]
    assert hook.steps == 4
    assert not hook.interrupted


def test_ctrl_c_stops_after_the_present_step_and_raises_nothing():
    with watched() as hook:
        assert run(hook, 10, press_at=3) == [0, 1, 2, 3]
    assert hook.interrupted


def test_a_second_ctrl_c_has_its_usual_effect():
    def press_twice():
        with watched():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        press_twice()


def test_the_handler_before_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with watched():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_exception_of_the_listener_stops_the_run_and_is_raised():
    def broken(step, parameter):
        raise LookupError(f"at step {step}")

    with watched(broken) as hook, pytest.raises(LookupError, match="at step 0"):
        run(hook, 5)


def test_a_program_can_stop_a_run():
    hook = StepHook()
    hook.stop()
    assert run(hook, 5) == [0]
