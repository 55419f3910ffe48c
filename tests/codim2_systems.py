"""Hidden textbook normal forms, Lorenz-84, and a centre-manifold reduction by other means."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np

from bifbridge.continuation import SpecialPoint


def hide(core, dimension, n, seed=0, strength=0.3):
    """`core` in other coordinates of Rⁿ: the field, the image of its origin, and DΦ there.

    `core(x)` drives the first `dimension` components and the others decay; two shears and a
    linear map bend the centre manifold.
    """
    rng = np.random.default_rng(seed)
    frame = np.linalg.qr(rng.normal(size=(n, n)))[0] @ np.diag(rng.uniform(0.6, 1.6, n))
    linear, inverse = jnp.asarray(frame), jnp.asarray(np.linalg.inv(frame))
    decay = jnp.asarray(rng.uniform(0.5, 2.0, n))
    half = n // 2
    first = jnp.asarray(strength * rng.normal(size=(n - half, half)))
    second = jnp.asarray(strength * rng.normal(size=(half, n - half)))
    offset = jnp.asarray(0.3 * rng.normal(size=n))

    def velocity(z):
        y = inverse @ (z - offset)
        a, b = y[:half], y[half:]
        c = a - second @ (b * b)
        d = b - first @ (c * c)
        inner = jnp.concatenate([c, d])
        g = jnp.concatenate([core(inner[:dimension]), -decay[dimension:] * inner[dimension:]])
        speed = g[half:] + first @ (2 * c * g[:half])
        return linear @ jnp.concatenate([g[:half] + second @ (2 * b * speed), speed])

    return velocity, offset, frame


def lorenz84(z, p):
    """The extended Lorenz-84 model, p = (F, T)."""
    x, y, w, u = z
    f, t = p
    return jnp.stack([
        -(y**2) - w**2 - 0.25 * x + 0.25 * f - 0.987 * u**2,
        x * y - x * w - y + 0.25,
        x * y + x * w - w,
        -1.04 * u + 0.987 * u * x + t,
    ])


def reduce_to_centre(velocity, state, frequencies, order, real=0):
    """Coefficients of the normal form, monomial by monomial, without multilinear forms.

    The composition f(H(x)) − DH(x)ẋ is differentiated as a whole with respect to the real
    coordinates x of the centre manifold, `real` of them for a zero eigenvalue and two for every
    frequency, and each monomial of its Wirtinger expansion solved for. Returns a function from
    the row and the exponents (of w₀, w₁, w̄₁, …) to the coefficient with its factorials.
    """
    n = state.size
    matrix = np.asarray(jax.jacfwd(velocity)(state))
    values, rights, lefts = _eigen(matrix, frequencies, real)
    size = len(values)
    wirtinger = np.eye(size, dtype=complex)
    for k in range(real, size, 2):
        wirtinger[k : k + 2, k : k + 2] = [[0.5, -0.5j], [0.5, 0.5j]]
    shape, motion = {}, {}
    for k in range(size):
        unit = tuple(int(i == k) for i in range(size))
        shape[unit] = rights[:, k]
        motion[unit] = values[k] * np.eye(size)[k]
    for total in range(2, order + 1):
        tensor = _derivative(_defect(velocity, state, shape, motion, real, size), size, total)
        for _ in range(total):
            tensor = np.tensordot(tensor, wirtinger, axes=(1, 1))
        fresh = {}
        for exponents in itertools.product(range(total + 1), repeat=size):
            if sum(exponents) != total:
                continue
            index = [k for k in range(size) for _ in range(exponents[k])]
            target = tensor[(slice(None), *index)]
            sigma = np.dot(exponents, values)
            resonant = [k for k in range(size) if abs(sigma - values[k]) < 1e-3]
            motion[exponents] = np.zeros(size, complex)
            block = sigma * np.eye(n) - matrix
            for k in resonant:
                motion[exponents][k] = lefts[:, k].conj() @ target
            columns, rows = rights[:, resonant], lefts[:, resonant].conj().T
            zeros = np.zeros(len(resonant))
            whole = np.block([[block, columns], [rows, np.outer(zeros, zeros)]])
            fresh[exponents] = np.linalg.solve(whole, np.append(target, zeros))[:n]
        shape |= fresh
    return lambda row, exponents: motion[tuple(exponents)][row]


def _eigen(matrix, frequencies, real):
    found, rights = np.linalg.eig(matrix)
    wanted = [0.0] * real + [s for w in frequencies for s in (1j * w, -1j * w)]
    columns = [rights[:, np.argmin(np.abs(found - w))] for w in wanted]
    for k in range(real, len(columns), 2):
        columns[k + 1] = columns[k].conj()
    others, lefts = np.linalg.eig(matrix.T)
    rows = [lefts[:, np.argmin(np.abs(others - w))].conj() for w in wanted]
    rights = np.stack([_fixed(column) for column in columns], 1)
    lefts = np.stack([row / np.vdot(rights[:, k], row) for k, row in enumerate(rows)], 1)
    return np.array(wanted), rights, lefts


def _fixed(column):
    column = column / np.linalg.norm(column)
    lead = column[np.argmax(np.abs(column) >= (1 - 1e-6) * np.abs(column).max())]
    return column * np.conj(lead) / abs(lead)


def _defect(velocity, state, shape, motion, real, size):
    def complex_coordinates(x):
        parts = [x[k] + 0j for k in range(real)]
        for k in range(real, size, 2):
            parts += [x[k] + 1j * x[k + 1], x[k] - 1j * x[k + 1]]
        return parts

    def monomial(w, exponents):
        scale = math.prod(math.factorial(e) for e in exponents)
        return (
            math.prod((w[k] for k in range(size) for _ in range(exponents[k])), start=1.0) / scale
        )

    def surface(x):
        w = complex_coordinates(x)
        return state + sum(monomial(w, e) * jnp.asarray(h) for e, h in shape.items()).real

    def speed(x):
        w = complex_coordinates(x)
        total = jnp.zeros(size, complex)
        for e, g in motion.items():
            total = total + monomial(w, e) * jnp.asarray(g)
        parts = [total[k].real for k in range(real)]
        for k in range(real, size, 2):
            parts += [total[k].real, total[k].imag]
        return jnp.stack(parts)

    return lambda x: velocity(surface(x)) - jax.jvp(surface, (x,), (speed(x),))[1]


def _derivative(function, size, order):
    for _ in range(order):
        function = jax.jacfwd(function)
    return np.asarray(jax.jit(function)(jnp.zeros(size)))


def wilson_cowan(z, p, q):
    """Wilson–Cowan with an input to each population."""
    e, i = z
    return jnp.stack([
        -e + 1 / (1 + jnp.exp(-(12 * e - 10 * i - 2 + p))),
        -i + 1 / (1 + jnp.exp(-(10 * e - 2 * i - 3.5 + q))),
    ])


def start_point(field, kind, p, q, state):
    """A special point at known numbers, as a branch at fixed q would give it."""
    z = jnp.asarray(state, float)
    values = np.linalg.eigvals(np.asarray(jax.jacfwd(lambda s: field(s, p, q))(z))).astype(complex)
    return SpecialPoint(kind, float(p), np.asarray(z), values[np.argsort(-np.real(values))])


def form_of(point, kind):
    """The normal form of a point, which must be of that type."""
    assert isinstance(point.normal_form, kind)
    return point.normal_form
