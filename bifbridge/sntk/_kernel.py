"""The state-space neural tangent kernel of a linearised solve."""

from collections.abc import Sequence
from typing import Any, overload

import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Float

from bifbridge._custom_types import ParameterVector, Scalar, Times, Trajectories
from bifbridge._precision import require_x64
from bifbridge._result import AbstractResult
from bifbridge.sntk._kernel_source import resolved
from bifbridge.sntk._kernel_text import kernel_text
from bifbridge.sntk._materialised import AnySensitivity, MaterialisedSensitivity, materialise
from bifbridge.trajectories import Trials


class StateSpaceNTK(AbstractResult):
    """𝒦 = S S* on trajectories and G = S* S on parameters, without forming either.

    S maps a parameter change to the change of the saved states, or of a linear read-out of them
    (Hazelden and Shea-Brown, arXiv 2605.12763). The inner product of trajectories is
    ⟨x, y⟩ = (1/N) Σᵢ Σₜ wᵢₜ xᵢ(t)·yᵢ(t) with trapezoid weights w, that of parameters the Euclidean
    one; sizes of kernels depend on both. Gradient flow of a loss ℓ moves the trajectories by −𝒦∇ℓ.
    Both operators have the same non-zero spectrum.

    Made from a field and the trials it is solved for, or from a sensitivity that `linearise` or
    `linearise_map` gave:

        StateSpaceNTK(field, Trials(initial_states, grid), parameters=["weights"])
        StateSpaceNTK(sensitivity, readout)

    Attributes:
        sensitivity: S of the states and its adjoint.
        readout: C, shape (m, n), for the kernel of C z; None for that of the states.
        removed: orthonormal parameter directions, shape (p, k), projected out of S, or None.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> field = bb.CTRNN(
        ...     jnp.eye(1)
        ... )  # ż = −z + tanh z + b, whose trajectory at 0 answers to b by t
        >>> trials = bb.trajectories.Trials(jnp.zeros((1, 1)), bb.uniform_grid(3.0, 0.5))
        >>> ntk = bb.StateSpaceNTK(field, trials, parameters=["bias"])
        >>> ntk.gram(jnp.ones(1)).round(9)  # ∫t² dt = 9 by the trapezoid rule: T³/3 + h²T/6
        Array([9.125], dtype=float64)
    """

    sensitivity: AnySensitivity
    readout: Float[Array, "m n"] | None
    removed: Float[Array, "p k"] | None

    @overload
    def __init__(
        self,
        source: AnySensitivity,
        given: Float[Array, "m n"] | None = None,
        /,
        *,
        readout: Float[Array, "m n"] | None = None,
        removed: Float[Array, "p k"] | None = None,
    ): ...

    @overload
    def __init__(
        self,
        source: Any,
        given: Trials,
        /,
        *,
        readout: Float[Array, "m n"] | None = None,
        removed: Float[Array, "p k"] | None = None,
        parameters: Sequence[str] | None = None,
        matvec_dtype: str | None = None,
    ): ...

    def __init__(
        self,
        source: Any,
        given: Any = None,
        /,
        *,
        readout: Float[Array, "m n"] | None = None,
        removed: Float[Array, "p k"] | None = None,
        parameters: Sequence[str] | None = None,
        matvec_dtype: str | None = None,
    ):
        require_x64("The state-space NTK")
        self.sensitivity, self.readout = resolved(source, given, readout, parameters, matvec_dtype)
        self.removed = removed

    def push(self, dtheta: ParameterVector) -> Trajectories:
        """S δθ.

        Args:
            dtheta: parameter change, shape (p,).

        Returns:
            Change of the observed trajectories, shape (N, T, m).
        """
        states = self.sensitivity.push(self._keep(dtheta))
        return states if self.readout is None else states @ self.readout.T

    def pull(self, error: Trajectories) -> ParameterVector:
        """S* e.

        Args:
            error: shape (N, T, m).

        Returns:
            Shape (p,).
        """
        states = error if self.readout is None else error @ self.readout
        return self._keep(self.sensitivity.pull(states))

    def kernel(self, error: Trajectories) -> Trajectories:
        """𝒦 e = S S* e.

        Args:
            error: shape (N, T, m).

        Returns:
            Shape (N, T, m).
        """
        return self.push(self.pull(error))

    def gram(self, dtheta: ParameterVector) -> ParameterVector:
        """G δθ = S* S δθ: for squared errors the Gauss-Newton and Fisher matrix.

        Args:
            dtheta: shape (p,).

        Returns:
            Shape (p,).
        """
        return self.pull(self.push(dtheta))

    def inner(self, x: Trajectories, y: Trajectories) -> Scalar:
        """The inner product of observed trajectories.

        Args:
            x: shape (N, T, m).
            y: shape (N, T, m).

        Returns:
            ⟨x, y⟩, a scalar.
        """
        return jnp.sum(self.measure * x * y)

    def weighted(self, x: Trajectories) -> Float[Array, " NTm"]:
        """√(wₜ/N) x, flattened: an isometry from trajectories to Euclidean space.

        Args:
            x: shape (N, T, m).

        Returns:
            Shape (N·T·m,).
        """
        return (jnp.sqrt(self.measure) * x).ravel()

    def unweighted(self, y: Float[Array, " NTm"]) -> Trajectories:
        """Inverse of `weighted`; zero where a weight is zero.

        Args:
            y: shape (N·T·m,).

        Returns:
            Shape (N, T, m).
        """
        root = jnp.sqrt(self.measure)
        inverse = jnp.where(root > 0, 1 / jnp.where(root > 0, root, 1.0), 0.0)
        return inverse * y.reshape(self.shape)

    def sensitivity_operator(self) -> lx.FunctionLinearOperator:
        """S from parameters to `weighted` trajectories.

        Returns:
            A Lineax operator of N·T·m rows and p columns; its `.T` is `adjoint_operator()`.
        """
        return self._operator(lambda dtheta: self.weighted(self.push(dtheta)), self.n_parameters)

    def adjoint_operator(self) -> lx.FunctionLinearOperator:
        """S* from `weighted` trajectories to parameters.

        Returns:
            A Lineax operator of p rows and N·T·m columns.
        """
        return self._operator(lambda y: self.pull(self.unweighted(y)), self._rows)

    def kernel_operator(self) -> lx.FunctionLinearOperator:
        """𝒦 between `weighted` trajectories, where it is symmetric.

        Returns:
            A positive semidefinite Lineax operator on vectors of length N·T·m.
        """
        return self._operator(
            lambda y: self.weighted(self.kernel(self.unweighted(y))),
            self._rows,
            lx.positive_semidefinite_tag,
        )

    def gram_operator(self) -> lx.FunctionLinearOperator:
        """G as a Lineax operator.

        Returns:
            A positive semidefinite operator on vectors of length p.
        """
        return self._operator(self.gram, self.n_parameters, lx.positive_semidefinite_tag)

    def materialise(self, *, chunk: int = 64) -> "StateSpaceNTK":
        """The same kernel with S written out: p pushes once, then every product is cheap.

        Args:
            chunk: pushes made together.

        Returns:
            A kernel on a `MaterialisedSensitivity`; 8 p N T n bytes.
        """
        written = materialise(self.sensitivity, chunk=chunk)
        return StateSpaceNTK(written, self.readout, removed=self.removed)

    def observed(self, readout: Float[Array, "m n"] | None) -> "StateSpaceNTK":
        """The kernel of another read-out of the same states.

        Args:
            readout: C, shape (m, n), or None for the states.

        Returns:
            A kernel that shares this one's sensitivity.
        """
        return StateSpaceNTK(self.sensitivity, readout, removed=self.removed)

    @property
    def measure(self) -> Float[Array, "#N T 1"]:
        """Weights of the inner product over trials, times and observations: wᵢₜ/N."""
        return self.sensitivity.measure

    @property
    def times(self) -> Times:
        """Saved times, shape (T,)."""
        return self.sensitivity.times

    @property
    def n_parameters(self) -> int:
        """Number of parameters p."""
        return self.sensitivity.theta.size

    @property
    def shape(self) -> tuple[int, int, int]:
        """Trials, saved times and observed quantities (N, T, m)."""
        trials, times, n = self.sensitivity.trajectories.shape
        return trials, times, n if self.readout is None else self.readout.shape[0]

    @property
    def is_materialised(self) -> bool:
        """Whether S is written out."""
        return isinstance(self.sensitivity, MaterialisedSensitivity)

    def __repr__(self) -> str:
        return kernel_text(self)

    def _keep(self, dtheta: ParameterVector) -> ParameterVector:
        if self.removed is None:
            return dtheta
        return dtheta - self.removed @ (self.removed.T @ dtheta)

    @property
    def _rows(self) -> int:
        trials, times, observed = self.shape
        return trials * times * observed

    def _operator(self, function: Any, size: int, tags: Any = ()) -> lx.FunctionLinearOperator:
        structure = jax.ShapeDtypeStruct((size,), self.sensitivity.theta.dtype)
        return lx.FunctionLinearOperator(function, structure, tags)


def require_states(ntk: StateSpaceNTK, who: str, *, whole: bool = False) -> None:
    """Refuse the kernel of a read-out, and a deflated one where the `whole` is wanted."""
    if ntk.readout is not None:
        raise ValueError(
            f"{who}: got the kernel of a read-out, expected that of the states: use "
            "ntk.observed(None)."
        )
    if whole and ntk.removed is not None:
        raise ValueError(f"{who}: got a deflated kernel, expected the whole of it.")
