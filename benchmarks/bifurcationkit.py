"""The way to BifurcationKit and back: what crossing costs, and what a branch costs then.

    python benchmarks/bifurcationkit.py [--json FILE]

For networks ż = −z + gW tanh z of several sizes: writing the Julia code; the first evaluation of
it with its derivatives (Julia compiles); the self-test; then the branch on z = 0 with its
pitchforks, in a fresh field and again, translated, by callback, and with the field written by hand
in Julia. The goal for translated code is 1.3 times the hand-written one.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

from bifbridge.continuation import ContinuationProblem, LeafFamily  # noqa: E402
from bifbridge.continuation.bifurcationkit import BifurcationKit, ContinuationPar  # noqa: E402
from bifbridge.continuation.bifurcationkit._callback import CallbackField  # noqa: E402
from bifbridge.continuation.bifurcationkit._field import _check, _plain  # noqa: E402
from bifbridge.continuation.bifurcationkit._runtime import call, julia  # noqa: E402
from bifbridge.continuation.bifurcationkit.translation import translate_family  # noqa: E402
from bifbridge.fields import CTRNN  # noqa: E402

BY_HAND = """
function field(z, p, c)
    return p .* (c.W * tanh.(z)) .- z
end
"""


def clock(function: Callable[[], Any]) -> tuple[Any, float]:
    """A result and the seconds that it took."""
    begin = time.perf_counter()
    result = function()
    return result, time.perf_counter() - begin


def best(function: Callable[[], Any], repetitions: int = 5) -> float:
    """The shortest of several runs, in seconds."""
    return min(clock(function)[1] for _ in range(repetitions))


def weights(n: int) -> np.ndarray:
    """Symmetric weights whose largest eigenvalue is 1."""
    i, j = np.arange(1.0, n + 1)[:, None], np.arange(1.0, n + 1)[None, :]
    raw = np.sin(1.3 * i * j + 0.7 * (i + j) + 0.05 * (i * j) ** 2)
    raw = (raw + raw.T) / 2
    return raw / np.linalg.eigvalsh(raw)[-1]


def measure(n: int) -> dict[str, float]:
    """All times of one size, in seconds."""
    matrix = weights(n)
    family, state = LeafFamily(CTRNN(jnp.asarray(matrix)), "gain"), jnp.zeros(n)
    problem = ContinuationProblem(family, state, span=(0.5, 2.0))
    engine = BifurcationKit(ContinuationPar(ds=0.01, dsmax=0.02))
    options = engine.options(problem.span)
    translated, writing = clock(lambda: translate_family(family, state))
    fields = {
        "translated": _plain(translated),
        "by hand": {"source": BY_HAND, "constants": {"W": matrix}, "n": n, "parameters": 0},
        "callback": CallbackField(family, n),
    }
    one = [np.ones(n)] * 3
    first = clock(lambda: call("evaluate", fields["translated"], "third", np.ones(n), 1.0, one))[1]

    def test() -> None:
        _check(translated, lambda z, p: family.velocity(p)(z), state, 0.5, call)

    times = {"n": n, "translate": writing, "first third derivative": first}
    times["self-test, first"], times["self-test, again"] = clock(test)[1], best(test, 3)
    for name, field in fields.items():

        def run(field: Any = field) -> Any:
            return call("continue_equilibria", field, np.zeros(n), 0.5, options, directions=[1.0])

        answer, times[f"{name}, first branch"] = clock(run)
        times[f"{name}, branch"] = best(run, 2 if name == "callback" else 5)
        times[f"{name}, points"] = len(answer["ways"][0]["parameters"])
        times[f"{name}, located"] = len(answer["ways"][0]["points"])
    times["translated / by hand"] = times["translated, branch"] / times["by hand, branch"]
    return times


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="also write the numbers to this file")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2, 32, 64])
    arguments = parser.parse_args()
    runtime = julia()
    print(
        f"Julia started in {runtime.start_seconds:.2f} s, packages in {runtime.load_seconds:.2f} s"
    )
    rows = [measure(n) for n in arguments.sizes]
    for name in rows[0]:
        print(f"{name:28s}" + "".join(f"{row[name]:12.5g}" for row in rows))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
