"""Trials spread over four virtual devices, in a process of its own: devices are fixed at start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def measured():
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=4"
    environment = os.environ | {"XLA_FLAGS": flags}
    script = Path(__file__).with_name("sharded_check.py")
    found = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["trajectories", "push", "pull", "eigenvalues"])
def test_sharded_trials_give_the_same_numbers(measured, name):
    assert measured["devices"] == 4
    assert measured[name] < 1e-13


@pytest.mark.slow
def test_there_is_no_collective_but_the_sum_over_devices_after_a_pull(measured):
    assert measured["solve_collectives"] == [0, 0]
    assert measured["push_collectives"] == [0, 0]
    # One in the program, and that one in its entry computation: outside of every loop.
    assert measured["pull_collectives"] == [1, 1]


@pytest.mark.slow
def test_trials_that_do_not_divide_are_refused(measured):
    assert "expected a multiple: 4 or 8" in measured["refusal"]
