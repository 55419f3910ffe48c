"""The kernel of the dynamics projected on a critical subspace, by its own solve.

Where no normal form with a closed solution is at hand, as at codimension two, the reduced system
ẇ = Wᵀf(z* + V w; θ) has the same parameters θ and a state-space NTK of its own. To leading order in
the amplitude it is the critical block of the whole one: what it leaves out are the curvature of the
centre manifold and the residual directions, which do not grow with the horizon.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import Input, RealScalarLike, State
from bifbridge._short_repr import short_repr
from bifbridge.sntk import SpectralProjector, StateSpaceNTK, spectrum, weighted_matrix
from bifbridge.sntk._spectrum import is_small
from bifbridge.trajectories import Trials


class ProjectedField(eqx.Module):
    """ẇ = Wᵀf(t, z* + V w, u), a field of the coordinates w = Wᵀ(z − z*).

    Its parameters are those of `field`, under the names "field.…".

    Attributes:
        field: the whole field f.
        state: z*, shape (n,), held fixed.
        right: V, shape (n, d), held fixed.
        left: W, shape (n, d), held fixed.
    """

    field: Any
    state: State
    right: Float[Array, "n d"]
    left: Float[Array, "n d"]

    def __call__(self, t: RealScalarLike, z: State, u: Input | None) -> State:
        """The velocity of the coordinates, see `AbstractVectorField.__call__`."""
        return self.field(t, self.state + self.right @ z, u) @ self.left


def reduced_kernel(
    field: Any,
    state: State,
    projector: SpectralProjector,
    trials: Trials,
    *,
    parameters: Sequence[str] | None = None,
) -> StateSpaceNTK:
    """The state-space NTK of the projected dynamics, as a kernel of the full states V w.

    Args:
        field: the field at the bifurcation, or near it.
        state: the equilibrium z*, shape (n,).
        projector: of the critical subspace, such as `block_projector` or `invariant_projector`.
        trials: those of the whole kernel, with fixed initial states, which are projected linearly.
        parameters: the leaves in θ, names of the whole field; None for all.

    Returns:
        A kernel of rank at most d·(directions of θ that reach the subspace), to be held against
        the whole one by `kernel_agreement`.

    Raises:
        ValueError: if the initial states are learned.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    if callable(trials.initial_states):
        raise ValueError(
            "reduced_kernel: got initial states that are learned, expected fixed ones (N, n)."
        )
    start = (trials.initial_states - state) @ projector.left
    names = ["field"] if parameters is None else [f"field.{name}" for name in parameters]
    reduced = ProjectedField(field, state, projector.right, projector.left)
    moved = dataclasses.replace(trials, initial_states=start)
    return StateSpaceNTK(reduced, moved, parameters=names, readout=projector.right)


class KernelAgreement(eqx.Module):
    """Two kernels of the same trials, times, states and parameters held against each other.

    Attributes:
        operator_cosine: ⟨𝒦₁, 𝒦₂⟩/(‖𝒦₁‖‖𝒦₂‖) in the Hilbert-Schmidt product.
        relative_error: ‖𝒦₁ − 𝒦₂‖/‖𝒦₂‖.
        eigenvalue_ratios: of the k largest eigenvalues, first over second, shape (k,).
        subspace_angles: principal angles between the k top right singular spaces, in radians,
            smallest first, shape (k,).

    Example:
        See [The state-space kernel](../state-space-ntk.md): `kernel_agreement`.
    """

    operator_cosine: float
    relative_error: float
    eigenvalue_ratios: Float[Array, " k"]
    subspace_angles: Float[Array, " k"]

    __repr__ = short_repr


def kernel_agreement(first: StateSpaceNTK, second: StateSpaceNTK, k: int = 1) -> KernelAgreement:
    """Hold two small kernels against each other.

    Args:
        first: such as a `reduced_kernel`.
        second: the reference.
        k: number of eigenpairs compared.

    Returns:
        The agreement.

    Raises:
        ValueError: if their shapes differ, or they are too large to be written out.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    shapes = [(*ntk.shape, ntk.n_parameters) for ntk in (first, second)]
    if shapes[0] != shapes[1] or not is_small(second):
        raise ValueError(
            f"kernel_agreement: got kernels of (N, T, m, p) = {shapes[0]} and {shapes[1]}; "
            "expected the same shape, small enough for the dense way."
        )
    # tr S₁S₁*S₂S₂* = ‖S₁*S₂‖², where S₁*S₂ is p × p.
    x, y = weighted_matrix(first), weighted_matrix(second)
    xx, yy, xy = (jnp.sum((a @ b.T) ** 2) for a, b in ((x, x), (y, y), (x, y)))
    ours, theirs = spectrum(first, k=k), spectrum(second, k=k)
    return KernelAgreement(
        operator_cosine=float(xy / jnp.sqrt(xx * yy)),
        relative_error=float(jnp.sqrt(jnp.maximum(xx + yy - 2 * xy, 0.0) / yy)),
        eigenvalue_ratios=ours.eigenvalues[:k] / theirs.eigenvalues[:k],
        subspace_angles=subspace_angles(ours.right[:, :k], theirs.right[:, :k]),
    )


def subspace_angles(first: Float[Array, "p j"], second: Float[Array, "p k"]) -> Float[Array, " r"]:
    """Principal angles between the spans of two sets of orthonormal columns.

    Small angles are taken from sines, large ones from cosines, so that each is accurate to
    rounding (Björck and Golub, Math. Comp. 27 (1973) 579).

    Args:
        first: shape (p, j).
        second: shape (p, k).

    Returns:
        min(j, k) angles in radians, smallest first.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    few, many = (first, second) if first.shape[1] <= second.shape[1] else (second, first)
    overlaps = many.T @ few
    cosines = jnp.linalg.svd(overlaps, compute_uv=False)
    sines = jnp.linalg.svd(few - many @ overlaps, compute_uv=False)[::-1]
    by_cosine = jnp.arccos(jnp.clip(cosines, -1.0, 1.0))
    by_sine = jnp.arcsin(jnp.clip(sines, 0.0, 1.0))
    return jnp.where(cosines**2 > 0.5, by_sine, by_cosine)
