"""Where the curvature is looked for: the directions of the low-rank model."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float
from matfree import decomp

from bifbridge._custom_types import ParameterVector
from bifbridge._short_repr import short_repr
from bifbridge.training.natural_gradient._curvature import Directions, LinearisedLoss
from bifbridge.training.natural_gradient._model import LowRankModel


class AbstractSubspace(eqx.Module):
    """A way to choose the directions.

    Example:
        See `BlockIteration`.
    """

    @abc.abstractmethod
    def start(self, parameters: int, dtype: Any) -> Directions:
        """What to begin with.

        Args:
            parameters: p.
            dtype: of θ.

        Returns:
            Shape (p, k).
        """

    @abc.abstractmethod
    def refresh(
        self,
        linearised: LinearisedLoss,
        directions: Directions,
        parameters: Any,
        gradient: ParameterVector,
    ) -> LowRankModel:
        """The model of the curvature at one θ.

        Args:
            linearised: products with G.
            directions: what the last refresh left (or `start`), shape (p, k).
            parameters: θ as the optimiser has it.
            gradient: ∇L, shape (p,).

        Returns:
            The model.
        """

    __repr__ = short_repr


class BlockIteration(AbstractSubspace):
    """Warm-started block iteration with the Nyström approximation of G.

    One pass costs k + 1 products with G. From Y = GΩ it takes G ≈ Y(ΩᵀY)⁻¹Yᵀ, which is never
    above G and as good as a further pass of subspace iteration; its eigenvectors start the next
    refresh (Frangella, Tropp and Udell, Randomized Nyström preconditioning, 2023). The direction
    beside the k tells how much curvature is left outside of them: it is the model's tail.

    Attributes:
        rank: k.
        passes: products with each vector per refresh.
        seed: of the random directions of the first refresh.

    Example:
        >>> import jax.numpy as jnp
        >>> import bifbridge as bb
        >>> from bifbridge.training import BlockIteration, FixedDirections, GradientLanczos
        >>> loss = bb.training.GaussNewton(lambda x: x)
        >>> for subspace in (
        ...     BlockIteration(2),
        ...     GradientLanczos(2),
        ...     FixedDirections(jnp.eye(3)[:, :2], 2),
        ... ):
        ...     _ = bb.low_rank_natural_gradient(0.1, loss, subspace=subspace)
        ...     print(subspace.rank)
        2
        2
        2
    """

    rank: int = eqx.field(static=True, default=4)
    passes: int = eqx.field(static=True, default=1)
    seed: int = eqx.field(static=True, default=0)

    def __check_init__(self):
        if self.rank < 1 or self.passes < 1:
            raise ValueError(
                f"BlockIteration: got rank={self.rank}, passes={self.passes}, expected at least 1."
            )

    def start(self, parameters: int, dtype: Any) -> Directions:
        """Random directions, see `AbstractSubspace.start`."""
        return jnp.linalg.qr(jr.normal(jr.key(self.seed), (parameters, self.rank + 1), dtype))[0]

    def refresh(
        self,
        linearised: LinearisedLoss,
        directions: Directions,
        parameters: Any,
        gradient: ParameterVector,
    ) -> LowRankModel:
        """A Nyström approximation, see `AbstractSubspace.refresh`."""
        model = nystroem(directions, linearised.product(directions))
        for _ in range(self.passes - 1):
            model = nystroem(model.basis, linearised.product(model.basis))
        return model


class GradientLanczos(AbstractSubspace):
    """The Krylov space of G that starts from the gradient, with the curvature within it.

    k products with G per refresh. On this space the step is the one of a Newton method whose
    linear systems are left after k steps of conjugate gradients (Martens, ICML 2010).

    Attributes:
        rank: k.

    Example:
        See `BlockIteration`.
    """

    rank: int = eqx.field(static=True, default=4)

    def start(self, parameters: int, dtype: Any) -> Directions:
        """Nothing is carried over, see `AbstractSubspace.start`."""
        return jnp.zeros((parameters, self.rank), dtype)

    def refresh(
        self,
        linearised: LinearisedLoss,
        directions: Directions,
        parameters: Any,
        gradient: ParameterVector,
    ) -> LowRankModel:
        """Lanczos from the gradient, see `AbstractSubspace.refresh`."""
        lanczos = decomp.tridiag_sym(self.rank, custom_vjp=False)
        found = lanczos(lambda v: linearised.product(v[:, None])[:, 0], gradient)
        return diagonal_model(jnp.asarray(found.Q_tall).T, jnp.asarray(found.J_small))


class FixedDirections(AbstractSubspace):
    """Directions that are known, such as the unfolding gradient ∇θμ of a normal form.

    Costs one forward product per direction and refresh.

    Attributes:
        directions: an array of shape (p, k), or a function from θ (as the optimiser has it) to
            one; they need not be orthonormal.
        rank: k.

    Example:
        See `BlockIteration`.
    """

    directions: Directions | Callable[[Any], Directions]
    rank: int = eqx.field(static=True, default=1)

    def __check_init__(self):
        known = self.directions
        if not callable(known) and known.shape[1:] != (self.rank,):
            raise ValueError(
                f"FixedDirections: got directions of shape {known.shape}, expected (p, "
                f"{self.rank}); a single vector goes in as v[:, None]."
            )

    def start(self, parameters: int, dtype: Any) -> Directions:
        """Nothing is carried over, see `AbstractSubspace.start`."""
        return jnp.zeros((parameters, self.rank), dtype)

    def refresh(
        self,
        linearised: LinearisedLoss,
        directions: Directions,
        parameters: Any,
        gradient: ParameterVector,
    ) -> LowRankModel:
        """The curvature along the known directions, see `AbstractSubspace.refresh`."""
        known = self.directions(parameters) if callable(self.directions) else self.directions
        basis = jnp.linalg.qr(known)[0]
        return diagonal_model(basis, linearised.curvature_within(basis))


def diagonal_model(basis: Directions, curvature: Float[Array, "k k"]) -> LowRankModel:
    """V H Vᵀ with V turned so that H is diagonal."""
    values, turn = jnp.linalg.eigh((curvature + curvature.T) / 2)
    flat = jnp.zeros((), values.dtype)
    return LowRankModel(basis @ turn[:, ::-1], jnp.maximum(values[::-1], 0), flat)


def nystroem(test: Directions, image: Directions) -> LowRankModel:
    """The eigenvalues and eigenvectors of Y(ΩᵀY)⁺Yᵀ."""
    # With Y(ΩᵀY)^(−1/2) = UΣQᵀ it is UΣ²Uᵀ; the least eigenvalue is taken for the tail.
    core = test.T @ image
    values, turn = jnp.linalg.eigh((core + core.T) / 2)
    floor = test.shape[0] * jnp.finfo(image.dtype).eps * jnp.max(jnp.abs(values))
    # Where G has fewer than k eigenvalues, what lies below rounding is left out.
    inverse_root = jnp.where(values > floor, 1 / jnp.sqrt(jnp.where(values > floor, values, 1)), 0)
    basis, singular, _ = jnp.linalg.svd(image @ (turn * inverse_root), full_matrices=False)
    return LowRankModel(basis, singular**2, singular[-1] ** 2)
