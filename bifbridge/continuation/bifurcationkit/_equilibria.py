"""From the states that deflation found to equilibria with their eigenvalues."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bifbridge.continuation._equilibria import Equilibria
from bifbridge.continuation._families import as_family


def described(family: Any, states: np.ndarray, parameter: float) -> Equilibria:
    """Equilibria by their eigenvalues, which are JAX's: this is bookkeeping."""
    velocity = as_family(family).velocity(jnp.asarray(parameter))
    if not len(states):
        none = np.zeros(0)
        return Equilibria(states, states.astype(complex), none, (), none.astype(int))
    matrices = np.stack([np.asarray(jax.jacfwd(velocity)(jnp.asarray(z))) for z in states])
    eigenvalues = np.linalg.eigvals(matrices).astype(complex)
    eigenvalues = np.take_along_axis(eigenvalues, np.argsort(-np.real(eigenvalues), axis=1), 1)
    unstable = np.sum(np.real(eigenvalues) > 0, axis=1)
    order = np.argsort(unstable, kind="stable")
    speeds = np.array([float(jnp.linalg.norm(velocity(jnp.asarray(z)))) for z in states])
    return Equilibria(
        states[order],
        eigenvalues[order],
        speeds[order],
        tuple("unstable" if unstable[k] else "stable" for k in order),
        np.zeros(len(states), int),
    )
