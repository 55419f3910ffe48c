"""The systems of the recorded data, as functions f(z, p) of the parameter that varied there."""

import json
from functools import cache
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from tests import helpers


@cache
def recorded() -> dict[str, dict]:
    """The recorded systems by name."""
    path = Path(__file__).parent / "bifurcationkit-0.8.json"
    return {system["id"]: system for system in json.loads(path.read_text())["systems"]}


def field(name: str):
    """f(z, p) of a recorded system."""
    return _FIELDS[name]


def indices(n: int) -> tuple[np.ndarray, np.ndarray]:
    counted = np.arange(1.0, n + 1)
    return counted[:, None], counted[None, :]


def symmetric_weights(chirp: float) -> np.ndarray:
    i, j = indices(32)
    raw = np.sin(1.3 * i * j + 0.7 * (i + j) + chirp * (i * j) ** 2)
    raw = (raw + raw.T) / 2
    return raw / np.linalg.eigvalsh(raw)[-1]


def network(weights: np.ndarray, bias: np.ndarray | None = None):
    def velocity(z, g, s=0.0):
        drive = 0.0 if bias is None else s * jnp.asarray(bias)
        return -z + g * (jnp.asarray(weights) @ jnp.tanh(z)) + drive

    return velocity


def _skew_weights() -> np.ndarray:
    i, j = indices(8)
    return np.sin(3 * i + 5 * j**2 + i * j) / np.sqrt(8)


def _biased():
    i, j = indices(8)
    weights = np.cos(2 * i**2 + 3 * j + 0.5 * i * j) / np.sqrt(8)
    return network(weights, np.cos(np.arange(1.0, 9)))


def _gru(z, g, s):
    i, j = indices(4)
    k = jnp.arange(1.0, 5)
    recurrent = jnp.asarray(1.5 * np.sin(i + 2 * j) + 1.5 * np.eye(4))
    update = helpers.logistic(jnp.asarray(0.8 * np.cos(i * j + 1)) @ z + 0.3 * k - 0.8)
    reset = helpers.logistic(jnp.asarray(0.8 * np.sin(2 * i - j)) @ z + 0.5 - 0.2 * k)
    drive = g * (recurrent @ (reset * z)) + s * 0.2 * jnp.cos(2 * k)
    return (1 - update) * (-z + jnp.tanh(drive))


def lorenz84(z, f, t=0.04):
    x, y, w, u = z
    return jnp.stack([
        -(y**2) - w**2 - 0.25 * x + 0.25 * f - 0.987 * u**2,
        x * y - x * w - y + 0.25,
        x * y + x * w - w,
        -1.04 * u + 0.987 * u * x + t,
    ])


_BIASED = _biased()
_FIELDS = {
    "pitchfork": helpers.pitchfork,
    "transcritical": helpers.transcritical,
    "fold": helpers.fold,
    "subcritical_pitchfork": helpers.subcritical_pitchfork,
    "stuart_landau": helpers.stuart_landau,
    "brusselator": helpers.brusselator,
    "wilson_cowan": helpers.wilson_cowan,
    "fitzhugh_nagumo": helpers.fitzhugh_nagumo,
    "lorenz63": helpers.lorenz,
    "ctrnn32_symmetric": network(symmetric_weights(0.05)),
    "ctrnn32_close_pair": network(symmetric_weights(0.0)),
    "ctrnn32_close_pair_small_steps": network(symmetric_weights(0.0)),
    "ctrnn8_nonsymmetric": network(_skew_weights()),
    "ctrnn8_bias": lambda z, s: _BIASED(z, 2.0, s),
    "ctrnn8_bias_gain": lambda z, g: _BIASED(z, g, 0.1),
    "ctrnn8_bias_gain_lower": lambda z, g: _BIASED(z, g, 0.1),
    "gru4_origin": lambda z, g: _gru(z, g, 0.0),
    "gru4_input": lambda z, g: _gru(z, g, 1.0),
    "gru4_input_scale": lambda z, s: _gru(z, 3.0, s),
    "bratu50": helpers.bratu,
    "lorenz84": lorenz84,
}
