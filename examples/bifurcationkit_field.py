"""A learned vector field, continued by BifurcationKit.jl.

The field is translated to Julia and checked there; BifurcationKit follows its equilibria, and the
embedded engine does the same, and leaves the branch at its pitchforks. Both are drawn into one
diagram: lines from the embedded engine, rings from the one that ran in Julia. Without Julia the
example says so and draws the lines alone.
"""

# %%
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import figure_of, plot_bifurcation_diagram
from bifbridge.training import (
    ParameterLoss,
    imitation_task,
    join_blocks,
    spectral_teacher,
    start_training,
    train,
)

# %% [markdown]
# A student is trained until it has two stable states.

# %%
UNITS, STEPS = (4, 60) if QUICK else (8, 600)
teacher, readout = spectral_teacher(UNITS, (1.6, 0.5), key=jr.key(0))
states = 0.5 * jr.normal(jr.key(1), (8, UNITS))
task = imitation_task(teacher, readout, states, bb.uniform_grid(8.0, 0.5))
student = bb.random_ctrnn(UNITS, radius=0.5, key=jr.key(2))
names = ("weights",)
theta, rebuild = bb.fields.flatten_parameters(student, names)
optimiser = optax.adam(0.01)
loss = ParameterLoss(task, student, names)
blocks = list(
    train(loss, start_training(theta, optimiser), optimiser, steps=STEPS, block_size=STEPS)
)
learned = join_blocks(blocks, rebuild).field(STEPS)

# %%
family = bb.LeafFamily(learned, "gain")
problem = bb.ContinuationProblem(family, jnp.zeros(UNITS), span=(0.2, 2.5))
diagram = bb.bifurcation_diagram(problem, depth=1)
embedded = diagram.branches[0].branch
print("Embedded engine\n", embedded)

# %%
reference = None
if bb.julia.julia_available():
    reference = bb.continuation(problem, bb.BifurcationKit())
    print("BifurcationKit\n", reference)
else:
    print(
        "There is no Julia here: the embedded engine alone is shown. Set PYTHON_JULIACALL_EXE and "
        "PYTHON_JULIACALL_PROJECT, or see `bifbridge julia doctor`, to run BifurcationKit."
    )

# %% [markdown]
# The state's component that moves most along the arms is shown.

# %%
branches = [entry.branch for entry in diagram.branches]
component = int(np.argmax(np.ptp(np.concatenate([one.states for one in branches]), axis=0)))
axes = plot_bifurcation_diagram(branches, observable=component)
if reference is not None:
    at = np.linspace(0, len(reference) - 1, 16).round().astype(int)
    axes.plot(
        reference.parameters[at], reference.states[at, component], "o", markerfacecolor="none",
        markersize=6, color="0.3", label="BifurcationKit",
    )  # fmt: skip
axes.set_xlabel("gain of the learned network")
save(figure_of(axes), "bifurcationkit-field")
