"""KPFlow's side of `benchmarks/kpflow.py`, run by an interpreter that has PyTorch.

    python kpflow_process.py PROBLEM.npz RESULT.json [ROUTE …]

It builds the network of the problem from KPFlow's own cell and calls its public operators: the
full kernel `HiddenNTKOperator`, and the composition P K P* of `PropagationOperator_LinearForm` and
`ParameterOperator`. Nothing here is KPFlow's code.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from kpflow.architecture import BasicRNNCell
from kpflow.grad_op import HiddenNTKOperator
from kpflow.op_common import Operator
from kpflow.parameter_op import ParameterOperator
from kpflow.propagation_op import PropagationOperator_LinearForm
from torch import nn


class Network(nn.Module):
    """KPFlow's leaky cell from given states, without input; W is its only parameter."""

    def __init__(self, weights: np.ndarray, states: np.ndarray, rate: float):
        super().__init__()
        self.cell = _cell(weights, rate, torch.zeros(len(weights), 1))
        self.register_buffer("states", torch.as_tensor(states))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Hidden states, (trials, steps, units)."""
        hidden = [self.states]
        for t in range(inputs.shape[1]):
            hidden.append(self.cell(inputs[:, t], hidden[-1]))
        return torch.stack(hidden[1:], 1)


def _cell(weights: np.ndarray, rate: float, input_weights: torch.Tensor) -> BasicRNNCell:
    cell = BasicRNNCell(input_weights.shape[1], len(weights), dt=rate)
    del cell.weight_ih
    cell.register_buffer("weight_ih", input_weights)
    cell.weight_hh = nn.Parameter(torch.as_tensor(weights))
    return cell


def full_kernel(problem: Any) -> Any:
    """S S* by one vjp and one jvp through the whole network."""
    network = Network(problem["weights"], problem["states"], float(problem["rate"]))
    network = network.to(torch.get_default_dtype())
    inputs = torch.zeros(len(problem["states"]), int(problem["steps"]), 1)
    return HiddenNTKOperator(network, inputs, network(inputs).detach())


def composition(problem: Any) -> Any:
    """P K P* from Jacobians of the cell, which KPFlow has in single precision from zero states.

    So the trials start at zero and an input puts them at their states in the first step, in which
    W has no effect: the kernel is the same, with a step of zeros before it.
    """
    units, rate = len(problem["weights"]), float(problem["rate"])
    cell = _cell(problem["weights"], rate, torch.eye(units) / rate)
    cell = cell.to(torch.get_default_dtype())
    states = torch.as_tensor(problem["states"], dtype=torch.get_default_dtype())
    inputs = torch.zeros(len(states), int(problem["steps"]) + 1, units)
    inputs[:, 0] = states
    hidden = [torch.zeros_like(states)]
    for t in range(inputs.shape[1]):
        hidden.append(cell(inputs[:, t], hidden[-1]))
    trajectories = torch.stack(hidden[1:], 1).detach()
    propagator = PropagationOperator_LinearForm(cell, inputs, trajectories)
    return propagator @ ParameterOperator(cell, inputs, trajectories) @ propagator.T


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    """A result and its seconds."""
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


def measure(build: Callable[[Any], Any], problem: Any, dtype: torch.dtype) -> dict[str, Any]:
    """Top eigenvalues and effective rank by one route, or the reason why there are none."""
    torch.set_default_dtype(dtype)
    try:
        operator, building = timed(lambda: build(problem))
        vector = torch.randn(operator.shape_in)
        product = min(timed(lambda: operator(vector))[1] for _ in range(3))
        eigenvalues, solving = timed(lambda: operator.eigsh(int(problem["k"])))
        samples = int(problem["samples"])
        rank, ranking = timed(lambda: operator.effdim(grammian=False, nsamp=samples))
    except (RuntimeError, ValueError, TypeError) as error:
        return {"failure": f"{type(error).__name__}: {error}"[:300]}
    return {
        "eigenvalues": [float(x) for x in eigenvalues],
        "effective_rank": float(rank),
        "seconds": {
            "building": building,
            "eigenvalues": solving,
            "effective rank": ranking,
            "one product": product,
        },
    }


def main() -> None:
    """Every route asked for, in the precision it has."""
    with np.load(sys.argv[1]) as file:
        problem = dict(file)
    torch.manual_seed(0)
    torch.set_num_threads(int(problem["threads"]))
    # Batches of right-hand sides are made one after the other: as one they need more memory
    # than a small machine has.
    Operator.toggle_vmap(False)
    known = {
        "full kernel, float64": (full_kernel, torch.float64),
        "full kernel, float32": (full_kernel, torch.float32),
        "P K P*, float32": (composition, torch.float32),
    }
    results = {}
    for name in sys.argv[3:] or known:
        results[name] = measure(known[name][0], problem, known[name][1])
        print(name, results[name].get("seconds", results[name]), file=sys.stderr, flush=True)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "routes": results}, file)


if __name__ == "__main__":
    main()
