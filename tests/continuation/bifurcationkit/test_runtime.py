"""Julia starts late, once, on the main thread, and says why when it does not."""

import os
import subprocess
import sys
import threading
import urllib.error
from importlib.metadata import version

import numpy as np
import pytest

import bifbridge as bb
from bifbridge.continuation.bifurcationkit import _runtime
from bifbridge.continuation.bifurcationkit._environment import prepare_environment
from bifbridge.continuation.bifurcationkit._runtime import (
    JuliaStartedElsewhereWarning,
    call,
    julia,
)
from tests.continuation.bifurcationkit.fake_juliacall import fake_juliacall

PACKAGES = {"PythonCall": version("juliacall"), "BifurcationKit": "0.8.0"}
SETTINGS = ("THREADS", "HANDLE_SIGNALS", "AUTOLOAD_IPYTHON_EXTENSION", "INIT")


@pytest.fixture
def ready(no_julia_yet, air_gapped, fake_julia, project, monkeypatch):
    """Everything is in place, and no variable is set but the two."""
    air_gapped(fake_julia("1.11.1"), project(PACKAGES))
    for name in SETTINGS:
        monkeypatch.delenv(f"PYTHON_JULIACALL_{name}", raising=False)
    # `prepare_environment` sets variables; monkeypatch takes them back.
    monkeypatch.setattr(os, "environ", os.environ.copy())


def install(monkeypatch, **options):
    fake = fake_juliacall(**options)
    monkeypatch.setitem(sys.modules, "juliacall", fake)
    return fake


def test_importing_bifbridge_does_not_import_juliacall():
    program = (
        "import sys, bifbridge, bifbridge.continuation.bifurcationkit\n"
        "assert bifbridge.julia.julia_available() in (True, False)\n"
        "print(sorted({'juliacall', 'typer'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf8", check=True
    )
    assert done.stdout.strip() == "[]"


def test_availability_is_told_without_starting(ready, monkeypatch):
    monkeypatch.setitem(sys.modules, "juliacall", None)  # importing it would raise
    assert bb.julia.julia_available()


def test_without_julia_it_is_not_available(no_julia_yet, nothing_installed):
    assert not bb.julia.julia_available()


def test_julia_is_started_once_in_a_module_of_its_own(ready, monkeypatch):
    fake = install(monkeypatch)
    first, second = julia(), julia()
    assert first is second
    assert fake.names == ["bifbridge"]
    assert fake.module.arguments[0].endswith("BifBridge")
    assert fake.module.arguments[1].endswith("border.jl")
    assert first.start_seconds >= 0


def test_arguments_and_results_are_plain_data(ready, monkeypatch):
    install(monkeypatch)
    entry, arguments, keywords = call("evaluate", 1, np.arange(3.0), options={"ds": 0.1})
    assert entry == "evaluate"
    assert arguments[0] == 1
    np.testing.assert_array_equal(arguments[1], [0, 1, 2])
    assert keywords == {"options": {"ds": 0.1}}


def test_an_exception_of_julia_has_message_backtrace_and_request(ready, monkeypatch):
    install(monkeypatch)
    with pytest.raises(bb.errors.JuliaExecutionError) as caught:
        call("fail", request="equilibria of the network from p = 0")
    error = caught.value
    assert "in equilibria of the network from p = 0: DomainError with -1.0" in str(error)
    assert "caused by: a cause" in error.julia_message
    assert "sqrt at math.jl" in error.backtrace
    assert error.request == "equilibria of the network from p = 0"


def test_another_thread_is_refused_with_the_way_out(ready, monkeypatch):
    install(monkeypatch)
    caught = []

    def run():
        try:
            call("evaluate")
        except bb.errors.JuliaUnavailableError as error:
            caught.append(str(error))

    thread = threading.Thread(target=run, name="worker-7")
    thread.start()
    thread.join()
    assert "'worker-7'" in caught[0]
    assert "isolated=True" in caught[0]


def test_a_julia_that_runs_already_is_used_and_warned_about(ready, monkeypatch):
    install(monkeypatch, started=True, project="/elsewhere", opt_threads="8")
    with pytest.warns(JuliaStartedElsewhereWarning, match=r"(?s)project /elsewhere, threads 8"):
        julia()


def test_a_juliacall_imported_without_starting_is_started(ready, monkeypatch, recwarn):
    fake = install(monkeypatch)
    julia()
    assert fake.CONFIG["inited"]
    assert not recwarn.list


def test_a_juliacall_that_may_not_start_is_said_to(ready, monkeypatch):
    fake = install(monkeypatch)
    fake.init = lambda: None
    with pytest.raises(bb.errors.JuliaUnavailableError, match="PYTHON_JULIACALL_INIT=no"):
        julia()


def test_variables_are_set_only_where_the_user_set_none(ready, monkeypatch):
    monkeypatch.setenv("PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION", "yes")
    monkeypatch.setenv("JULIA_NUM_THREADS", "12")
    chosen = prepare_environment()
    assert chosen == {"PYTHON_JULIACALL_THREADS": "1", "PYTHON_JULIACALL_HANDLE_SIGNALS": "no"}
    assert os.environ["PYTHON_JULIACALL_THREADS"] == "1"
    assert os.environ["PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION"] == "yes"


def test_a_user_with_threads_gets_the_signal_handling_that_they_need(ready, monkeypatch):
    monkeypatch.setenv("PYTHON_JULIACALL_THREADS", "4")
    assert prepare_environment()["PYTHON_JULIACALL_HANDLE_SIGNALS"] == "yes"


@pytest.mark.parametrize(
    ("error", "words", "remedy"),
    [
        (urllib.error.URLError("no route"), "could be downloaded", "bifbridge julia install"),
        (Exception("could not find Julia 1.10.3 - 1.11"), "OFFLINE", "Unset"),
        (
            subprocess.CalledProcessError(1, ["julia", "Pkg.add"]),
            "half installed",
            "bifbridge julia install --force",
        ),
        (OSError("libstdc++.so.6: version `GLIBCXX_3.4.30' not found"), "libstdc++", "LD_PRELOAD"),
        (Exception("PythonCall.jl did not start properly"), "lacks a package", "bifbridge julia"),
        (AssertionError(), "Julia did not start", "bifbridge julia"),
    ],
)
def test_failures_to_start_say_what_was_found_and_what_mends_it(
    error, words, remedy, no_julia_yet, nothing_installed, fake_julia, monkeypatch
):
    program = fake_julia("1.5.3")

    def fail():
        raise error

    monkeypatch.setattr(_runtime, "_imported", fail)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with pytest.raises(bb.errors.JuliaUnavailableError) as caught:
        julia()
    assert words in str(caught.value)
    assert f"Found: Julia 1.5.3 at {program}" in str(caught.value)
    assert remedy in caught.value.remedy
    assert "bifbridge julia doctor" in caught.value.remedy
    assert caught.value.__cause__ is error


def test_a_julia_that_failed_half_way_is_not_started_again(ready, monkeypatch):
    def fail():
        raise Exception("PythonCall.jl did not start properly")

    monkeypatch.setattr(_runtime, "_imported", fail)
    with pytest.raises(bb.errors.JuliaUnavailableError):
        julia()
    install(monkeypatch)
    with pytest.raises(bb.errors.JuliaUnavailableError, match="restart Python"):
        julia()


def test_an_old_julia_named_by_the_user_is_not_even_tried(
    no_julia_yet, air_gapped, fake_julia, project, monkeypatch
):
    air_gapped(fake_julia("1.5.3"), project(PACKAGES))
    monkeypatch.setitem(sys.modules, "juliacall", None)
    with pytest.raises(
        bb.errors.JuliaUnavailableError, match=r"is Julia 1\.5\.3; needed is 1\.10\.3"
    ):
        julia()


def test_a_package_that_does_not_load_is_explained(ready, monkeypatch):
    text = "ArgumentError: Package BifurcationKit not found in current path."
    install(monkeypatch, error=text)
    with pytest.raises(bb.errors.JuliaUnavailableError, match="lacks a package") as caught:
        julia()
    assert "Pkg.instantiate()" in caught.value.remedy


def test_offline_without_julia_the_real_juliacall_is_translated(tmp_path):
    program = (
        "import bifbridge as bb\n"
        "from bifbridge.continuation.bifurcationkit._runtime import julia\n"
        "try:\n"
        "    julia()\n"
        "except bb.errors.JuliaUnavailableError as error:\n"
        "    print(error)\n"
    )
    clean = {k: v for k, v in os.environ.items() if "JULIA" not in k}
    environment = clean | {
        "PATH": str(tmp_path),
        "HOME": str(tmp_path),
        "PYTHON_JULIAPKG_OFFLINE": "yes",
        "PYTHON_JULIAPKG_PROJECT": str(tmp_path / "project"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, encoding="utf8", env=environment, check=True,
    )  # fmt: skip
    assert "Found: no Julia; needed: Julia 1.10.3" in done.stdout
    assert "Unset PYTHON_JULIAPKG_OFFLINE and run `bifbridge julia install`" in done.stdout
