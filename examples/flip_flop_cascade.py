"""A flip-flop of several bits is learned through a cascade of bifurcations.

A network that remembers B bits needs 2ᴮ stable states; it begins with one. Training creates them
one bifurcation after the other. The figure shows every equilibrium against the training step with
each event marked by its kind, and the loss beneath: it falls in steps.
"""

# %%
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import plot_track
from bifbridge.tasks import FlipFlop, TrialResiduals, random_network
from bifbridge.training import join_blocks, start_training, train

# %%
BITS, UNITS, TRIALS, STEPS = (1, 4, 8, 200) if QUICK else (2, 16, 32, 300)
task = FlipFlop(bits=BITS, grid=bb.uniform_grid(10.0 if QUICK else 20.0, 0.5))
trials = task.trials(TRIALS, key=jr.key(0))
network = random_network(task, UNITS, key=jr.key(1))
theta, rebuild = bb.fields.flatten_parameters(network)

# %%
loss = bb.training.GaussNewton(TrialResiduals(trials, network, forward=False))
optimiser = optax.adam(0.02 if QUICK else 0.004)
start = start_training(theta, optimiser)
blocks = list(train(loss, start, optimiser, steps=STEPS, block_size=STEPS // 2))
path = join_blocks(blocks, lambda theta: rebuild(theta).field)

# %%
starts = jnp.concatenate([jnp.zeros((1, UNITS)), jr.normal(jr.key(2), (8 if QUICK else 48, UNITS))])
every = 20 if QUICK else 3
track = bb.track_bifurcations(
    path, starts, steps=range(0, STEPS + 1, every), search_every=2 if QUICK else 1
)
print(track.text())
stable_at_end = sum(bool(one.stable[-1]) for one in track.equilibria)
print(f"{BITS} bits: {stable_at_end} stable equilibria at the end of training")

# %% [markdown]
# On the read-out of the first bit, the states of a bit lie apart.

# %%
last = rebuild(jnp.asarray(path.theta(STEPS)))
figure = plot_track(
    track,
    loss=(np.arange(path.losses.size), path.losses),
    direction=np.asarray(last.readout)[0],
)
save(figure, "flip-flop-cascade")
