"""A predicted kernel held against a measured one."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import Times
from bifbridge.landscape._agreement import Agreement
from bifbridge.landscape._predicted_kernel import PredictedKernel, factor_products
from bifbridge.landscape._reduced_kernel import subspace_angles
from bifbridge.sntk import (
    ParameterSplit,
    Spectrum,
    StateSpaceNTK,
    parameter_split,
    spectrum,
    state_split,
)
from bifbridge.sntk._kernel import require_states
from bifbridge.sntk._spectrum import is_small

if TYPE_CHECKING:
    pass


def compare(
    predicted: PredictedKernel,
    measured: StateSpaceNTK,
    *,
    result: Spectrum | None = None,
    probes: int = 64,
    residual_modes: int = 5,
) -> Agreement:
    """Hold a predicted kernel against the measured kernel of the states.

    No kernel is formed. Small ones are written out (`StateSpaceNTK.materialise`) and all numbers
    are exact; of large ones norms and the state split are estimated from random probes.

    Args:
        predicted: from `predict_kernel`.
        measured: the kernel of the states, same parameters, trials, times and weights.
        result: its spectrum, if known, with at least as many vectors as the prediction's rank.
        probes: random vectors for the state split of a large kernel.
        residual_modes: eigenvalues wanted of what the predicted directions leave over; 0 for none.

    Returns:
        The agreement.

    Raises:
        ValueError: if trials, times, states or parameters differ.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """  # noqa: DOC502 (a helper raises)
    _refuse_mismatch(predicted, measured)
    small = is_small(measured)
    ntk = measured.materialise() if small else measured
    result = spectrum(ntk) if result is None else result
    channels = state_split(ntk, predicted.projector, probes=None if small else probes)
    critical = ntk.observed(predicted.projector.left.T)
    critical_spectrum = spectrum(critical, k=predicted.rank)
    split = parameter_split(ntk, predicted.directions, total=result)
    moved, expected = _restricted(ntk, predicted, split, predicted.state_factors)
    moved_x, expected_x = _restricted(critical, predicted, split, predicted.coordinate_factors)
    measure = ntk.measure
    angles = subspace_angles(split.directions, result.right[:, : predicted.rank])
    return Agreement(
        parameter_direction_cosine=_subspace_cosine(split, result),
        subspace_angles=angles,
        predicted_eigenvalues=predicted.eigenvalues,
        measured_eigenvalues=result.eigenvalues[: result.right.shape[1]],
        residual_eigenvalues=_residual_eigenvalues(split, residual_modes),
        operator_cosine=_operator_cosine(ntk, predicted, predicted.state_factors, result),
        critical_channel_operator_cosine=_operator_cosine(
            critical, predicted, predicted.coordinate_factors, critical_spectrum
        ),
        top_eigenvalue_ratio=float(predicted.eigenvalues[0] / result.eigenvalues[0]),
        restricted_kernel_error=_kernel_error(moved, expected, measure),
        critical_restricted_kernel_error=_kernel_error(moved_x, expected_x, measure),
        critical_channel_share=float(split.share),
        state_channel_share=float(channels.cc / channels.trace),
        profile_cosine=_cosine(moved_x, expected_x, measure),
        participation_ratio=result.participation_ratio,
        critical_participation_ratio=critical_spectrum.participation_ratio,
        times=ntk.times,
        predicted_profile=_profile(expected_x),
        measured_profile=_profile(moved_x),
    )


def _restricted(
    ntk: StateSpaceNTK, predicted: PredictedKernel, split: ParameterSplit, factors: Array
) -> tuple[Float[Array, "r N T k"], Float[Array, "r N T k"]]:
    """S U and S_pred U."""
    measured = jnp.stack([ntk.push(column) for column in split.directions.T])
    weights = predicted.directions @ split.directions
    return measured, jnp.tensordot(weights.T, factors, 1)


def _subspace_cosine(split: ParameterSplit, result: Spectrum) -> float:
    overlaps = split.directions.T @ result.right[:, : split.directions.shape[1]]
    return float(jnp.linalg.svd(overlaps, compute_uv=False).min())


def _residual_eigenvalues(split: ParameterSplit, count: int) -> Float[Array, " j"]:
    if count == 0:
        return jnp.zeros(0)
    return spectrum(split.residual, k=count).eigenvalues[:count]


def _operator_cosine(
    ntk: StateSpaceNTK, predicted: PredictedKernel, factors: Array, result: Spectrum
) -> float:
    """tr(𝒦 F ΓΓᵀ F*) = Σ (S*Fⱼ)·(S*Fₖ)(γⱼ·γₖ): r pulls."""
    pulled = jnp.stack([ntk.pull(factor) for factor in factors])
    gram = predicted.directions @ predicted.directions.T
    square = gram @ factor_products(factors, factors, ntk.measure)
    size = jnp.sqrt(jnp.trace(square @ square))
    return float(jnp.sum((pulled @ pulled.T) * gram) / (size * jnp.sqrt(result.trace_of_square)))


def _kernel_error(moved: Array, expected: Array, measure: Array) -> float:
    """‖XX* − YY*‖/‖XX*‖ from products of the factors alone."""
    xx = factor_products(moved, moved, measure)
    yy = factor_products(expected, expected, measure)
    xy = factor_products(moved, expected, measure)
    square = jnp.sum(xx**2) + jnp.sum(yy**2) - 2 * jnp.sum(xy**2)
    return float(jnp.sqrt(jnp.maximum(square, 0.0) / jnp.sum(xx**2)))


def _cosine(moved: Array, expected: Array, measure: Array) -> float:
    def product(x: Array, y: Array) -> Array:
        return jnp.sum(measure * x * y)

    size = jnp.sqrt(product(moved, moved) * product(expected, expected))
    return float(product(moved, expected) / size)


def _profile(moved: Float[Array, "r N T d"]) -> Times:
    return jnp.sqrt(jnp.mean(jnp.sum(moved**2, (0, 3)), 0))


def _refuse_mismatch(predicted: PredictedKernel, measured: StateSpaceNTK) -> None:
    require_states(measured, "compare")
    ours = (*predicted.state_factors.shape[1:], predicted.directions.shape[1])
    theirs = (*measured.shape, measured.n_parameters)
    if ours != theirs:
        raise ValueError(
            "compare: trials, times, states and parameters (N, T, n, p) are "
            f"{ours} in the prediction but {theirs} in the measured kernel. Predict with its "
            "initial states and times, and take ∇θμ in its parameters."
        )
    if not bool(jnp.allclose(predicted.measure, measured.measure)):
        raise ValueError("compare: the weights of the times differ; predict with the kernel's own.")
