"""One problem put to three engines, and their numbers held against each other.

The engines are the embedded one (dense, exact derivatives), its matrix-free twin (Krylov), and
BifurcationKit.jl where there is a Julia. Where there is none, the third is the embedded engine
at other settings (a step ten times shorter), which shares its code: that is said, and is no
independent check. The figure shows the largest relative difference of each quantity.
"""

# %%
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from _setting import QUICK, save

import bifbridge as bb
from bifbridge.plotting import LIGHT, SINGLE_COLUMN, new_figure, styled

# %% [markdown]
# A random network without bias: the origin meets pitchforks and Hopf points as its gain grows.

# %%
UNITS = 4 if QUICK else 12
raw = jr.normal(jr.key(11 if QUICK else 6), (UNITS, UNITS)) / np.sqrt(UNITS)
family = bb.LeafFamily(bb.CTRNN(raw), "gain")
problem = bb.ContinuationProblem(family, jnp.zeros(UNITS), span=(0.0, 2.0))

# %%
engines = {"embedded": bb.JaxEngine(), "Krylov": bb.KrylovEngine()}
if bb.julia.julia_available():
    engines["BifurcationKit"] = bb.BifurcationKit()
else:
    print(
        "There is no Julia here: the third engine is the embedded one at steps of a tenth, which "
        "is no independent check."
    )
    engines["short steps"] = bb.JaxEngine(max_step=0.02, max_points=4000)
check = bb.cross_check(problem, engines)
print(check.text())

# %%
names, values = zip(*check.largest_differences.items(), strict=True)
floor = 1e-16
with styled(LIGHT):
    figure = new_figure(LIGHT, width=SINGLE_COLUMN, height=2.4)
    axes = figure.subplots()
    axes.barh(names, np.maximum(values, floor), left=floor, color=LIGHT.primary)
    axes.set_xscale("log")
    axes.set(xlim=(floor, 1e-2), xlabel="largest relative difference between engines")
    axes.set_title(f"{len(check.matches)} points, {', '.join(engines)}")
save(figure, "cross-check-engines")
