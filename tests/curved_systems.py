"""Normal forms hidden in n dimensions by a random smooth change of coordinates."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float

from bifbridge.fields import AbstractVectorField


class CurvedSystem(AbstractVectorField):
    """z = M U(L(x)) with two polynomial shears L, U and a linear map M; in x one component obeys
    a reduced equation and the others decay, driven by it.

    θ moves the unfolding parameter and everything else: μ = θ₁ + 2θ₂ + θ₃²/2, the residual rates
    and their drive change with θ₃, the coordinates with θ₄. The bifurcation is at θ = 0, z = 0.
    """

    theta: Float[Array, "4"]
    shears: Float[Array, "2 n n"]
    mixing: Float[Array, "n n"]
    kind: str = eqx.field(static=True)

    def __init__(self, kind: str, units: int = 4, *, seed: int = 0):
        keys = jr.split(jr.key(seed), 3)
        self.theta = jnp.zeros(4)
        self.shears = 0.4 * jr.normal(keys[0], (2, units, units))
        self.mixing = jnp.eye(units) + 0.3 * jr.normal(keys[1], (units, units))
        self.kind = kind

    def __call__(self, t, z, u):
        x = self.to_normal(z)
        return jax.jvp(self.from_normal, (x,), (self.velocity(x),))[1]

    def velocity(self, x):
        mu = self.theta[0] + 2 * self.theta[1] + self.theta[2] ** 2 / 2
        a, rest = x[0], x[1:]
        rate = {
            "fold": mu - 0.7 * a**2,
            "transcritical": mu * a - 0.7 * a**2,
            "pitchfork": mu * a - 0.7 * a**3,
        }[self.kind]
        speed = 1 + 0.3 * jnp.arange(rest.size) + 0.2 * self.theta[2]
        drive = (0.4 + self.theta[2]) * a**2 + 0.5 * a * rest
        coupled = rate + 0.3 * a * rest[0]
        return jnp.concatenate([coupled[None], -speed * rest + drive])

    def from_normal(self, x):
        for shear in self.triangles():
            x = _forward(shear, x)
        return self.mixing @ x

    def to_normal(self, z):
        x = jnp.linalg.solve(self.mixing, z)
        lower, upper = self.triangles()
        return _backward(lower, _backward(upper, x, reverse=True))

    def triangles(self):
        bend = 1 + self.theta[3]
        return bend * jnp.tril(self.shears[0], -1), bend * jnp.triu(self.shears[1], 1)


def _forward(shear, x):
    """x + S x²: with S strictly triangular, inverted by substitution."""
    return x + shear @ x**2


def _backward(shear, y, *, reverse=False):
    x = y
    for i in range(y.size)[::-1] if reverse else range(y.size):
        x = x.at[i].set(y[i] - shear[i] @ x**2)
    return x
