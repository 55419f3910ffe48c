"""The table of the scaling benchmark extends the line through its sizes, and nothing else."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def scale(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("scale")


def test_a_straight_line_is_extended_exactly(scale):
    rows = [{"tasks": n, "run": 2 + 0.003 * n, "bytes": 5000 * n} for n in (100, 300, 1000)]
    *_, each, total = scale.table(rows, "tasks", 10**5).splitlines()
    assert each == "| each further | 3 ms | 5 kB |"
    assert total == "| *1e5, extrapolated* | *302 s* | *500 MB* |"


def test_every_size_has_the_same_say_in_the_line(scale):
    # Least squares would let the largest size alone decide, and miss the smallest by a second.
    rows = [{"tasks": n, "run": n * s} for n, s in ((10, 1.1), (100, 1.0), (1000, 1.0))]
    *_, each, total = scale.table(rows, "tasks", 10).splitlines()
    assert each == "| each further | 994 ms |"
    assert total == "| *1e1, extrapolated* | *11 s* |"


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [(0.0123, "run", "12.3 ms"), (30.0, "run", "30 s"), (7200.0, "run", "2 h"),
     (999, "bytes", "999 B"), (2.5e12, "bytes", "2.5 TB")],
)  # fmt: skip
def test_numbers_have_a_unit_that_suits_them(scale, value, column, text):
    assert scale.shown(value, column) == text
