"""A network learns to oscillate by a Hopf bifurcation.

The task asks for a sine; a network at rest has no cycle. Training carries a pair of eigenvalues
of its equilibrium over the imaginary axis. The figure shows that crossing in the complex plane,
and the cycles of the learned network over its gain, born at a Hopf point whose frequency is near
the frequency of the task.
"""

# %%
import jax.numpy as jnp
import jax.random as jr
import optax
from _setting import QUICK, folder, save

import bifbridge as bb
from bifbridge.plotting import (
    DOUBLE_COLUMN,
    LIGHT,
    eigenvalue_movie,
    new_figure,
    plot_branch,
    plot_cycles,
    plot_eigenvalues,
    save_movie,
    styled,
)
from bifbridge.tasks import SineGenerator, TrialResiduals, random_network
from bifbridge.training import join_blocks, start_training, train

# %% [markdown]
# One frequency, ω = 1.

# %%
UNITS, STEPS = (4, 400) if QUICK else (16, 1000)
grid = bb.uniform_grid(12.0 if QUICK else 25.0, 0.5 if QUICK else 0.25)
task = SineGenerator(grid=grid, lowest=1.0, highest=1.0, levels=1)
trials = task.trials(1, key=jr.key(0))
network = random_network(task, UNITS, radius=0.9, key=jr.key(3))
theta, rebuild = bb.fields.flatten_parameters(network)
loss = bb.training.GaussNewton(TrialResiduals(trials, network, forward=False))
optimiser = optax.adam(0.02)
start = start_training(theta, optimiser)
blocks = list(train(loss, start, optimiser, steps=STEPS, block_size=STEPS // 2))
path = join_blocks(blocks, lambda theta: rebuild(theta).field)
print(f"loss {path.losses[0]:.3g} → {path.losses[-1]:.3g}")

# %% [markdown]
# The Hopf point on the way: the step at which the equilibrium under the task's input lost its
# stability.

# %%
level = trials.inputs[0, 0]
if not QUICK:
    starts = jnp.concatenate([jnp.zeros((1, UNITS)), jr.normal(jr.key(4), (4, UNITS))])
    track = bb.track_bifurcations(
        path, starts, steps=range(0, STEPS + 1, STEPS // 20), conditions={"sine": level}
    )
    print(track.text())

# %% [markdown]
# The learned field under that input, its recurrent weights scaled by p: at p = 1 it is itself.

# %%
learned = path.field(STEPS)


def velocity(z, p):
    """The learned field with its recurrent weights scaled by p."""
    drive = learned.weights @ learned.nonlinearity(z)
    return -z + p * drive + learned.bias + learned.input_weights @ level


problem = bb.ContinuationProblem(velocity, jnp.zeros(UNITS), span=(0.0, 1.0))
branch = bb.continuation(problem)
print(branch)
hopf = next(point for point in branch.special_points if point.kind == "hopf")
cycles = bb.cycles.continue_cycles(
    bb.cycles.start_from_hopf(problem.family, hopf.parameter, hopf.normal_form), problem.span
)
print(cycles)

# %%
with styled(LIGHT):
    figure = new_figure(LIGHT, width=DOUBLE_COLUMN, height=2.8)
    left, right = figure.subplots(1, 2)
    plot_eigenvalues(branch, ax=left)
    plot_cycles(cycles, ax=plot_branch(branch, ax=right))
    right.set_xlabel("factor p on the recurrent weights")
save(figure, "sine-generator-hopf")
if not QUICK:
    movie = save_movie(folder() / "sine-generator-eigenvalues.gif", eigenvalue_movie(branch))
    print(f"Wrote {movie}")
