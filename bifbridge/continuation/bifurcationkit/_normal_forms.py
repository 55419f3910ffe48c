"""BifurcationKit's normal forms in this package's conventions.

BifurcationKit 0.8 writes ẏ = a01 δp + a02 δp²/2 + b11 y δp + b20 y²/2 + b30 y³/6 along a right
vector of unit 2-norm: b₂ = b20/2, c₃ = b30/6. Its Hopf coefficients a and b in
ẏ = y(iω + a δp + b|y|²) are conjugated where ω > 0, because the projection takes the conjugate of
the wrong factor: c₁ = b̄. The coefficients of Bautin, zero-Hopf and Hopf–Hopf points are projected
the right way round. Bogdanov–Takens vectors are scaled here to |q₀| = 1.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from bifbridge.normal_forms import (
    BautinNormalForm,
    BogdanovTakensNormalForm,
    CodimTwoNormalForm,
    CuspNormalForm,
    HopfHopfNormalForm,
    HopfNormalForm,
    NormalForm,
    ScalarNormalForm,
    ZeroHopfNormalForm,
)
from bifbridge.normal_forms._scalar import ScalarCoefficients, classify
from bifbridge.normal_forms._types import ScalarKind

Raw = dict[str, Any]

#: BifurcationKit's names, chosen there by absolute tolerances.
_CLASSES: dict[str, ScalarKind] = {
    "Fold": "fold",
    "Transcritical": "transcritical",
    "Pitchfork": "pitchfork",
    "BranchPoint": "branch_point",
}


def normal_form(
    raw: Raw, state: np.ndarray, eigenvalues: np.ndarray, kind: str
) -> NormalForm | None:
    """The normal form of a special point of a branch."""
    found = raw.get("class")
    if found == "Hopf":
        return hopf(raw, state, eigenvalues)
    if found in _CLASSES:
        return scalar(raw, state, eigenvalues, kind)
    return None


def scalar(
    raw: Raw, state: np.ndarray, eigenvalues: np.ndarray, kind: str = ""
) -> ScalarNormalForm:
    """The normal form at one real critical eigenvalue."""
    right, left, second = (
        np.asarray(raw[name], float) for name in ("right", "left", "second_order")
    )
    sign = _sign(right)
    size = float(np.linalg.norm(right))
    scale = sign / size
    # BifurcationKit's second order is orthogonal to v, ours to w: b30 moves by the difference.
    along = float(left @ second)
    second = second - along * right
    quadratic = float(raw["b20"]) / 2 * scale
    cubic = (float(raw["b30"]) - 3 * along * float(raw["b20"])) / 6 * scale**2
    rate = float(np.sqrt(np.mean(np.abs(eigenvalues) ** 2))) if np.size(eigenvalues) else 1.0
    known = _CLASSES[raw["class"]]
    forcing = 1.0 if (kind or known) == "fold" else 0.0
    coefficients = ScalarCoefficients(
        eigenvalue=jnp.asarray(_nearest(eigenvalues, 0.0).real),
        right=jnp.asarray(right * scale),
        left=jnp.asarray(left / scale),
        quadratic=jnp.asarray(quadratic),
        cubic=jnp.asarray(cubic),
        second_order=jnp.asarray(second * scale**2),
        # BifurcationKit does not tell how large the terms were that make up a coefficient.
        quadratic_size=jnp.asarray(abs(cubic) ** 0.5 * rate**0.5),
        cubic_size=jnp.asarray(abs(cubic)),
        rate=jnp.asarray(rate),
    )
    found, margin = classify(coefficients, forcing)
    return ScalarNormalForm(
        kind=found if kind else known,
        state=jnp.asarray(state, float),
        eigenvalue=coefficients.eigenvalue,
        right=coefficients.right,
        left=coefficients.left,
        quadratic=coefficients.quadratic,
        cubic=coefficients.cubic,
        second_order=coefficients.second_order,
        unfolding_gradient=None,
        margin=jnp.asarray(margin if kind else 0.0),
    )


def hopf(raw: Raw, state: np.ndarray, eigenvalues: np.ndarray) -> HopfNormalForm:
    """The normal form at a pair of imaginary eigenvalues."""
    omega, coefficient = float(raw["omega"]), complex(raw["b"])
    right, left = (np.asarray(raw[name], complex) for name in ("right", "left"))
    if omega < 0:  # the other eigenvalue of the pair: its coefficient is the standard one here
        right, left, cubic = np.conj(right), np.conj(left), coefficient
    else:
        cubic = np.conj(coefficient)
    right, left, size = _turned(right, left)
    cubic = cubic / size**2
    real = abs(cubic.real) / max(abs(cubic), 1e-300)
    return HopfNormalForm(
        state=jnp.asarray(state, float),
        frequency=jnp.asarray(abs(omega)),
        eigenvalue=jnp.asarray(_nearest(eigenvalues, 1j * abs(omega))),
        right=jnp.asarray(right),
        left=jnp.asarray(left),
        cubic=jnp.asarray(cubic),
        unfolding_gradient=None,
        frequency_gradient=None,
        margin=jnp.asarray(min(max(math.log10(max(real, 1e-300)) + 6, 0.0), 16.0)),
    )


def codim_two(raw: Raw, state: np.ndarray) -> CodimTwoNormalForm | None:
    """The normal form of a point of codimension two."""
    convert = {
        "Cusp": _cusp,
        "BogdanovTakens": _bogdanov_takens,
        "Bautin": _bautin,
        "ZeroHopf": _zero_hopf,
        "HopfHopf": _hopf_hopf,
    }.get(raw.get("class", ""))
    return None if convert is None else convert(raw, jnp.asarray(state, float))


def _cusp(raw: Raw, state: Any) -> CuspNormalForm | None:
    right, left = (np.asarray(raw[name], float) for name in ("right", "left"))
    # Seen live: BifurcationKit may take vectors of two different eigenvalues, which are orthogonal;
    # scaled to wᵀv = 1 the left one is then 1e5 long, and c as wrong.
    if np.linalg.norm(left) * np.linalg.norm(right) > 1e4:
        return None
    scale = _sign(right) / float(np.linalg.norm(right))
    zero = jnp.zeros(())  # both vanish at the point, as BifurcationKit takes it
    return CuspNormalForm(
        state, zero, jnp.asarray(right * scale), jnp.asarray(left / scale), zero,
        jnp.asarray(float(raw["c"]) * scale**2),
    )  # fmt: skip


def _bogdanov_takens(raw: Raw, state: Any) -> BogdanovTakensNormalForm:
    q0, q1 = np.asarray(raw["right"], float)
    p0, p1 = np.asarray(raw["left"], float)
    scale = _sign(q0) / float(np.linalg.norm(q0))
    q0, q1, p0, p1 = q0 * scale, q1 * scale, p0 / scale, p1 / scale
    # q₁ is known up to a multiple of q₀: ours is orthogonal to it; a and b do not depend on this.
    shift = float(q0 @ q1)
    return BogdanovTakensNormalForm(
        state,
        jnp.asarray(q0),
        jnp.asarray(q1 - shift * q0),
        jnp.asarray(p1),
        jnp.asarray(p0 + shift * p1),
        jnp.asarray(float(raw["a"]) * scale),
        jnp.asarray(float(raw["b"]) * scale),
    )


def _bautin(raw: Raw, state: Any) -> BautinNormalForm:
    omega = float(raw["omega"])
    right, left = (np.asarray(raw[name], complex) for name in ("right", "left"))
    g21, g32 = complex(raw["G21"]), complex(raw["G32"])
    if omega < 0:
        right, left, g21, g32 = np.conj(right), np.conj(left), np.conj(g21), np.conj(g32)
    right, left, size = _turned(right, left)
    return BautinNormalForm(
        state,
        jnp.asarray(abs(omega)),
        jnp.asarray(right),
        jnp.asarray(left),
        jnp.asarray(g21 / (2 * size**2)),
        jnp.asarray(g32 / (12 * size**4)),
    )


def _zero_hopf(raw: Raw, state: Any) -> ZeroHopfNormalForm:
    right, left = (np.asarray(raw[name], float) for name in ("right", "left"))
    scale = _sign(right) / float(np.linalg.norm(right))
    turning, turning_left, size = _turned(
        np.asarray(raw["right_turning"], complex), np.asarray(raw["left_turning"], complex)
    )
    missing = jnp.asarray(float("nan"))
    return ZeroHopfNormalForm(
        state,
        jnp.asarray(abs(float(raw["omega"]))),
        jnp.asarray(right * scale),
        jnp.asarray(left / scale),
        jnp.asarray(turning),
        jnp.asarray(turning_left),
        g200=jnp.asarray(float(raw["G200"]) * scale),
        g011=jnp.asarray(float(raw["G011"]) / scale / size**2),
        g110=jnp.asarray(complex(raw["G110"]) * scale),
        g300=missing,  # BifurcationKit leaves these two out, and its G111 has q₁ for q̄₁ in the
        g111=missing,  # cubic term, so that it is not one of ours
        g210=jnp.asarray(complex(float("nan"), float("nan"))),
        g021=jnp.asarray(complex(raw["G021"]) / size**2),
    )


def _hopf_hopf(raw: Raw, state: Any) -> HopfHopfNormalForm:
    rights, lefts = np.asarray(raw["right"], complex), np.asarray(raw["left"], complex)
    (q1, p1, s1), (q2, p2, s2) = (_turned(q, p) for q, p in zip(rights, lefts, strict=True))
    return HopfHopfNormalForm(
        state,
        jnp.asarray(np.asarray(raw["frequencies"], float)),
        jnp.asarray(np.stack([q1, q2])),
        jnp.asarray(np.stack([p1, p2])),
        g2100=jnp.asarray(complex(raw["G2100"]) / s1**2),
        g1011=jnp.asarray(complex(raw["G1011"]) / s2**2),
        g1110=jnp.asarray(complex(raw["G1110"]) / s1**2),
        g0021=jnp.asarray(complex(raw["G0021"]) / s2**2),
    )


def _leading(vector: np.ndarray) -> Any:
    # The first component whose size is within a millionth of the largest, see `real_eigenvectors`.
    size = np.abs(vector)
    return vector[np.argmax(size >= (1 - 1e-6) * np.max(size))]


def _sign(vector: np.ndarray) -> float:
    return -1.0 if _leading(vector) < 0 else 1.0


def _turned(right: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Critical vectors with |q| = 1, the phase rule and pᴴq = 1; and the |q| that was divided."""
    size = float(np.linalg.norm(right))
    lead = _leading(right)
    right = right * (np.conj(lead) / (abs(lead) * size))
    return right, left / np.conj(np.vdot(left, right)), size


def _nearest(eigenvalues: np.ndarray, target: complex) -> complex:
    if np.size(eigenvalues) == 0:
        return complex(target)
    values = np.asarray(eigenvalues, complex)
    return complex(values[np.argmin(np.abs(values - target))])
