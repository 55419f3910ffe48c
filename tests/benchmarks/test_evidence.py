"""The evidence script runs end to end, judges numbers rightly, and resumes."""

import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def claims(monkeypatch):
    """A module of `benchmarks/claims` by name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return lambda name: importlib.import_module(f"claims.{name}")


def run(script, *options):
    command = [sys.executable, str(BENCHMARKS / script), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def made_up(claims, quantity, results):
    module = claims("_claim")
    claim = module.Claim("made_up", "Made up", "Nothing.", (quantity,), lambda *_: {})
    return claim, module.outcomes(claim, results)


def test_a_seed_without_the_number_does_not_meet_the_criterion(claims):
    module = claims("_claim")
    quantity = module.Quantity("x", "a number", module.at_most(2))
    results = [{"x": 1.0}, {"x": 5.0}, {"x": None}, {"x": math.nan}, {}]
    claim, (outcome,) = made_up(claims, quantity, results)
    assert (outcome.met, outcome.seeds) == (1, 5)
    assert (outcome.median, outcome.span) == (3.0, (1.0, 5.0))
    text = claims("_table").document([claim], {"made_up": [outcome]}, "By hand.")
    assert "1 of 5 (3 without it)" in text
    assert "**Does not match** on every seed" in text
    assert "wanted ≤ 2, met by 1 of 5 seeds; median 3.00, from 1.00 to 5.00" in text


def test_a_claim_that_holds_is_said_to_hold(claims):
    module = claims("_claim")
    quantity = module.Quantity("x", "a number", module.within(1, 0.5))
    claim, found = made_up(claims, quantity, [{"x": 0.6}, {"x": 1.5}])
    text = claims("_table").document([claim], {"made_up": found}, "By hand.")
    assert "all 1 criteria hold on every seed" in text
    assert "Does not match" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1.234, "1.23"), (-12.34, "−12.3"), (3e-7, "3e−07"), (math.nan, "–")],
)
def test_numbers_have_three_digits(claims, value, text):
    assert claims("_table").number(value) == text


def test_numbers_near_one_show_their_distance_from_it(claims):
    assert claims("_table").number(0.99964) == "0.99964"
    assert claims("_table").number(0.9812) == "0.981"


@pytest.mark.slow
def test_the_smoke_test_measures_every_untrained_claim_and_resumes(tmp_path):
    options = ("--quick", "--out", tmp_path / "out", "--json", tmp_path / "evidence.json")
    document = ("--markdown", tmp_path / "evidence.md", "--figure", tmp_path / "evidence.png")
    first = run("evidence.py", *options, *document)
    assert first.returncode == 0, first.stderr
    found = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
    rows = {row["quantity"]: row for row in found["table"]["theory_rows"]}
    assert rows["rank 0.0"]["met"] == 1
    assert found["table"]["restricted"][0]["values"][0] < 2e-4
    assert "## The restricted kernel" in (tmp_path / "evidence.md").read_text(encoding="utf-8")
    assert (tmp_path / "evidence.png").stat().st_size > 10_000
    again = run("evidence.py", *options)
    assert again.returncode == 0, again.stderr
    assert "seed 0" in first.stderr
    assert "seed 0" not in again.stderr


def test_without_kpflow_its_benchmark_says_so_and_fails():
    done = run("kpflow.py")
    assert done.returncode != 0
    assert "SKIPPED, nothing was measured" in done.stderr


def test_a_section_is_replaced_and_the_others_stay(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    sections, page = importlib.import_module("_sections"), tmp_path / "page.md"
    for title, text in (("B", "old"), ("A", "first"), ("B", "new")):
        sections.write_section(page, title, text)
    content = page.read_text(encoding="utf-8")
    assert content == f"{sections.TITLE}\n\n## A\n\nfirst\n\n## B\n\nnew\n"


def test_one_size_is_measured_in_a_process_of_its_own():
    done = run("sntk_scaling.py", "--child", "[6, 3, 10, true, true]", 1)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["product"] > 0
    assert found["gradient"] > 0
    assert 0.1 < found["gigabytes"] < 8
