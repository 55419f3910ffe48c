"""How well a predicted kernel meets a measured one."""

from typing import Any

from jaxtyping import Array, Float

from bifbridge._custom_types import Times
from bifbridge._result import AbstractResult
from bifbridge._short_repr import filled

_SPECTRA = ("predicted_eigenvalues", "measured_eigenvalues", "residual_eigenvalues")


class Agreement(AbstractResult):
    """How well a predicted kernel meets a measured one; 1 for cosines and ratios is perfect.

    Inner products of operators are those of Hilbert and Schmidt, ⟨A, B⟩ = tr A*B.

    Attributes:
        parameter_direction_cosine: cosine of the largest principal angle between the predicted
            parameter directions and as many top right singular vectors of S; for rank one
            |∇θμ·v₁|/|∇θμ|.
        operator_cosine: ⟨𝒦, 𝒦pred⟩/(‖𝒦‖‖𝒦pred‖).
        critical_channel_operator_cosine: the same for the kernels of the coordinates Wᵀz.
        top_eigenvalue_ratio: predicted λ₁ over measured λ₁.
        restricted_kernel_error: ‖(SU)(SU)* − 𝒦pred‖/‖(SU)(SU)*‖, U the predicted directions.
        critical_restricted_kernel_error: the same for the coordinates Wᵀz: against the
            kernel of the reduced equation itself.
        critical_channel_share: tr (SU)(SU)*/tr 𝒦: the parameter split, between 0 and 1.
        state_channel_share: tr Π𝒦Πᵀ/tr 𝒦: the state split, whose cross terms have either sign.
        profile_cosine: cosine between predicted and measured movement of the coordinates Wᵀz
            along U.
        times: shape (T,).
        predicted_profile: root mean square over trials of that movement per unit of μ, (T,).
        measured_profile: the same, measured.
        subspace_angles: principal angles, in radians, between the predicted parameter directions
            and as many top right singular vectors, smallest first, shape (r,).
        predicted_eigenvalues: shape (r,).
        measured_eigenvalues: the largest ones, shape (k,).
        residual_eigenvalues: the largest ones of the kernel with the predicted parameter
            directions taken out of S, shape (k,): what the bifurcation does not account for.
        participation_ratio: of the measured kernel.
        critical_participation_ratio: of the measured kernel of the coordinates Wᵀz.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `compare`.
    """

    parameter_direction_cosine: float
    operator_cosine: float
    critical_channel_operator_cosine: float
    top_eigenvalue_ratio: float
    restricted_kernel_error: float
    critical_restricted_kernel_error: float
    critical_channel_share: float
    state_channel_share: float
    profile_cosine: float
    participation_ratio: float
    critical_participation_ratio: float
    times: Times
    predicted_profile: Times
    measured_profile: Times
    subspace_angles: Float[Array, " r"]
    predicted_eigenvalues: Float[Array, " r"]
    measured_eigenvalues: Float[Array, " k"]
    residual_eigenvalues: Float[Array, " j"]

    def as_dict(self) -> dict[str, Any]:
        """Numbers by name, profiles as lists.

        Returns:
            A dictionary that JSON can hold.
        """
        return {
            name: value if isinstance(value, float) else [float(x) for x in value]
            for name, value in vars(self).items()
        }

    @property
    def numbers(self) -> dict[str, float]:
        """Those of the results that are single numbers, by name."""
        return {name: x for name, x in vars(self).items() if isinstance(x, float)}

    def __repr__(self) -> str:
        """Every number, and every short list."""
        parts = [f"{name} = {value:.6g}" for name, value in self.numbers.items()]
        for name in (*_SPECTRA, "subspace_angles"):
            values = getattr(self, name)
            shown = ", ".join(f"{float(x):.4g}" for x in values[:4])
            parts.append(f"{name} = [{shown}{', …' if len(values) > 4 else ''}]")
        return "\n".join(["Agreement", *filled(parts, most=11)])
