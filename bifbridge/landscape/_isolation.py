"""Whether a bifurcation stands alone, as a prediction of low rank needs."""

from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from bifbridge._custom_types import State, Times
from bifbridge.normal_forms import HopfNormalForm, NormalForm


class Isolation(eqx.Module):
    """How far the critical eigenvalues stand from all others.

    Attributes:
        critical: number of eigenvalues that the normal form accounts for (1 or 2).
        near: number of further eigenvalues that have not decayed within the horizon, |Re λ|T < 1.
        gap: least |Re λ| of the others, per unit of time; infinite if there are none.
        unstable: number of others with Re λ > 0.
        horizon: T.

    Example:
        See [The state-space kernel](../state-space-ntk.md): `isolation`.
    """

    critical: int
    near: int
    gap: float
    unstable: int
    horizon: float

    @property
    def degenerate(self) -> bool:
        """Whether further modes are critical on this horizon: the kernel has more channels."""
        return self.near > 0

    @property
    def expected_channels(self) -> int:
        """Channels that the kernel can have at leading order in the horizon."""
        return self.critical + self.near

    @property
    def residual_ratio(self) -> float:
        """3/(gap·T)²: a residual eigenvalue of the kernel over the critical one, at a fold."""
        return 3 / (self.gap * self.horizon) ** 2 if self.gap > 0 else float("inf")

    def __repr__(self) -> str:
        """One sentence."""
        if not self.degenerate:
            times = self.gap * self.horizon
            return f"isolated: the next eigenvalue is {self.gap:.3g} away, {times:.3g} times 1/T"
        return (
            f"degenerate: {self.near} further eigenvalue(s) within 1/T of the imaginary axis; "
            f"up to {self.expected_channels} channels, not {self.critical}"
        )


def isolation(field: Any, normal_form: NormalForm, times: Times) -> Isolation:
    """Count the eigenvalues that compete with the critical ones on a horizon.

    Two simultaneous pitchforks, say, give a kernel of rank two that no scalar normal form
    predicts: it is declared degenerate here.

    Args:
        field: the field at the bifurcation.
        normal_form: of it.
        times: saved times, shape (T,).

    Returns:
        The isolation of the bifurcation.

    Example:
        See [The state-space kernel](../state-space-ntk.md).
    """
    values = np.linalg.eigvals(np.asarray(_jacobian(field, normal_form.state)))
    critical = 2 if isinstance(normal_form, HopfNormalForm) else 1
    target = complex(normal_form.eigenvalue)
    for wanted in (target, target.conjugate())[:critical]:
        values = np.delete(values, np.argmin(np.abs(values - wanted)))
    rates = np.real(values)
    horizon = float(times[-1] - times[0])
    return Isolation(
        critical=critical,
        near=int((np.abs(rates) * horizon < 1).sum()),
        gap=float(np.abs(rates).min(initial=np.inf)),
        unstable=int((rates > 0).sum()),
        horizon=horizon,
    )


@eqx.filter_jit
def _jacobian(field: Any, state: State) -> Float[Array, "n n"]:
    return jax.jacfwd(lambda z: field(0.0, z, None))(state)
