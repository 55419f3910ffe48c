"""Who sees how far a computation is, where, and from when on."""

import functools
import io
import json
import os
import subprocess
import sys
import threading
import types

import pytest
from tqdm import tqdm

import bifbridge as bb
from bifbridge import _progress
from bifbridge._progress import VARIABLE, in_notebook, progress, show_progress

#: A computation of 23 seconds by a clock that is turned by hand.
SLOW = """
import contextlib, time, bifbridge as bb
from bifbridge._progress import progress
now = [0.0]
time.monotonic = lambda: now[0]
with {shown}, progress("continuation", "points") as told:
    for k in range(1, 24):
        now[0] += 1.0
        told(k, p=k / 10)
print("result")
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Heard:
    """All that the standard error stream, a pipe, was told so far."""

    def __init__(self, capsys):
        self._capsys, self._text = capsys, ""

    def getvalue(self):
        self._text += self._capsys.readouterr().err
        return self._text


@pytest.fixture
def stderr(monkeypatch, capsys):
    monkeypatch.delenv(VARIABLE, raising=False)
    return Heard(capsys)


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def kernel(monkeypatch):
    """An IPython kernel without ipywidgets."""
    shell = types.SimpleNamespace(kernel=object(), config={"IPKernelApp": {}})
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)


def counted(clock, steps, seconds, **options):
    with progress("work", "steps", **options) as told:
        for k in range(1, steps + 1):
            clock[0] += seconds
            told(k, loss=1 / k)


def run(code, variable=None):
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if variable is not None:
        environment[VARIABLE] = variable
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )


def test_a_script_is_silent_by_default_and_its_stdout_always_clean():
    done = run(SLOW.format(shown="contextlib.nullcontext()"))
    assert (done.stdout, done.stderr) == ("result\n", "")


@pytest.mark.parametrize(
    ("shown", "variable"), [("contextlib.nullcontext()", "1"), ("bb.show_progress()", None)]
)
def test_in_a_pipe_whole_lines_come_at_intervals(shown, variable):
    done = run(SLOW.format(shown=shown), variable)
    assert done.stdout == "result\n"
    assert "\r" not in done.stderr
    assert done.stderr.splitlines() == [
        "continuation 2 points, p = 0.2 (2 s)",
        "continuation 12 points, p = 1.2 (12 s)",
        "continuation 22 points, p = 2.2 (22 s)",
        "continuation 23 points, p = 2.3; done (23 s)",
    ]


def test_the_environment_silences_what_a_program_shows():
    assert run(SLOW.format(shown="bb.show_progress()"), "0").stderr == ""


def test_a_notebook_shows_a_bar_by_default(kernel, stderr, clock):
    assert in_notebook()
    counted(clock, 40, 0.1)
    assert "\rwork: 20 steps [00:02" in stderr.getvalue()
    assert "loss = 0.05" in stderr.getvalue()


def test_a_notebook_shows_nothing_of_what_takes_less_than_two_seconds(kernel, stderr, clock):
    counted(clock, 19, 0.1)
    assert stderr.getvalue() == ""


def test_a_notebook_can_be_silenced(kernel, stderr, clock):
    with show_progress(False):
        counted(clock, 40, 0.1)
    assert stderr.getvalue() == ""


def test_a_shell_without_a_kernel_is_no_notebook(monkeypatch):
    shell = types.SimpleNamespace(config={})
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert not in_notebook()


def test_a_terminal_shows_a_bar_with_its_share_and_clears_it(monkeypatch, stderr, clock):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with show_progress():
        counted(clock, 40, 0.1, total=40)
    assert "50%" in terminal.getvalue()
    assert "20/40" in terminal.getvalue()
    assert "\n" not in terminal.getvalue()
    assert terminal.getvalue().rpartition("\r")[0].endswith(" ")


def test_a_bar_that_tqdm_s_own_variable_disables_shows_nothing(monkeypatch, stderr, clock):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(_progress, "_tqdm", lambda: functools.partial(tqdm, disable=True))
    with show_progress():
        counted(clock, 40, 0.1, total=40)
    assert terminal.getvalue() == ""


def test_stages_within_a_stage_speak_on_its_line(stderr, clock):
    with show_progress(), progress("diagram", "branches") as branches:
        counted(clock, 30, 0.1)
        branches(1)
        clock[0] += 30
        branches(2)
    assert stderr.getvalue().splitlines() == [
        "diagram 0 branches; work 20 steps, loss = 0.05 (2 s)",
        "diagram 2 branches (33 s)",
        "diagram 2 branches; done (33 s)",
    ]


def test_a_stage_that_only_frames_others_has_no_count(stderr, clock):
    with show_progress(), progress("continuation"):
        counted(clock, 20, 0.1)
    first = stderr.getvalue().splitlines()[0]
    assert first == "continuation; work 20 steps, loss = 0.05 (2 s)"


def test_what_fails_is_not_said_to_be_done(stderr, clock):
    def interrupted():
        with show_progress(), progress("work", "steps") as told:
            clock[0] += 5
            told(3)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stderr.getvalue() == "work 3 steps (5 s)\n"
    counted(clock, 3, 5.0)
    assert stderr.getvalue().count("\n") == 1


def test_a_generator_that_is_left_halfway_leaves_no_stage_open(stderr, clock):
    def items():
        with progress("items", "of them", yields=True) as told:
            for k in range(10):
                clock[0] += 3
                told(k)
                yield k

    with show_progress():
        for k in items():
            if k == 1:
                break
        counted(clock, 1, 3.0)
    assert [line.split()[0] for line in stderr.getvalue().splitlines()] == [
        "items", "items", "work", "work",
    ]  # fmt: skip


def test_a_generator_is_silent_within_a_stage_of_its_consumer(stderr, clock):
    with show_progress(), progress("training", "steps") as told:
        counted(clock, 3, 3.0, yields=True)
        told(1)
    assert "work" not in stderr.getvalue()
    assert "training 1 steps" in stderr.getvalue()


def test_other_threads_are_silent_unless_they_ask_themselves(kernel, stderr, clock):
    def asking():
        with show_progress():
            counted(clock, 3, 3.0)

    for target, silent in ((lambda: counted(clock, 3, 3.0), True), (asking, False)):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
        assert (stderr.getvalue() == "") == silent


def test_no_thread_is_left_behind(kernel, stderr, clock):
    before = threading.active_count()
    counted(clock, 40, 0.1)
    assert stderr.getvalue()
    assert threading.active_count() == before


def test_a_closed_output_does_not_end_the_computation(monkeypatch, clock):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    monkeypatch.delenv(VARIABLE, raising=False)
    with show_progress():
        counted(clock, 40, 1.0)


def test_silence_costs_next_to_nothing():
    code = (
        "import timeit; from bifbridge._progress import progress\n"
        "with progress('work', 'steps') as told:\n"
        "    print(min(timeit.repeat(lambda: told(1, p=0.5), number=10_000, repeat=5)) / 10_000)"
    )
    assert float(run(code).stdout) < 2e-6


def test_import_loads_no_tqdm():
    assert run("import sys, bifbridge; print('tqdm' in sys.modules)").stdout == "False\n"


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("continuation; equilibria", lambda problem: bb.continuation(problem)),
        ("equilibria", lambda problem: bb.JaxEngine().run(problem)),
        ("equilibria", lambda problem: bb.KrylovEngine(max_points=20).run(problem)),
        ("bifurcation diagram", lambda problem: bb.bifurcation_diagram(problem, depth=1)),
        ("ensemble", lambda problem: bb.continuation_ensemble([problem, problem])),
        ("cross-check", lambda problem: bb.cross_check(problem, [bb.JaxEngine(), bb.JaxEngine()])),
        ("search for equilibria", lambda problem: bb.find_equilibria(cubic, [[0.4], [-2.0]])),
    ],
)
def test_verbs_say_what_they_do(stderr, monkeypatch, name, call):
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
    with show_progress():
        call(problem)
    first, last = stderr.getvalue().splitlines()[0], stderr.getvalue().splitlines()[-1]
    assert first.startswith(name)
    assert any(character.isdigit() for character in first.split("(")[0])
    assert "; done" in last


def cubic(z):
    return z - z**3


def test_training_tells_its_steps_and_its_loss(stderr, monkeypatch):
    import jax.numpy as jnp
    import optax

    from bifbridge.training import start_training, train

    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    optimiser = optax.sgd(0.1)
    state = start_training(jnp.ones(2), optimiser)
    with show_progress():
        for _ in train(lambda theta: theta @ theta, state, optimiser, steps=20, block_size=10):
            pass
    first, last = stderr.getvalue().splitlines()
    assert first.startswith("training 10/20 steps, loss = ")
    assert last.startswith("training 20/20 steps, loss = ")


def test_a_command_tells_its_lines_on_stderr_and_leaves_json_clean(tmp_path):
    (tmp_path / "mine.py").write_text("def f(z, p):\n    return p * z - z**3\n")
    code = (
        "import sys; from bifbridge import _progress; from bifbridge.cli import main\n"
        "_progress._PATIENCE = 0.0\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "sys.argv = ['bifbridge', 'continue', 'mine:f', '--start', '0', '--span=-1:1', '--json']\n"
        "main()"
    )
    done = run(code)
    assert json.loads(done.stdout)["special_points"]
    assert "\r" not in done.stderr
    assert done.stderr.startswith("continuation; equilibria ")
    assert run(code, "0").stderr == ""
