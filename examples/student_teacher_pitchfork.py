"""A student that imitates a teacher must pass a pitchfork, and its kernel collapses there.

The teacher has two stable states beside the origin; the student begins with one. Training
takes its equilibrium at the origin through a supercritical pitchfork. The figure shows
the equilibria through training, the loss, and the effective rank of the state-space NTK before,
at and after: it falls to about one at the bifurcation, where the normal form predicts the kernel.
"""

# %%
import jax.numpy as jnp
import jax.random as jr
import optax
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import plot_track
from bifbridge.training import (
    ParameterLoss,
    imitation_task,
    join_blocks,
    spectral_teacher,
    start_training,
    train,
)

# %% [markdown]
# A teacher with one eigenvalue beyond 1, and a student that is stable at the origin.

# %%
UNITS, TRIALS, STEPS = (4, 8, 240) if QUICK else (16, 24, 600)
teacher, readout = spectral_teacher(UNITS, (1.5, 0.5), key=jr.key(0))
states = 0.3 * jr.normal(jr.key(1), (TRIALS, UNITS))
grid = bb.uniform_grid(10.0 if QUICK else 20.0, 0.5)
task = imitation_task(teacher, readout, states, grid)
student = bb.random_ctrnn(UNITS, radius=0.5, key=jr.key(2))
theta, rebuild = bb.fields.flatten_parameters(student, ("weights",))

# %% [markdown]
# Training, with every step kept in memory.

# %%
optimiser = optax.adam(0.01 if QUICK else 0.003)
loss = ParameterLoss(task, student, ("weights",))
start = start_training(theta, optimiser)
blocks = list(train(loss, start, optimiser, steps=STEPS, block_size=STEPS // 4))
path = join_blocks(blocks, rebuild)

# %% [markdown]
# Every equilibrium, from step to step, and the kernel around each event.

# %%
probe = None if QUICK else bb.tracking.KernelProbe(states, grid, ("weights",))
track = bb.track_bifurcations(
    path,
    jnp.concatenate([jnp.zeros((1, UNITS)), states[:4]]),
    steps=range(0, STEPS + 1, STEPS // (12 if QUICK else 60)),
    names=["weights"],
    probe=probe,
    search_every=10 if QUICK else 1,
)
print(track.text())

# %%
figure = plot_track(track, loss=(range(path.losses.size), path.losses))
save(figure, "student-teacher-pitchfork")
