"""Run by test_sharded.py with four virtual devices: prints what it measured as JSON."""

import json
import re
import warnings

import jax

jax.config.update("jax_enable_x64", True)
import equinox as eqx  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import jax.random as jr  # noqa: E402
import numpy as np  # noqa: E402

import bifbridge as bb  # noqa: E402
from bifbridge.sntk import linearise_sharded, trial_mesh  # noqa: E402
from bifbridge.sntk._sharded import _linearise  # noqa: E402
from bifbridge.trajectories._sensitivity import _pull, _push  # noqa: E402

COLLECTIVE = r"\b(all-reduce|all-gather|all-to-all|collective-permute|reduce-scatter)(?:-start)?\("


class Drive(eqx.Module):
    phase: jax.Array

    def __call__(self, t):
        return jnp.stack([jnp.sin(t + self.phase), jnp.cos(self.phase * t)], 1)


def collectives(function, *arguments):
    """How many there are, and how many of them in another computation than the entry."""
    text = function.lower(*arguments).compile().compiled.as_text()
    entry = text[text.index("\nENTRY") :]
    return len(re.findall(COLLECTIVE, text)), len(re.findall(COLLECTIVE, entry))


warnings.simplefilter("error")
field = bb.random_ctrnn(5, inputs=2, key=jr.key(0), radius=1.2)
starts = 0.4 * jr.normal(jr.key(1), (8, 5))
grid = bb.uniform_grid(3.0, 0.1, save_every=5)
inputs = Drive(jnp.linspace(0.0, 2.0, 8))
whole = bb.linearise(field, starts, grid, inputs=inputs)
spread = linearise_sharded(field, starts, grid, inputs=inputs)
dtheta = jr.normal(jr.key(2), whole.theta.shape)
error = jr.normal(jr.key(3), whole.trajectories.shape)


def difference(a, b):
    return float(np.max(np.abs(np.asarray(a) - np.asarray(b))) / np.max(np.abs(np.asarray(b))))


try:
    linearise_sharded(field, starts[:6], grid)
    message = ""
except ValueError as refusal:
    message = str(refusal)
kernels = [bb.spectrum(bb.StateSpaceNTK(one), k=4).eigenvalues[:4] for one in (spread, whole)]
print(
    json.dumps({
        "devices": len(spread.trajectories.sharding.device_set),
        "trajectories": difference(spread.trajectories, whole.trajectories),
        "push": difference(spread.push(dtheta), whole.push(dtheta)),
        "pull": difference(spread.pull(error), whole.pull(error)),
        "eigenvalues": difference(*kernels),
        "push_collectives": collectives(_push, spread._linear, dtheta),
        "pull_collectives": collectives(_pull, spread._linear, spread.theta, error),
        "solve_collectives": collectives(
            _linearise, field, starts, grid, None, inputs, None, False, trial_mesh()
        ),
        "refusal": message,
    })
)
