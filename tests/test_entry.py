"""Wrong things are refused where they enter, in one sentence with the call that was meant.

The calls run in a process of their own: the run-time checks of the tests would refuse some first.
"""

import json
import subprocess
import sys

import jax.random as jr
import pytest
from typer.testing import CliRunner

import bifbridge as bb
from bifbridge.cli import app

SETTING = """
import json, sys
import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import bifbridge as bb
net = bb.CTRNN(jnp.eye(3))
family = bb.LeafFamily(net, "gain")
problem = bb.ContinuationProblem(family, jnp.zeros(3), span=(0.1, 0.4))
def one(z, p):
    return p * z - z**3
def told(call):
    try:
        eval(call)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"
print(json.dumps([told(call) for call in json.load(sys.stdin)]))
"""

#: Each call, the error, and words of its sentence.
CALLS = {
    'bb.LeafFamily(net, "bias", (99,))': "ValueError: LeafFamily: got 'bias[99]', but bias has "
    "shape (3,): expected an index from 0 to 2, such as 'bias[2]'",
    'bb.LeafFamily(net, "bias", (-1,))': "such as 'bias[2]': an entry is counted from the front",
    'bb.LeafFamily(net, "weights", (0, 3))': "a number at place 2 of the index from 0 to 2",
    'bb.LeafFamily(net, "biass", (0,))': "Did you mean 'bias'?",
    'bb.LeafFamily(net, "bias")': "expected one number per axis, such as index=(2,)",
    'bb.two_parameter.LeafTwoParameterFamily(family, "bias", (3,))': "an index from 0 to 2",
    "bb.InputFamily(net, jnp.zeros(2), jnp.zeros(3))": "expected (m,) for both",
    "bb.ContinuationProblem(family, jnp.zeros(2), span=(0, 1))": "ValueError: ContinuationProblem: "
    "got a state of shape (2,), but the field takes states of shape (3,). Write "
    "bb.ContinuationProblem(family, numpy.zeros(3), span=(lower, upper))",
    "bb.ContinuationProblem(lambda z, p: z[0], [0.0], span=(0, 1))": "returned float64 numbers of "
    "shape () at a state of shape (1,)",
    "bb.ContinuationProblem(lambda z, p: np.sin(z), [0.0], span=(0, 1))": "the field raised "
    "TracerArrayConversionError",
    'bb.ContinuationProblem(family, jnp.zeros(3), span=(0, 1), names=["wieghts"])': "Did you mean "
    "'weights'?",
    'bb.ContinuationProblem(family, jnp.zeros(3), span=(0, 1), names="bias")': "expected a list of "
    "names: names=['bias']",
    'bb.ContinuationProblem(one, [0.0], span=(0, 1), names=["bias"])': "have no named leaves",
    "bb.ContinuationProblem(net, jnp.zeros(3), span=(0, 1))": 'bb.LeafFamily(field, "gain")',
    "bb.ContinuationProblem(bb.LeafFamily, [0.0], span=(0, 1))": "Got the class LeafFamily",
    "bb.ContinuationProblem(one, [0.0], span=1.0)": "expected two numbers (lower, upper)",
    "bb.ContinuationProblem(one, [0.0], span=(1, 0))": "span=(0.0, 1.0). To go down",
    "bb.ContinuationProblem(one, [0.0], span=(0, float('nan')))": "expected finite numbers",
    'bb.continuation(problem, engine="jax")': "TypeError: continuation: got engine='jax', "
    "expected an engine, such as bb.JaxEngine().",
    "bb.continuation(problem, bb.JaxEngine)": "Make an object of it: JaxEngine().",
    "bb.continuation(family)": "expected a problem: bb.ContinuationProblem(",
    "bb.bifurcation_diagram(problem, bb.KrylovEngine())": "that follows the arms at branch points",
    "bb.plotting.plot_branch(bb.bifurcation_diagram(problem))": "plot_bifurcation_diagram(diagram)",
    "bb.normal_form(net, jnp.zeros(2))": "Write bb.normal_form(field, numpy.zeros(3)).",
    "bb.find_equilibria(net, jnp.zeros((4, 2)))": "Write starts of shape (k, 3).",
    "bb.nearest_special_point(family, [0.1, 0.1], 0.2)": "the field takes states of shape (3,)",
    "bb.linearise(net, jnp.zeros((2, 3)), bb.uniform_grid(1.0, 0.5), names=['wieghts'])": "Did you "
    "mean 'weights'?",
}


@pytest.fixture(scope="module")
def answers():
    ran = subprocess.run(
        [sys.executable, "-c", SETTING],
        input=json.dumps(list(CALLS)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(zip(CALLS, json.loads(ran.stdout), strict=True))


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_call_is_told_the_right_one(answers, call):
    assert CALLS[call] in answers[call]


def test_an_index_outside_a_models_leaf_ends_the_command_with_two(tmp_path):
    bb.save_field(tmp_path / "student.eqx", bb.random_ctrnn(3, key=jr.key(0)))
    model = str(tmp_path / "student.eqx")
    result = CliRunner().invoke(
        app, ["continue", model, "--parameter", "bias[99]", "--span", "0:1"], env={"COLUMNS": "400"}
    )
    assert result.exit_code == 2
    assert "expected an index from 0 to 2, such as 'bias[2]'" in result.stderr
