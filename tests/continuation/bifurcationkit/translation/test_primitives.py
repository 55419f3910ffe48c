"""Every primitive of both tiers, run by a real Julia."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.scipy.special as jss
import numpy as np
import pytest
from jax import lax
from translated import assert_same

SMOOTH = [
    "softplus",
    "log_sigmoid",
    "mish",
    "silu",
    "gelu",
    "squareplus",
    "sigmoid",
    "tanh",
    "elu",
    "celu",
    "soft_sign",
]
KINKED = [
    "relu",
    "relu6",
    "selu",
    "hard_tanh",
    "hard_sigmoid",
    "hard_silu",
    "leaky_relu",
    "sparse_plus",
    "sparse_sigmoid",
]
ELEMENTARY = [
    "sin",
    "cos",
    "tan",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "exp",
    "exp2",
    "expm1",
    "log1p",
    "square",
    "abs",
    "sign",
    "floor",
    "ceil",
    "round",
    "trunc",
    "cbrt",
    "reciprocal",
]
MATRIX = np.random.default_rng(0).normal(size=(3, 3))
BATCH = np.random.default_rng(1).normal(size=(2, 3, 3))


def side_by_side(functions):
    """Each function on two entries of the state; the parameter stretches them."""

    def field(z, p):
        pairs = z.reshape(-1, 2)
        return jnp.concatenate([f(p * pair) for f, pair in zip(functions, pairs, strict=True)])

    return field, 2 * len(functions)


@pytest.mark.parametrize("names", [SMOOTH, KINKED])
def test_activations_have_jax_derivatives_to_third_order_also_at_their_kinks(names):
    field, n = side_by_side([getattr(jax.nn, name) for name in names])
    assert_same(field, n, orders=3, kink=True)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "standardize"])
def test_activations_of_whole_vectors(name):
    assert_same(lambda z, p: getattr(jax.nn, name)(p * z) * jnp.ones(4), orders=2, kink=True)


def test_gated_linear_unit():
    assert_same(lambda z, p: jnp.tile(jax.nn.glu(p * z), 2), orders=3)


def test_elementary_functions_to_third_order():
    field, n = side_by_side([getattr(jnp, name) for name in ELEMENTARY])
    assert_same(lambda z, p: field(z + 2.2, p), n, orders=3)


def test_functions_with_bounded_domains_and_what_lies_outside():
    def field(z, p):
        inside = jnp.tanh(z)
        total = jnp.arcsin(inside) + jnp.arccos(inside * p) + jnp.arctanh(inside)
        total += (
            jnp.arccosh(1.5 + z**2) + jnp.sqrt(z**2 + p) + jnp.log(z**2 + p) + lax.rsqrt(z**2 + p)
        )
        outside = [jnp.log(z), jnp.sqrt(z), jnp.log1p(z - 2), z**p, jnp.arcsin(z)]
        return total + sum(jnp.where(jnp.isnan(x), p, 1.0) for x in outside)

    assert_same(field, orders=2)


def test_powers_angles_and_remainders():
    def field(z, p):
        total = jnp.abs(z) ** 2.5 + (1 + z**2) ** p + 2.0**z + z**4 + (z + 3) ** -2 + p**3
        total += jnp.arctan2(z, p + z**2) + jnp.hypot(z, p) + jnp.sinc(z)
        return total + jnp.remainder(z, 0.7) + jnp.fmod(z, 0.3) + z % p

    assert_same(field, orders=3)


def test_sinc_at_zero():
    assert_same(lambda z, p: jnp.sinc(z * p), 2, orders=2, kink=True)


def test_error_functions_to_third_order():
    def field(z, p):
        return jnp.concatenate([
            jax.nn.gelu(3 * p * z, approximate=False),
            jss.erf(p * z) + jss.erfc(3 * z),
            jss.erfinv(jnp.tanh(z)),
        ])

    assert_same(lambda z, p: field(z[:1], p), 3, orders=3, kink=True, tolerance=1e-10)
    assert_same(lambda z, p: jnp.tile(jss.erfinv(jnp.tanh(z[1:2])), 2), 2, orders=2, kink=True)


def test_extremes_share_the_derivative_where_they_tie():
    def field(z, p):
        total = jnp.maximum(z, p * z[::-1]) + jnp.minimum(z, 0) + jnp.clip(z, -0.5, 0.5)
        total += lax.clamp(-0.3, z, 0.4) + jnp.max(z) + 2 * jnp.min(z) + jnp.maximum(z, z**2)
        return total + jnp.max(jnp.outer(z, jnp.ones(3)), axis=1) + jnp.abs(z)

    assert_same(field, orders=2, kink=True)


def test_logarithms_of_sums():
    def field(z, p):
        total = jnp.logaddexp(z, p * z) + jnp.logaddexp2(z, p) + jnp.logaddexp(z, z)
        return total + jss.xlogy(z, z**2 + 1) + jss.xlog1py(z, z**2)

    assert_same(field, orders=3, kink=True)


def test_reductions():
    def field(z, p):
        square = jnp.outer(z, z + p)
        cube = square.reshape(2, 2, 4)
        total = cube.max(axis=1).sum(axis=0) + cube.min(axis=(0, 1)) + square.sum(axis=1)
        total += jnp.argmax(square, axis=0) * z + jnp.argmin(z) * p + jnp.prod(1 + z) + jnp.var(z)
        total += square.mean(axis=(0, 1)) + jnp.any(z > p) * z + jnp.all(square < p, axis=1)
        return total + jnp.linalg.norm(square, axis=0)

    assert_same(field)


def test_cumulative_sums_and_products():
    def field(z, p):
        backwards = lax.cumsum(jnp.outer(z, z), axis=1, reverse=True)[:, 0]
        return jnp.cumsum(z) + jnp.cumprod(z + p) + backwards

    assert_same(field)


def test_reshapes_count_by_rows():
    def field(z, p):
        cube = jnp.arange(8.0).reshape(2, 2, 2) * z.reshape(2, 2)[:, :, None] * p
        total = cube.reshape(4, 2).T.reshape(8)[::2] + cube.transpose(2, 0, 1).reshape(-1)[1::2]
        total += jnp.broadcast_to(z[:, None], (4, 3)).reshape(3, 4)[1]
        return (
            total
            + jnp.stack([cube, cube + 1], axis=1).reshape(-1)[4:8]
            + cube.reshape(4, 1, 2)[:, 0, 1]
        )

    assert_same(field)


def test_joining_padding_and_reversing():
    def field(z, p):
        square = jnp.outer(z, z)
        total = jnp.pad(z, (1, 2), constant_values=p)[1:5] + lax.pad(z, p, ((-1, 2, 1),))[:4]
        total += jnp.pad(square, 1, constant_values=0.5)[1, 1:5] + jnp.roll(z, 1) + square[::-1, 1]
        total += jnp.concatenate([square, jnp.ones((4, 2))], axis=1)[:, 4]
        total += jnp.stack([square] * 2, axis=2)[0, :, 1] + jnp.stack([z, p * z], axis=1).sum(
            axis=1
        )
        return total + jnp.repeat(z[:2], 2) + jnp.tile(square, (2, 1))[4] + jnp.tril(square) @ z

    assert_same(field)


def test_reading_at_known_places():
    def field(z, p):
        square = jnp.outer(z, z * p)
        total = z[jnp.array([3, 1, 0, 2])] + square[jnp.array([1, 0, 1, 0])][:, 2]
        total += square[:, jnp.array([2, 1])].sum(axis=1) + square[-1] + square[1, 2]
        total += square[jnp.arange(4), jnp.array([1, 2, 3, 0])] + jnp.diag(square)
        return total + jnp.nan_to_num(jnp.take(z, jnp.array([5, 0, 1, 2])))

    assert_same(field)


def test_reading_at_places_that_depend_on_the_state():
    def field(z, p):
        square, k = jnp.outer(z, z * p), jnp.argmax(z)
        total = z[k] + square[k, jnp.argmin(z)] + z[(jnp.arange(4) + k) % 4] + square[k]
        total += jnp.take(z, k + jnp.array([0, 1, -2, 3]), mode="clip")
        total += jnp.nan_to_num(z.at[k + jnp.arange(4)].get(mode="fill", fill_value=jnp.nan))
        return total + lax.dynamic_slice(square, (k, 1), (2, 2)).sum() + square[1:, 1:][k - 1, 0]

    assert_same(field)


def test_writing():
    def field(z, p):
        k, pair = jnp.argmax(z), jnp.array([0, 2])
        total = z.at[1].set(p).at[pair].add(z[1:3]).at[jnp.array([0, 0])].add(p)
        total += jnp.zeros((4, 4)).at[jnp.arange(4), jnp.arange(4)].set(z)[1]
        total += z.at[k].mul(p) + z.at[0].max(p) + z.at[3].min(z[0]) + z.at[pair].max(z[k])
        total += lax.dynamic_update_slice(z, z[:2] * p, (k,)) + z.at[k + 1].set(0.0, mode="drop")
        return total + jnp.zeros((2, 4)).at[1].set(z * p).sum(axis=0)

    assert_same(field)


def test_products_of_matrices_vectors_and_batches():
    def field(z, p):
        wide, pair = jnp.ones((3, 4)), jnp.stack([z[:3], z[1:]])
        total = (MATRIX @ z[:3] @ MATRIX * p) @ wide + z @ jnp.outer(z, z) * jnp.dot(z, z)
        total += (MATRIX.T @ z[:3]) @ wide + jnp.kron(z[:2], z[:2])
        total += jnp.einsum("bij,bj->bi", BATCH, pair).sum(axis=0) @ wide
        total += jnp.einsum("bij,bjk->bki", BATCH, BATCH * p).reshape(-1)[:4]
        total += jnp.einsum("bij,cij->bc", BATCH, BATCH * z[0]).reshape(-1)
        total += jnp.einsum("ij,ij->", MATRIX * p, MATRIX)
        total += jnp.einsum("ijk,kl->lij", BATCH, MATRIX * p).reshape(-1)[3:7]
        return total + jnp.tensordot(BATCH, z[:3], axes=[[1], [0]]).reshape(-1)[:4]

    assert_same(field)


def test_scans():
    def step(carry, x):
        state, count = carry
        return (jnp.tanh(state * x) + count, count + 1), (state * x, state[0] > 0)

    def field(z, p):
        (state, count), (steps, signs) = lax.scan(step, (z, 0), jnp.array([0.5, 0.2, 0.1]) * p)
        backwards = lax.scan(lambda c, x: (c + x * p, c * x), 1.0, z, reverse=True)[1]
        layers = jnp.stack([jnp.outer(z, z), jnp.eye(4) * p])
        network = lax.scan(lambda h, w: (jnp.tanh(w @ h), None), z, layers)[0]
        return state + count + steps.sum(axis=0) + signs.sum() + backwards + network

    assert_same(field)


def test_loops_whose_count_is_known_and_loops_whose_count_is_not():
    def field(z, p):
        fixed = lax.while_loop(lambda s: s[0] < 5, lambda s: (s[0] + 1, s[1] * 0.5 + z * p), (0, z))
        free = lax.while_loop(lambda s: jnp.sum(s**2) > 0.1, lambda s: s * 0.5, z)
        return fixed[1] + free + lax.fori_loop(0, 3, lambda i, x: x + z[i] * p, 0.0)

    assert_same(field)


def test_branches():
    def field(z, p):
        total = lax.cond(z[0] >= p, lambda x: x**2, jnp.zeros_like, z)
        total += lax.cond(z[0] < p, lambda x: x**2, jnp.zeros_like, z)
        total += lax.switch(jnp.argmax(z), [lambda x: x, lambda x: 2 * x, lambda x: p * x], z)
        return total + jnp.where(z > 0, z**2, p) + lax.select_n(jnp.argmin(z), z, p * z, z, z**2)

    assert_same(field, kink=True)


def test_vectorised_functions():
    def field(z, p):
        total = jax.vmap(lambda a, b: lax.cond(a > 0, lambda: jnp.tanh(a * b), lambda: a))(z, z * p)
        total += jax.vmap(lambda a: jnp.linalg.norm(jnp.stack([a, p])))(z)
        total += jax.vmap(lambda i: z[i])(jnp.arange(3, -1, -1))
        return total + jax.vmap(lambda i, row: row[i])(
            jnp.argsort(MATRIX.ravel()[:4]), jnp.outer(z, z)
        )

    assert_same(field)


def test_conversions_between_numbers_integers_and_truth_values():
    def field(z, p):
        total = z.astype(int).astype(float) + (z > p).astype(float) + jnp.arange(4) * z
        total += (jnp.argmax(z) // 2) * p + (-jnp.argmax(z)) % 3 + (z > 0) * (z < 1) * p
        total += jnp.logical_not(z > 0) * 1.0 + jnp.logical_xor(z > 0, z > p) + z.astype(bool)
        return total + jnp.abs(jnp.argmin(z) - 2) ** 2 + jnp.maximum(jnp.argmax(z), 1)

    assert_same(field)


def test_wrappers_vanish():
    def field(z, p):
        checked = eqx.error_if(z, jnp.any(z > 1e9), "too large")
        total = lax.stop_gradient(z) * z + checked * p + jax.checkpoint(jnp.sin)(z)
        jax.debug.print("{z}", z=z, ordered=False)
        return total + jax.jit(jnp.cos)(z) + eqx.filter_jit(lambda x: x * p)(z)

    assert_same(field)


def test_arrays_of_nothing_and_numbers_that_are_not_finite():
    def field(z, p):
        total = (
            z + jnp.zeros((4, 0)) @ jnp.zeros(0) * p + jnp.sum(z[:0]) + jnp.concatenate([z, z[:0]])
        )
        total += jnp.max(z[:0], initial=p) + jnp.where(jnp.isfinite(z), z, jnp.nan)
        return total + jnp.where(z < jnp.inf, z, -jnp.inf) + (z[:0, None] * z).sum(axis=0)

    assert_same(field)


@pytest.mark.parametrize(
    "field",
    [lambda z, p: z, lambda z, p: jnp.ones(4), lambda z, p: z[::-1], lambda z, p: jnp.arange(4)],
)
def test_fields_that_compute_nothing(field):
    assert_same(lambda z, p: field(z, p) * 1.0, orders=1)


def test_a_single_state():
    assert_same(lambda z, p: p * z - z**3, 1, orders=3, kink=True)


def test_a_vector_of_parameters():
    assert_same(lambda z, p: p[0] * z + p[1] * jnp.tanh(z) + jnp.sum(p), parameter=[0.3, 0.8])
