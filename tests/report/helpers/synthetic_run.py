"""A small student–teacher run in plain NumPy, stored as a run folder stores it.

Nothing of bifbridge computes it: Euler steps, their exact adjoint and tangent, and the normal
form of the pitchfork of ż = −z + W tanh z at the origin, c₃ = −⅓ Σ wᵢvᵢ³, ∇_W λ = w vᵀ. So the
figures and pages are tested on data that look like a learned bifurcation because they are one.
"""

import json
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

UNITS, TRIALS, HORIZON, DT = 6, 12, 15.0, 0.1
TIMES = np.arange(0.0, HORIZON + DT / 2, DT)
SAVED = slice(None, None, 5)
WEIGHTS = np.full(TIMES[SAVED].size, DT * 5)
WEIGHTS[[0, -1]] /= 2
STEPS, RATE, CLIP = 400, 0.25, 0.4
DENSE = 60


def solve(weights, starts):
    """Euler steps of ż = −z + W tanh z, shape (N, K, n)."""
    states = [starts]
    for _ in TIMES[1:]:
        z = states[-1]
        states.append(z + DT * (-z + np.tanh(z) @ weights.T))
    return np.stack(states, axis=1)


def loss_and_gradient(weights, starts, readout, targets):
    """Mean over trials and time of ½|C(z − z*)|², and its gradient in W."""
    states = solve(weights, starts)
    errors = (states - targets) @ readout.T
    scale = 1 / (starts.shape[0] * TIMES.size)
    loss = 0.5 * scale * np.sum(errors**2)
    push, adjoint, gradient = errors @ readout * scale, 0.0, np.zeros_like(weights)
    for k in range(TIMES.size - 1, 0, -1):
        adjoint = adjoint + push[:, k]
        rate = np.tanh(states[:, k - 1])
        gradient += DT * adjoint.T @ rate
        adjoint = adjoint * (1 - DT) + DT * (adjoint @ weights) * (1 - rate**2)
    return loss, gradient


def sensitivity(weights, starts):
    """S scaled so that 𝒦 = S Sᵀ in the trapezoid inner product, shape (N·T·n, n²)."""
    n, states = UNITS, solve(weights, starts)
    tangent = np.zeros((starts.shape[0], n, n * n))
    saved = [tangent]
    for k in range(TIMES.size - 1):
        rate = np.tanh(states[:, k])
        direct = np.einsum("ij,Nk->Nijk", np.eye(n), rate).reshape(-1, n, n * n)
        jacobian = weights[None] * (1 - rate**2)[:, None, :] - np.eye(n)
        tangent = tangent + DT * (jacobian @ tangent + direct)
        saved.append(tangent)
    kept = np.stack(saved, axis=1)[:, SAVED]
    return kept * np.sqrt(WEIGHTS / starts.shape[0])[None, :, None, None]


def equilibrium(weights, start):
    """The equilibrium that Newton's method reaches from `start`."""
    z = start
    for _ in range(60):
        jacobian = weights * (1 - np.tanh(z) ** 2) - np.eye(UNITS)
        z = z - np.linalg.solve(jacobian, -z + weights @ np.tanh(z))
    return z


def leading(matrix):
    """Leading eigenvalue with right and left vectors, |v| = 1, w·v = 1."""
    values, right = np.linalg.eig(matrix)
    values_left, left = np.linalg.eig(matrix.T)
    v = np.real(right[:, np.argmax(np.real(values))])
    w = np.real(left[:, np.argmax(np.real(values_left))])
    v = v * np.sign(v[np.argmax(abs(v))]) / np.linalg.norm(v)
    return float(np.real(values).max()), v, w / (w @ v)


@cache
def _training():
    rng = np.random.default_rng(3)
    basis = np.linalg.qr(rng.normal(size=(UNITS, UNITS)))[0]
    teacher = basis[:, :3] @ np.diag([1.6, 1.2, 0.5]) @ basis[:, :3].T
    readout = basis[:, :3].T
    student = 0.4 * rng.normal(size=(UNITS, UNITS)) / np.sqrt(UNITS)
    starts = 0.3 * rng.normal(size=(TRIALS, UNITS))
    targets = solve(teacher, starts)
    path, losses, norms = [student], [], []
    for _ in range(STEPS + 1):
        loss, gradient = loss_and_gradient(path[-1], starts, readout, targets)
        losses.append(loss)
        norms.append(np.linalg.norm(gradient))
        path.append(path[-1] - RATE * gradient * min(1.0, CLIP / norms[-1]))
    return np.stack(path[:-1]), np.array(losses), np.array(norms), starts, readout, targets


@cache
def _crossing_step():
    path = _training()[0]
    eigenvalues = np.array([leading(w)[0] - 1 for w in path])
    k = int(np.argmax(eigenvalues > 0))
    return float(k - eigenvalues[k] / (eigenvalues[k] - eigenvalues[k - 1]))


def _weights_at(step):
    path = _training()[0]
    k = min(int(step), len(path) - 2)
    return path[k] + (step - k) * (path[k + 1] - path[k])


def _checkpoints():
    centre = int(_crossing_step())
    dense = range(max(0, centre - DENSE), min(STEPS, centre + DENSE), 5)
    close = range(max(0, centre - 8), min(STEPS, centre + 8))
    return np.unique([*range(0, STEPS, 40), *dense, *close, STEPS]).astype(float)


def _kernel_group():
    spectra = []
    for step in _checkpoints():
        s = sensitivity(_weights_at(step), _training()[3]).reshape(-1, UNITS**2)
        spectra.append(np.linalg.svd(s, compute_uv=False) ** 2)
    values = np.stack(spectra)
    trace, square = values.sum(1), (values**2).sum(1)
    share = values / trace[:, None]
    entropy = np.exp(-np.sum(share * np.log(np.maximum(share, 1e-300)), axis=1))
    per_checkpoint = {
        "step": _checkpoints(),
        "trace": trace,
        "trace_of_square": square,
        "participation_ratio": trace**2 / square,
        "entropy_rank": entropy,
        "stable_rank": trace / values[:, 0],
    }
    data: dict[str, Any] = {name: ("checkpoint", value) for name, value in per_checkpoint.items()}
    return xr.Dataset({**data, "eigenvalues": (("checkpoint", "mode"), values[:, :10])})


def _equilibrium_groups():
    steps, (_, _, w) = _checkpoints(), leading(_weights_at(_crossing_step()))
    real, imaginary, projection, stable = [], [], [], []
    for step in steps:
        weights = _weights_at(step)
        value, v, left = leading(weights)
        values = np.linalg.eigvals(weights - np.eye(UNITS))
        values = values[np.argsort(-values.real)][:4]
        real.append(values.real)
        imaginary.append(values.imag)
        cubic = -np.sum(left * v**3) / 3
        arms = [np.nan, np.nan]
        if value > 1:
            arm = equilibrium(weights, v * np.sqrt((1 - value) / cubic))
            arms = [w @ arm, -w @ arm]
        projection.append([0.0, *arms])
        stable.append([value < 1, value > 1, value > 1])
    equilibria = xr.Dataset({
        "step": ("checkpoint", steps),
        "eigenvalues_real": (("checkpoint", "eigenvalue"), np.stack(real)),
        "eigenvalues_imag": (("checkpoint", "eigenvalue"), np.stack(imaginary)),
    })
    diagram = xr.Dataset({
        "step": ("checkpoint", steps),
        "projection": (("checkpoint", "attractor"), np.array(projection)),
        "stable": (("checkpoint", "attractor"), np.array(stable)),
    })
    return equilibria, diagram


def _profile(amplitudes, mu, cubic):
    """The g of ȧ = μa + c₃a³, started at a₀ = `amplitudes`, per trial and time."""
    times, a0 = TIMES[SAVED][None, :], amplitudes[:, None]
    if mu == 0.0:
        u = 1 - 2 * cubic * a0**2 * times
        return a0 * u**-1.5 * (times - cubic * a0**2 * times**2)
    grown = np.expm1(2 * mu * times)
    delta = 1 - cubic * a0**2 * grown / mu
    inner = times + cubic * a0**2 / mu * (times - grown / (2 * mu))
    return a0 * np.exp(mu * times) * delta**-1.5 * inner


@cache
def _comparison():
    starts = _training()[3]
    weights = _weights_at(_crossing_step())
    _, v, w = leading(weights)
    cubic = float(-np.sum(w * v**3) / 3)
    gradient = np.outer(w, v)
    size = float(np.linalg.norm(gradient))
    amplitudes = starts @ w
    s = sensitivity(weights, starts)
    _, values, right = np.linalg.svd(s.reshape(-1, UNITS**2), full_matrices=False)
    plain = s / np.sqrt(WEIGHTS / TRIALS)[None, :, None, None]
    measured = np.einsum("NTnp,n,p->NT", plain, w, gradient.ravel() / size)
    predicted = size * _profile(amplitudes, 0.0, cubic)
    eigenvalue = float(np.sum(predicted**2 * WEIGHTS) / TRIALS)
    dataset = xr.Dataset(
        {
            "amplitude": ("trial", amplitudes),
            "predicted_profile": (("trial", "time"), predicted),
            "measured_profile": (("trial", "time"), measured),
            "measured_eigenvalues": ("mode", values[:10] ** 2),
            "predicted_eigenvalue": eigenvalue,
            "predicted_direction": (("row", "column"), gradient / size),
            "measured_direction": (("row", "column"), right[0].reshape(UNITS, UNITS)),
        },
        coords={"time": TIMES[SAVED]},
    )
    cosine = abs(float(right[0] @ gradient.ravel()) / size)
    return dataset, {
        "cosine": cosine,
        "cubic": cubic,
        "size": size,
        "ratio": eigenvalue / float(values[0] ** 2),
        "share": float(np.sum((s.reshape(-1, UNITS**2) @ gradient.ravel() / size) ** 2))
        / float(np.sum(values**2)),
        "operator": float(
            np.sum(predicted * measured) / np.linalg.norm(predicted) / np.linalg.norm(measured)
        ),
    }


def _landscape_group():
    _, _, _, starts, readout, targets = _training()
    weights = _weights_at(_crossing_step())
    _, v, w = leading(weights)
    size, cubic = np.linalg.norm(np.outer(w, v)), -np.sum(w * v**3) / 3
    mu = np.linspace(-0.2, 0.2, 21)
    line = [weights + m * np.outer(w, v) / size**2 for m in mu]
    measured = [loss_and_gradient(m, starts, readout, targets)[0] for m in line]
    reference, here = solve(weights, starts), starts @ w
    predicted = []
    for m in mu:
        grown = np.expm1(2 * m * TIMES) / m if m else 2 * TIMES
        a = [
            x[:, None] * np.exp(k * TIMES) / np.sqrt(1 - cubic * x[:, None] ** 2 * g)
            for x, k, g in ((here, m, grown), (here, 0.0, 2 * TIMES))
        ]
        moved = reference + (a[0] - a[1])[..., None] * v
        predicted.append(0.5 * np.mean(np.sum(((moved - targets) @ readout.T) ** 2, -1)))
    return xr.Dataset({"predicted": ("mu", predicted), "measured": ("mu", measured)}, {"mu": mu})


def _distance_group():
    mu = np.geomspace(1e-3, 0.1, 7)
    noise = np.random.default_rng(0).normal(scale=0.03, size=(3, mu.size))
    names = {"parameter_direction": 2.0, "top_eigenvalue": 1.0, "critical_channel": 1.0}
    data = {}
    for (name, order), wiggle in zip(names.items(), noise, strict=True):
        values = 0.7 * mu**order * np.exp(wiggle)
        slope = float(np.polyfit(np.log(mu), np.log(values), 1)[0])
        attributes = {"slope": slope, "expected_order": order}
        data[f"{name}_error"] = ("distance", values, attributes)
    return xr.Dataset(data, coords={"mu": ("distance", mu)})


def _event_group():
    _, facts = _comparison()
    return xr.Dataset({
        "step": ("event", [_crossing_step()]),
        "kind": ("event", ["pitchfork"]),
        "criticality": ("event", ["supercritical"]),
        "eigenvalue": ("event", [2.1e-12]),
        "unstable_change": ("event", [1]),
        "quadratic": ("event", [0.0]),
        "cubic": ("event", [facts["cubic"]]),
        "mu_gradient_norm": ("event", [facts["size"]]),
        "converged": ("event", [True]),
        "state": (("event", "unit"), np.zeros((1, UNITS))),
        "loss_drop_step": ("event", [_crossing_step() + 12.0]),
    })


CONFIG = {
    "seed": 3,
    "units": UNITS,
    "trials": TRIALS,
    "horizon": HORIZON,
    "step_size": DT,
    "steps": STEPS,
    "optimizer": "sgd",
    "learning_rate": RATE,
    "clip_norm": CLIP,
    "dtype": "float64",
    "nonlinearity": "tanh",
    "teacher_eigenvalues": [1.6, 1.2, 0.5],
    "trainable": ["weights"],
}
VERSIONS = {"bifbridge": "0.1.0", "jax": "0.10.2"}


@cache
def _whole_tree():
    _, losses, norms, *_ = _training()
    training = xr.Dataset(
        {"loss": ("step", losses), "gradient_norm": ("step", norms)},
        coords={"step": np.arange(STEPS + 1)},
    )
    equilibria, diagram = _equilibrium_groups()
    groups = {
        "/": xr.Dataset(
            attrs={
                "schema_version": 1,
                "kind": "student-teacher",
                "config": json.dumps(CONFIG),
                "versions": json.dumps(VERSIONS),
            }
        ),
        "/training": training,
        "/kernel": _kernel_group(),
        "/equilibrium": equilibria,
        "/diagram": diagram,
        "/events": _event_group(),
        "/crossing": _comparison()[0],
        "/landscape": _landscape_group(),
        "/distance": _distance_group(),
    }
    return xr.DataTree.from_dict(groups)


def run_tree(*, without=()):
    """The run as a DataTree, without the named groups."""
    tree = _whole_tree().copy(deep=True)
    return tree.drop_nodes(list(without)) if without else tree


def run_summary():
    """What summary.json says of the run."""
    tree = _whole_tree()
    facts, kernel = _comparison()[1], tree.children["kernel"].dataset
    errors = tree.children["distance"].dataset.data_vars
    rank, steps = kernel["participation_ratio"].values, kernel["step"].values
    loss, crossing = tree.children["training"].dataset["loss"].values, _crossing_step()
    landscape = tree.children["landscape"].dataset
    error = np.max(np.abs(landscape["predicted"].values / landscape["measured"].values - 1))
    event = {
        "step": crossing,
        "kind": "pitchfork",
        "criticality": "supercritical",
        "eigenvalue": 2.1e-12,
        "unstable_change": 1,
    }
    drop = {
        "loss_drop_step": crossing + 12,
        "loss_drop_offset": 12.0,
        "loss_before": float(loss[int(crossing)]),
        "loss_after": float(loss[int(crossing) + 30]),
    }
    normal_form = {
        "mu_gradient_norm": facts["size"],
        "cubic": facts["cubic"],
        "quadratic": 0.0,
    }
    return {
        "config": CONFIG,
        "versions": VERSIONS,
        "status": "complete",
        "loss": {"initial": float(loss[0]), "final": float(loss[-1])},
        "effective_rank": {
            "initial": float(rank[0]),
            "minimum": float(rank.min()),
            "step_of_minimum": int(steps[rank.argmin()]),
            "at_bifurcation": float(np.interp(crossing, steps, rank)),
        },
        "first_bifurcation": {
            **event,
            "state": [0.0] * UNITS,
            "normal_form": normal_form,
            "converged": True,
        },
        "prediction": {
            "parameter_direction_cosine": facts["cosine"],
            "operator_cosine": facts["cosine"] ** 2,
            "critical_channel_operator_cosine": facts["operator"],
            "top_eigenvalue_ratio": facts["ratio"],
            "critical_channel_share": facts["share"],
            "loss_landscape_relative_error": float(error),
        },
        "events": [{**event, **drop}],
        "distance_study": {
            "slopes": {k: v.attrs["slope"] for k, v in errors.items()},
            "expected": {k: v.attrs["expected_order"] for k, v in errors.items()},
        },
        "seconds": {"training": 41.3, "analysis": 27.9},
    }


def write_run(folder, *, without=(), summary=None):
    """A run folder with run.nc and summary.json; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    run_tree(without=without).to_netcdf(folder / "run.nc", engine="h5netcdf")
    text = json.dumps(run_summary() if summary is None else summary)
    (folder / "summary.json").write_text(text, encoding="utf-8")
    return folder
