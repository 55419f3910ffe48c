"""Plain descent breaks where the kernel collapses; a low-rank natural gradient goes through.

Near a bifurcation the Gauss–Newton matrix of a trajectory loss has one eigenvalue that grows by
orders of magnitude. The rate that is fastest before it makes plain descent jump there. The
low-rank natural gradient takes a linearly implicit step on a few directions, and takes back steps
that make the loss rise. The figure shows both losses, begun at the same rate, and that eigenvalue
along the second run; its spikes are steps that were tried and taken back.
"""

# %%
import jax.random as jr
import numpy as np
import optax
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import LIGHT, SINGLE_COLUMN, new_figure, styled
from bifbridge.tasks import Imitation, ReadoutNetwork, TrialResiduals, random_network
from bifbridge.training import GainRatio, join_blocks, spectral_teacher, start_training, train

# %%
UNITS, TRIALS, STEPS, RATE = (4, 6, 60, 1.0) if QUICK else (16, 24, 600, 1.0)
teacher, readout = spectral_teacher(UNITS, (1.5, 0.5), key=jr.key(1000))
task = Imitation(
    teacher=teacher, readout=readout, grid=bb.uniform_grid(10.0 if QUICK else 20.0, 0.5), spread=0.3
)
trials = task.trials(TRIALS, key=jr.key(2000))
plain = random_network(task, UNITS, radius=0.5, key=jr.key(0))
network = ReadoutNetwork(plain.field, task.readout, plain.offset, plain.initial_state)
NAMES = ("field.weights",)
theta, rebuild = bb.fields.flatten_parameters(network, NAMES)
loss = bb.training.GaussNewton(TrialResiduals(trials, network, NAMES, forward=False))
curvature = bb.training.GaussNewton(TrialResiduals(trials, network, NAMES))

# %%
optimisers = {
    "plain descent": optax.sgd(RATE),
    "low-rank natural gradient": bb.low_rank_natural_gradient(
        RATE, curvature, acceptance=GainRatio()
    ),
}
paths = {}
for name, optimiser in optimisers.items():
    start = start_training(theta, optimiser)
    blocks = list(train(loss, start, optimiser, steps=STEPS, block_size=STEPS // 2))
    paths[name] = join_blocks(blocks, lambda theta: rebuild(theta).field)
    losses = paths[name].losses
    rises = int(np.sum(losses[1:] > 1.01 * losses[:-1]))
    print(f"{name}: loss {losses[-1]:.3g}, {rises} rises by more than 1 %")

# %% [markdown]
# The largest eigenvalue of the kernel along the run that went through.

# %%
path = paths["low-rank natural gradient"]
steps = np.linspace(0, STEPS, 7 if QUICK else 41).round().astype(int)
top = []
for step in steps:
    sensitivity = bb.linearise(
        path.field(step), trials.initial_states, task.grid, names=["weights"]
    )
    top.append(float(bb.spectrum(bb.StateSpaceNTK(sensitivity), k=1).eigenvalues[0]))

# %%
with styled(LIGHT):
    figure = new_figure(LIGHT, width=SINGLE_COLUMN, height=3.4)
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(1.6, 1.0))
    for (name, one), colour, dashes in zip(
        paths.items(), (LIGHT.secondary, LIGHT.primary), ("--", "-"), strict=True
    ):
        upper.semilogy(one.losses, dashes, color=colour, linewidth=1.2, label=name)
    upper.set_ylabel("loss")
    upper.legend()
    lower.semilogy(steps, top, ".-", color=LIGHT.primary)
    lower.set(xlabel="training step", ylabel="largest kernel\neigenvalue")
save(figure, "natural-gradient-collapse")
