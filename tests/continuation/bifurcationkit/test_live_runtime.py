"""The runtime with a live Julia: what crosses, what fails, what Ctrl-C and a crash do."""

import json
import os
import signal
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typer.testing import CliRunner

import bifbridge as bb
from bifbridge.cli import app
from bifbridge.continuation import LeafFamily, Status
from bifbridge.continuation.bifurcationkit import BifurcationKit, ContinuationPar
from bifbridge.continuation.bifurcationkit._callback import CallbackField
from bifbridge.continuation.bifurcationkit._field import field_request
from bifbridge.continuation.bifurcationkit._runtime import call
from bifbridge.continuation.bifurcationkit._worker import _WORKER, isolated_call
from tests import helpers

pytestmark = [pytest.mark.julia, pytest.mark.slow, pytest.mark.usefixtures("live_julia")]


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -2.5, 1 + 2j, "Grüße, ẏ", [], [1, 2, 3], ["a", "b"], (1, "a", None),
        {}, {"a": 1.5, "b": {"c": "d"}}, [1, "a"], [{"x": 1}, {"y": 2.0}], float("inf"),
    ],
)  # fmt: skip
def test_plain_values_come_back_as_they_went(value):
    found = call("identity", value)
    if isinstance(value, list) and value and all(isinstance(item, int) for item in value):
        np.testing.assert_array_equal(found, value)
    else:
        assert found == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24.0).reshape(2, 3, 4),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(6.0)[::-2],
        np.array([[1, 2], [3, 4]]),
        np.array([True, False]),
        np.array([1 + 2j, 3.0]),
        np.zeros((0, 3)),
        np.arange(3, dtype=np.float32),
        np.nan * np.ones(2),
    ],
)
def test_arrays_come_back_in_shape(array):
    found = call("identity", array)
    assert found.shape == array.shape
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, array)


def test_an_array_is_indexed_alike_on_both_sides():
    array = np.arange(24.0).reshape(2, 3, 4)
    assert call("getindex", array, 1, 2, 4) == array[0, 1, 3]
    assert call("size", array) == (2, 3, 4)


def test_a_result_that_is_not_plain_data_is_refused():
    with pytest.raises(bb.errors.JuliaExecutionError, match="cannot be handed to Python"):
        call("Watch", None, 1.0)


def test_an_exception_has_message_backtrace_and_request():
    with pytest.raises(bb.errors.JuliaExecutionError, match="in a test: no such luck") as caught:
        call("error", "no such luck", request="a test")
    assert "error" in caught.value.backtrace
    with pytest.raises(bb.errors.JuliaExecutionError, match="DomainError"):
        call("sqrt", -1.0)


def test_an_exception_in_a_called_back_field_is_the_users_own():
    def broken(z, p):
        raise ZeroDivisionError("no such field")

    with pytest.raises(ZeroDivisionError, match="no such field") as caught:
        call("evaluate", CallbackField(broken, 1), "value", np.ones(1), 1.0, [])
    assert isinstance(caught.value.__cause__, bb.errors.JuliaExecutionError)


KINDS = [
    ("value", 0), ("jacobian", 0), ("parameter", 0), ("jvp", 1), ("mixed", 1), ("second", 2),
    ("third", 3),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "directions"), KINDS)
def test_a_called_back_network_has_the_derivatives_of_its_translation(kind, directions):
    family = LeafFamily(helpers.symmetric_network(5).field, "gain")
    generator = np.random.default_rng(0)
    z, vectors = generator.normal(size=5), list(generator.normal(size=(directions, 5)))
    translated = field_request(family, jnp.asarray(z), 1.2, "translate", call)
    called_back = call("evaluate", CallbackField(family, 5), kind, z, 1.2, vectors)
    expected = call("evaluate", translated, kind, z, 1.2, vectors)
    scale = np.max(np.abs(expected))
    np.testing.assert_allclose(called_back, expected, rtol=1e-12, atol=1e-12 * scale)


def test_third_derivatives_of_a_field_that_only_jax_knows():
    def field(z, p):
        return p * jnp.sinc(z)

    z, ones = np.array([0.3]), [np.ones(1)] * 3
    found = call("evaluate", CallbackField(field, 1), "third", z, 2.0, ones)
    derivative = jax.grad(jax.grad(jax.grad(lambda x: 2.0 * jnp.sinc(x))))
    assert found[0] == pytest.approx(float(derivative(0.3)), rel=1e-12)


def test_the_doctor_finds_this_julia_healthy():
    result = CliRunner().invoke(app, ["julia", "doctor", "--json"])
    report = json.loads(result.stdout)
    assert result.exit_code == 0, report
    assert report["healthy"] is True
    assert report["load_seconds"] > 0


def test_a_user_who_imported_juliacall_first_is_warned_and_served():
    program = (
        "import warnings, juliacall\n"
        "import jax; jax.config.update('jax_enable_x64', True)\n"
        "from bifbridge.continuation.bifurcationkit._runtime import call\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    print(call('identity', 3))\n"
        "print([w.category.__name__ for w in caught])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["3", "['JuliaStartedElsewhereWarning']"]


INTERRUPTED = """
import jax
jax.config.update("jax_enable_x64", True)
import bifbridge as bb
from bifbridge.continuation.bifurcationkit import BifurcationKit, ContinuationPar

def tell(step, p):
    if step == 5:
        print("running", flush=True)

problem = bb.ContinuationProblem(lambda z, p: p * z - z**3 - 0.1, [-1.0], span=(-1, 1e6),
                                 parameter=0.5)
steps = ContinuationPar(ds=1e-5, dsmax=1e-5, max_steps=10**7, detect_bifurcation=0)
branch = bb.continuation(problem, BifurcationKit(steps, directions="up", on_step=tell))
print(branch.status.name, len(branch) > 5, flush=True)
"""


def test_ctrl_c_ends_a_run_and_keeps_its_branch():
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, encoding="utf8"
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "running"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=300)
    assert rest.strip() == "INTERRUPTED True"
    assert process.returncode == 0


@pytest.fixture
def isolated():
    yield
    _WORKER.close()


def test_an_isolated_engine_gives_the_same_and_survives_a_kill(isolated):
    problem = bb.ContinuationProblem(helpers.pitchfork, [0.0], span=(-1, 1))
    told = []
    engine = BifurcationKit(isolated=True, on_step=lambda step, p: told.append(step))
    (point,) = bb.continuation(problem, engine).special_points
    assert point.kind == "pitchfork"
    assert point.normal_form is not None
    assert float(point.normal_form.cubic) == pytest.approx(-1)
    assert told
    before = _WORKER.pid
    with pytest.raises(bb.errors.JuliaCrashError, match="SIGKILL"):
        isolated_call("run", _Kill())
    assert _WORKER.pid != before
    assert isolated_call("identity", 4) == 4


class _Kill:
    """Dies in the process that reads it."""

    def __reduce__(self):
        return os.kill, (_ProcessId(), signal.SIGKILL)


class _ProcessId:
    def __reduce__(self):
        return os.getpid, ()


def test_a_cross_check_of_both_engines_on_a_network():
    known = helpers.symmetric_network(6)
    problem = bb.ContinuationProblem(LeafFamily(known.field, "gain"), np.zeros(6), span=(0.5, 1.9))
    engines = {"ours": bb.JaxEngine(), "theirs": BifurcationKit(ContinuationPar(ds=0.01))}
    check = bb.cross_check(problem, engines)
    assert check.agrees(1e-6), check
    assert all(branch.status == Status.SPAN_END for branch in check.branches)
    found = [match.quantities[0].values[1] for match in check.matches]
    np.testing.assert_allclose(
        np.array(found, float), [g for g in known.gains if 0.5 < g < 1.9], rtol=1e-9
    )
