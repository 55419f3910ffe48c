"""`bifbridge julia translate` prints the Julia source of a field."""

import typer
from typer.testing import CliRunner

from bifbridge.cli._julia_translate import translate_command
from bifbridge.fields import save_field
from tests import helpers

app = typer.Typer()
app.command("translate")(translate_command)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_model_is_printed_and_written(tmp_path):
    save_field(tmp_path / "model.eqx", helpers.symmetric_network(3).field)
    printed = run(tmp_path / "model.eqx", "--parameter", "gain")
    assert printed.exit_code == 0
    assert "(p .* (weights * tanh.(z)) .+ bias .- z) ./ time_constant" in printed.stdout
    target = tmp_path / "field.jl"
    written = run(tmp_path / "model.eqx", "--parameter", "gain", "--output", target)
    assert written.stdout == ""
    assert target.read_text() == printed.stdout


def test_a_function_needs_its_size():
    assert "--start" in run("tests.helpers:lorenz").stderr
    assert "z[1] * z[2]" in run("tests.helpers:lorenz", "--start", "0,0,0").stdout


def test_a_field_without_translation_is_a_message(tmp_path, monkeypatch):
    (tmp_path / "sorting.py").write_text(
        "import jax.numpy as jnp\n\ndef field(z, p):\n    return jnp.sort(z) * p\n"
    )
    monkeypatch.chdir(tmp_path)
    result = run("sorting:field", "--start", "0,0,0")
    assert result.exit_code == 1
    assert "'sort'" in result.stderr
    assert "sorting.py:4" in result.stderr
