"""BifurcationKit's recorded answers as an engine, where there is no Julia to ask."""

import jax
import jax.numpy as jnp
import numpy as np

from bifbridge.continuation import AbstractEngine, Branch, SpecialPoint, Status
from bifbridge.continuation.jax_engine import JaxEngine
from bifbridge.normal_forms import HopfNormalForm, ScalarNormalForm
from tests.reference import systems

KINDS = {"Fold": "fold", "Transcritical": "transcritical", "Pitchfork": "pitchfork", "Hopf": "hopf"}


class RecordedEngine(AbstractEngine):
    """The special points of a recorded system, on a branch that the record does not hold.

    Attributes:
        name: of the system.
    """

    name: str

    def run(self, problem) -> Branch:
        """The recorded points; the points between them are the embedded engine's."""
        branch = JaxEngine(detect=False).run(problem)
        points = systems.recorded()[self.name]["branches"][0]["special_points"]
        found = [
            _point(problem, point)
            for point in points
            if point["type"] != "endpoint" and point["normal_form"]["class"] in KINDS
        ]
        return Branch(
            branch.parameters, branch.states, branch.tangents, branch.eigenvalues, branch.steps,
            branch.iterations, tuple(found), branch.balance, Status.SPAN_END, branch.ends,
        )  # fmt: skip


def _point(problem, point) -> SpecialPoint:
    refined = point.get("refined") or {}
    form = refined.get("normal_form") or point["normal_form"]
    kind = KINDS[point["normal_form"]["class"]]
    parameter = refined.get("param", point["param"])
    state = jnp.asarray(refined.get("state", point["state"]))
    matrix = np.asarray(jax.jacfwd(problem.family.velocity(parameter))(state))
    eigenvalues = np.linalg.eigvals(matrix).astype(complex)
    convert = _hopf if kind == "hopf" else _scalar
    return SpecialPoint(
        kind, parameter, np.asarray(state), eigenvalues, convert(kind, state, form, eigenvalues)
    )


def _scalar(kind, state, form, eigenvalues) -> ScalarNormalForm:
    critical = eigenvalues[np.argmin(np.abs(eigenvalues))].real
    vector = jnp.asarray(form.get("right_vector") or np.full(state.size, np.nan))
    nothing = jnp.full(state.size, jnp.nan)
    return ScalarNormalForm(
        kind, state, jnp.asarray(critical), vector, nothing,
        jnp.asarray(form["b20"] / 2), jnp.asarray(form["b30"] / 6), nothing, None, jnp.asarray(0.0),
    )  # fmt: skip


def _hopf(kind, state, form, eigenvalues) -> HopfNormalForm:
    near = eigenvalues[np.argmin(np.abs(eigenvalues - 1j * form["omega"]))]
    nothing = jnp.full(state.size, jnp.nan, complex)
    return HopfNormalForm(
        state, jnp.asarray(form["omega"]), jnp.asarray(near), nothing, nothing,
        jnp.asarray(complex(*form["b"]).conjugate()), None, None, jnp.asarray(0.0),
    )  # fmt: skip
