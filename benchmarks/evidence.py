"""Evidence for the paper's claims: one table and one figure page.

    python benchmarks/evidence.py --json evidence.json [--seeds 10] [--quick] [--out DIR]

Each claim is a module of `benchmarks/claims` and measured seed by seed. What a seed gave is kept
in the folder `--out`, so that an interrupted run goes on where it stopped; delete the folder of a
claim to measure it anew. `--markdown docs/evidence.md --figure docs/figures/evidence.png` writes
the document. `--quick` is a smoke test: one seed, few points, no training.
"""

import argparse
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import jax

jax.config.update("jax_enable_x64", True)

from claims._claim import Claim, Outcome, outcomes  # noqa: E402
from claims._table import document, number  # noqa: E402

from bifbridge.studies.student_teacher._summary import versions  # noqa: E402

#: Modules of `claims`, in the order of the document.
NAMES = (
    "collapse",
    "student_teacher",
    "successive",
    "kinds",
    "restricted",
    "peak",
    "learning",
    "companion",
    "theory_rows",
)
#: These train networks, which a smoke test has no time for.
TRAINED = {"student_teacher", "successive"}


def load(name: str) -> Claim:
    """The claim of a module of `claims`."""
    return importlib.import_module(f"claims.{name}").CLAIM


def results_of(claim: Claim, seeds: int, quick: bool, out: Path) -> list[dict[str, Any]]:
    """What every seed gave, measured where it is not known yet."""
    folder = out / ("quick" if quick else "full") / claim.name
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in range(seeds):
        file = folder / f"{seed}.json"
        if not file.exists():
            start = time.perf_counter()
            measured = {key: _plain(x) for key, x in claim.measure(seed, quick, folder).items()}
            temporary = file.with_suffix(".part")
            temporary.write_text(json.dumps(measured), encoding="utf-8")
            temporary.replace(file)
            seconds = time.perf_counter() - start
            print(f"{claim.name}, seed {seed}: {seconds:.1f} s", file=sys.stderr, flush=True)
        found.append(json.loads(file.read_text(encoding="utf-8")))
    return found


def _plain(value: Any) -> Any:
    """Python's own numbers, for JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str) else float(value)


def print_outcomes(claim: Claim, found: list[Outcome]) -> None:
    """The table of a claim on the terminal."""
    print(f"\n{claim.title}")
    for outcome in found:
        criterion, (low, high) = outcome.quantity.criterion, outcome.span
        met = "" if criterion is None else f"{criterion.text}: {outcome.met} of {outcome.seeds}"
        values = f"{number(outcome.median)} ({number(low)} … {number(high)})"
        print(f"  {outcome.quantity.label:74s} {values:34s} {met}", flush=True)


def table_as_json(found: list[Outcome]) -> list[dict[str, Any]]:
    """Outcomes as plain data."""
    return [
        {
            "quantity": outcome.quantity.key,
            "label": outcome.quantity.label,
            "expected": outcome.quantity.expected,
            "values": list(outcome.values),
            "criterion": outcome.quantity.criterion and outcome.quantity.criterion.text,
            "met": outcome.met,
            "seeds": outcome.seeds,
        }
        for outcome in found
    ]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write all numbers to this file")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="a smoke test of one seed")
    parser.add_argument("--out", type=Path, default=Path("runs/evidence"))
    parser.add_argument("--claims", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--markdown", type=Path, help="write the document")
    parser.add_argument("--figure", type=Path, help="write the figure page")
    options = parser.parse_args()
    seeds = 1 if options.quick else options.seeds
    names = [name for name in options.claims if not (options.quick and name in TRAINED)]
    claims, raw, found = [load(name) for name in names], {}, {}
    for claim in claims:
        raw[claim.name] = results_of(claim, seeds, options.quick, options.out)
        found[claim.name] = outcomes(claim, raw[claim.name])
        print_outcomes(claim, found[claim.name])
    how = f"{seeds} seeds, `python benchmarks/evidence.py --json evidence.json`; " + ", ".join(
        f"{name} {version}" for name, version in versions().items() if name in {"python", "jax"}
    )
    if options.json:
        table = {name: table_as_json(rows) for name, rows in found.items()}
        content = {"versions": versions(), "seeds": seeds, "quick": options.quick}
        text = json.dumps(content | {"table": table, "measured": raw}, indent=1)
        options.json.write_text(text, encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(document(claims, found, how + "."), encoding="utf-8")
    if options.figure:
        from claims._figure import figure_page

        figure_page(raw, options.figure)


if __name__ == "__main__":
    main()
