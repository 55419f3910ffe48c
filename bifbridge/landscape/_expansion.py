"""The equations near a centre manifold to the next order, and their solution for all trials."""

from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from bifbridge._custom_types import InitialStates, ParameterVector, Scalar, State, Times
from bifbridge.fields import flatten_parameters
from bifbridge.landscape._reduction import (
    reduced_equation,
)
from bifbridge.landscape._scalar_equations import AbstractScalarEquation
from bifbridge.normal_forms import ScalarNormalForm


class Expansion(eqx.Module):
    """The right-hand sides above, for one trial (a, g, R, Y)."""

    field: Any
    names: tuple[str, ...] | None = eqx.field(static=True)
    form: ScalarNormalForm
    mu: Scalar
    gradient: ParameterVector | None

    def at_rest(self, z: State) -> State:
        """The field f(z; θ*)."""
        return self.field(0.0, z, None)

    def along_mu(self, z: State) -> State:
        """Its derivative f_μ(z) along ∇θμ."""
        assert self.gradient is not None
        theta, rebuild = flatten_parameters(self.field, self.names)
        line = self.gradient / (self.gradient @ self.gradient)
        return jax.jvp(lambda vector: rebuild(vector)(0.0, z, None), (theta,), (line,))[1]

    def linear(self, x: State, at: State) -> State:
        """Df(at) x."""
        return jax.jvp(self.at_rest, (at,), (x,))[1]

    def outside(self, x: State) -> State:
        """P x."""
        return x - self.form.right * (self.form.left @ x)

    def manifold(self, a: Scalar) -> State:
        """The centre manifold to second order, z − R."""
        return self.form.state + a * self.form.right + a**2 / 2 * self.form.second_order

    def drift(self, a: Scalar, residual: State) -> Scalar:
        """The velocity ȧ."""
        equation = reduced_equation(self.form)
        assert isinstance(equation, AbstractScalarEquation)
        base = self.manifold(a)
        excess = self.at_rest(base + residual) - self.at_rest(base)
        excess = excess - self.linear(residual, self.form.state)
        return equation.velocity(a, self.mu) + self.form.left @ excess

    def decay(self, residual: State) -> State:
        """The velocity Ṙ."""
        return self.outside(self.linear(residual, self.form.state))

    def __call__(self, t: Scalar, trial: tuple[Array, ...], args: None) -> tuple[Array, ...]:
        """Velocities of (a, g, R, Y)."""
        a, g, residual, response = trial
        rate, growth = jax.jvp(lambda x: self.drift(x, residual), (a,), (g,))
        base, rest = self.manifold(a), self.form.state
        forcing = self.along_mu(base + residual)
        feedback = self.linear(response, base) - self.linear(response, rest)
        return (
            rate,
            growth + self.form.left @ (forcing + feedback),
            self.decay(residual),
            self.outside(self.linear(response, rest) + forcing),
        )


@eqx.filter_jit
def solve_next_order(
    expansion: Expansion, initial_states: InitialStates, times: Times, tolerance: float
) -> tuple[Float[Array, "N T"], Float[Array, "N T"], Float[Array, "N T n"]]:
    form = expansion.form
    offset = initial_states - form.state
    a0 = offset @ form.left
    start = (a0, jnp.zeros_like(a0), jax.vmap(expansion.outside)(offset), jnp.zeros_like(offset))
    a, g, _, response = _integrate(expansion, start, times, tolerance)
    return a, g, response


@eqx.filter_jit
def drift_for(
    expansion: Expansion, initial_states: InitialStates, span: Times, tolerance: float
) -> Float[Array, " N"]:
    offset = initial_states - expansion.form.state
    start = (offset @ expansion.form.left, jax.vmap(expansion.outside)(offset))

    def velocity(t: Scalar, trial: tuple[Array, ...], args: None) -> tuple[Array, ...]:
        return expansion.drift(*trial), expansion.decay(trial[1])

    return _integrate(velocity, start, span, tolerance)[0][:, -1]


def _integrate(
    velocity: Any, start: tuple[Array, ...], times: Times, tolerance: float
) -> tuple[Array, ...]:
    """All trials in one solve, each component returned as (N, T, …)."""
    solution = dfx.diffeqsolve(
        dfx.ODETerm(lambda t, y, args: jax.vmap(lambda trial: velocity(t, trial, None))(y)),
        dfx.Tsit5(),
        times[0],
        times[-1],
        None,
        start,
        saveat=dfx.SaveAt(ts=times),
        stepsize_controller=dfx.PIDController(rtol=tolerance, atol=tolerance * 1e-3),
        max_steps=100_000,
        throw=False,
    )
    assert solution.ys is not None
    return tuple(jnp.swapaxes(y, 0, 1) for y in solution.ys)
