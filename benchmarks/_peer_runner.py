"""One peer on one problem, run by `peers.py` with the peer's own interpreter.

    PYTHON _peer_runner.py PEER PROBLEM.npz REPETITIONS

Only the peer's public calls are used. The last line printed is a JSON object: seconds of wall
and of CPU (children included) for the first call and for the median of the later ones, the
special points found, and the number of points.
"""

import importlib.metadata
import json
import os
import resource
import statistics
import sys
import time

import numpy as np


def load(path):
    """The problem: name, start, span, steps, and weights where there are some."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def field(problem, xp):
    """f(z, p) of a problem, written with NumPy or jax.numpy."""
    name = str(problem["name"])
    weights = xp.asarray(problem["weights"])

    def logistic(x):
        return 1 / (1 + xp.exp(-x))

    def pitchfork(z, p):
        return p * z - z**3

    def brusselator(z, b):
        x, y = z[0], z[1]
        return xp.stack([1.5 - (b + 1) * x + x * x * y, b * x - x * x * y])

    def wilson_cowan(z, p):
        e, i = z[0], z[1]
        return xp.stack([
            -e + logistic(12 * e - 10 * i - 2 + p),
            -i + logistic(10 * e - 2 * i - 3.5),
        ])

    def network(z, gain):
        return -z + gain * (weights @ xp.tanh(z))

    def bratu(u, lam):
        zero = xp.zeros(1)
        left, right = xp.concatenate([zero, u[:-1]]), xp.concatenate([u[1:], zero])
        return (u.size + 1) ** 2 * (left - 2 * u + right) + lam * xp.exp(u)

    return {
        "pitchfork": pitchfork,
        "Brusselator": brusselator,
        "Wilson-Cowan": wilson_cowan,
        "network": network,
        "Bratu": bratu,
    }[name.split()[0]]


def jaxcont(problem):
    """A call of jaxcont, which returns what it found."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    import jaxcont as jc

    velocity = field(problem, jnp)
    lower, upper = problem["span"]
    step, longest, points = problem["steps"]
    given = jc.bif_problem(
        lambda u, p, args: velocity(u, p), u0=jnp.asarray(problem["state"]), p0=float(lower)
    )
    settings = jc.ContinuationPar(ds=float(step), ds_max=float(longest), max_steps=int(points))

    def call():
        result = jc.continuation(
            given,
            p_span=(float(lower), float(upper)),
            settings=settings,
            events=[jc.Fold(), jc.Hopf()],
        )
        found = [(event.kind, float(event.p)) for event in result.events]
        return found, result.branch.n_valid

    return call


def bifpy(problem):
    """A call of AUTO-07p by bifpy, with AUTO's own differences for the Jacobian."""
    from bifpy import auto

    velocity = field(problem, np)
    start = problem["state"]
    lower, upper = (float(end) for end in problem["span"])
    step, longest, points = problem["steps"]

    def equation(state, parameters):
        return velocity(np.asarray(state), parameters[0]).tolist()

    def starting_point(state, parameters, normalized_time):
        state[:] = start.tolist()
        parameters[0] = lower

    settings = {
        "ips": auto.IPS_EQUILIBRIUM, "ndim": start.size, "npar": 1, "nmx": int(points),
        "ntst": 20, "ncol": 4, "iad": 3, "ilp": 1, "isp": 2, "iads": 1, "itmx": 9, "itnw": 5,
        "nwtn": 3, "jac": 0, "ds": float(step), "dsmin": 1e-5, "dsmax": float(longest),
        "rl0": lower, "rl1": upper, "a0": -1e300, "a1": 1e300,
        "epsl": 1e-9, "epsu": 1e-9, "epss": 1e-9, "mxbf": 0,
    }  # fmt: skip
    wanted = {"BRANCH_POINT", "FOLD", "HOPF_BIFURCATION"}

    def call():
        result = auto.run(equation, starting_point, settings, icu=[1])
        branch = result.branches[0]
        found = [
            (point.point_type.name.lower(), float(point.parameters[0]))
            for point in branch.points
            if point.point_type.name in wanted
        ]
        return found, len(branch.points)

    return call


def bifbridge_steps(problem):
    """First and longest step in the root mean square norm of both our engines."""
    size = np.sqrt(problem["state"].size) if str(problem["name"]).startswith("Bratu") else 1.0
    return tuple(float(step / size) for step in problem["steps"][:2])


def bifbridge(problem, engine=None):
    """A call of our engine, normal forms included."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    import bifbridge as bb

    if str(problem["name"]).startswith("network"):
        family = bb.LeafFamily(bb.CTRNN(jnp.asarray(problem["weights"])), "gain")
    else:
        family = bb.families.PlainFamily(field(problem, jnp))
    step, longest = bifbridge_steps(problem)
    span = tuple(float(end) for end in problem["span"])
    given = bb.ContinuationProblem(family, problem["state"], span=span)
    engine = engine or bb.JaxEngine(step=step, max_step=longest)

    def call():
        branch = bb.continuation(given, engine)
        found = [(point.kind, point.parameter) for point in branch.special_points]
        return found, len(branch)

    return call


def bifurcationkit(problem):
    """A call of BifurcationKit through bifbridge, self-test of the translation included."""
    import bifbridge as bb
    from bifbridge.julia import ContinuationPar, NewtonPar

    step, longest = bifbridge_steps(problem)
    steps = ContinuationPar(ds=step, dsmax=longest, max_steps=int(problem["steps"][2]))
    # Its tolerance is absolute, and Bratu's residual rounds at 1e-11 and above.
    newton = NewtonPar(tol=1e-8 if str(problem["name"]).startswith("Bratu") else 1e-12)
    return bifbridge(problem, bb.BifurcationKit(steps, newton))


def seconds():
    """CPU seconds of this process and of its children."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def main():
    """Measure, and print one line of JSON."""
    peer, path, repetitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
    # What the peer prints belongs to stderr; stdout carries the answer alone.
    answer = os.dup(1)
    os.dup2(2, 1)
    calls = {
        "bifbridge": bifbridge,
        "jaxcont": jaxcont,
        "bifpy": bifpy,
        "bifurcationkit": bifurcationkit,
    }
    wall, cpu = time.perf_counter(), seconds()
    call = calls[peer](load(path))
    imported = (time.perf_counter() - wall, seconds() - cpu)
    walls, cpus = [], []
    found, points = [], 0
    for _ in range(1 + repetitions):
        wall, cpu = time.perf_counter(), seconds()
        found, points = call()
        walls.append(time.perf_counter() - wall)
        cpus.append(seconds() - cpu)
        if walls[0] > 60:
            break
    warm = slice(1, None) if len(walls) > 1 else slice(None)
    line = json.dumps({
        "version": importlib.metadata.version("bifbridge" if peer == "bifurcationkit" else peer),
        "import_wall": imported[0],
        "import_cpu": imported[1],
        "found": found,
        "points": points,
        "calls": len(walls),
        "cold_wall": walls[0],
        "cold_cpu": cpus[0],
        "warm_wall": statistics.median(walls[warm]),
        "warm_cpu": statistics.median(cpus[warm]),
    })
    os.write(answer, (line + "\n").encode())


if __name__ == "__main__":
    main()
