"""Curves in two parameters in a running Julia, and every point of codimension two on them.

Textbook systems, and a network that learned one of them, beside the embedded engine.
"""

import codim2_systems
import jax.numpy as jnp
import numpy as np
import pytest

import bifbridge as bb
from bifbridge.continuation import JaxEngine
from bifbridge.continuation.bifurcationkit import BifurcationKit, ContinuationPar
from bifbridge.continuation.jax_engine.two_parameter import bifurcation_curve
from tests.continuation.bifurcationkit.live import ENGINE, first_of, imitate, of_kind, problem

pytestmark = [pytest.mark.julia, pytest.mark.slow, pytest.mark.usefixtures("live_julia")]


def lorenz84(z, p, q):
    return codim2_systems.lorenz84(z, (p, q))


@pytest.fixture(scope="module")
def learned_lorenz84():
    """A network that imitates Lorenz-84, driven as that is."""
    network = imitate(
        lambda z: lorenz84(z, 0.0, 0.0), [-0.2, -1.2, -1.2, -0.8], [2.5, 1.2, 1.2, 0.8]
    )
    return lambda z, p, q: network(z) + jnp.stack([0.25 * p, 0.0 * p, 0.0 * p, q])


def saddle_focus(z, p, q):
    """A zero-Hopf point at p = −2/3, q = 1: folds at h = 1, Hopf points of the axis at h = q."""
    x, y, h = z
    square = x * x + y * y
    lift = p + h - h**3 / 3 - square * (1 + 0.25 * h)
    return jnp.stack([(h - q) * x - 2 * y, 2 * x + (h - q) * y, lift])


def two_oscillators(z, p, q):
    """A Hopf–Hopf point at p = q = 0."""
    a, b, c, d = z
    one, two = a * a + b * b, c * c + d * d
    first, second = p - one - 0.5 * two, q - 0.3 * one - two
    return jnp.stack([
        first * a - (2 + 0.4 * one) * b, first * b + (2 + 0.4 * one) * a,
        second * c - (3.3 - 0.2 * one) * d, second * d + (3.3 - 0.2 * one) * c,
    ])  # fmt: skip


def same_points(found, own):
    """Every point of `found` lies where the embedded engine has one, with the same coefficients."""
    assert found.special_points
    pairs = []
    for point in found.special_points:
        near = min(
            of_kind(own.special_points, point.kind),
            key=lambda other: np.linalg.norm(other.parameters - point.parameters),
        )
        assert point.converged
        np.testing.assert_allclose(point.parameters, near.parameters, rtol=0, atol=1e-10)
        same_coefficients(point, near)
        pairs.append((point, near))
    return pairs


def same_coefficients(mine, own):
    """The same normal form, up to the signs of the critical vectors."""
    names = {
        "cusp": ("cubic",),
        "bogdanov_takens": ("quadratic", "mixed"),
        "bautin": ("frequency", "cubic", "second_lyapunov", "quintic"),
        "zero_hopf": ("frequency", "g200", "g011", "g110", "g021"),
        "hopf_hopf": ("frequencies", "g2100", "g1011", "g1110", "g0021"),
    }[mine.kind]
    for name in names:
        # Fourth and fifth derivatives are differences in BifurcationKit.
        tolerance = 1e-4 if name in {"second_lyapunov", "quintic"} else 1e-9
        value, expected = (np.asarray(getattr(p.normal_form, name)) for p in (mine, own))
        np.testing.assert_allclose(
            np.abs(value), np.abs(expected), rtol=tolerance, atol=1e-12, err_msg=name
        )


def curves(field, point, second, spans, step, own_step=0.02):
    engine = BifurcationKit(ContinuationPar(ds=step / 5, dsmax=step))
    found = engine.bifurcation_curve(field, point, second, spans=spans)
    own = bifurcation_curve(field, point, second, spans=spans, engine=JaxEngine(step=own_step))
    assert len(found) > 10
    return found, own


@pytest.mark.parametrize("learned", [False, True], ids=["lorenz84", "a network like it"])
def test_every_kind_of_codimension_two(learned, request):
    field = request.getfixturevalue("learned_lorenz84") if learned else lorenz84
    spans = ((-1.0, 3.2), (-0.2, 0.2))
    # On the branch with the fold: another one passes the same parameters.
    start = [2.9787, -0.0387, 0.0582, -0.0211]
    question = problem(lambda z, p: field(z, p, 0.04), start, (-1.5, 3.0), parameter=3.0)
    branch = bb.continuation(question, BifurcationKit(ContinuationPar(ds=0.01, dsmax=0.05)))
    kinds = set()
    for kind in ("fold", "hopf"):
        point = of_kind(branch.special_points, kind)[0]
        pairs = same_points(*curves(field, point, 0.04, spans, 0.01))
        kinds |= {mine.kind for mine, _ in pairs}
    assert {"bogdanov_takens", "zero_hopf", "bautin", "hopf_hopf"} <= kinds


def test_wilson_cowan_s_double_zeros_and_bautin_point():
    """tr A = det A = 0 is a quadratic equation in S′; see `test_known_curves`."""
    spans = ((-15.0, 15.0), (-15.0, 15.0))
    for kind, p, state in (
        ("fold", 3.117631, [0.788409, 0.926318]),
        ("hopf", -0.027766, [0.265575, 0.217632]),
    ):
        point = codim2_systems.start_point(codim2_systems.wilson_cowan, kind, p, 0.0, state)
        pairs = same_points(*curves(codim2_systems.wilson_cowan, point, 0.0, spans, 0.1, 0.1))
        kinds = [mine.kind for mine, _ in pairs]
        assert "bogdanov_takens" in kinds
        # BifurcationKit passes over the cusp at this step.
        assert kind == "fold" or "bautin" in kinds


def test_a_zero_hopf_point_in_closed_form():
    slice_ = problem(
        lambda z, p: saddle_focus(z, p, 0.8), [0.0, 0.0, 1.4], (-0.9, 0.0), parameter=-0.48
    )
    spans = ((-2.0, 1.0), (0.5, 1.5))
    ((mine, _),) = same_points(*curves(saddle_focus, first_of(slice_, "fold"), 0.8, spans, 0.01))
    assert mine.kind == "zero_hopf"
    np.testing.assert_allclose(mine.parameters, [-2 / 3, 1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(float(mine.normal_form.g200), -2, rtol=1e-12)
    np.testing.assert_allclose(float(mine.normal_form.frequency), 2, rtol=1e-12)


def test_a_hopf_hopf_point_in_closed_form():
    slice_ = problem(lambda z, p: two_oscillators(z, p, -0.3), np.zeros(4), (-1.0, 1.0))
    spans = ((-1.0, 1.0), (-1.0, 1.0))
    ((mine, _),) = same_points(
        *curves(two_oscillators, first_of(slice_, "hopf"), -0.3, spans, 0.02)
    )
    assert mine.kind == "hopf_hopf"
    np.testing.assert_allclose(mine.parameters, 0, atol=1e-12)
    np.testing.assert_allclose(np.sort(mine.normal_form.frequencies), [2, 3.3], rtol=1e-12)


def test_a_curve_of_folds_of_a_neuron_through_its_cusp():
    """−z + w tanh z + p has folds that meet in a cusp at w = 1, p = 0, with c = −1/3."""

    def field(z, p, w):
        return -z + w * jnp.tanh(z) + p

    fold = first_of(problem(lambda z, p: field(z, p, 1.5), [-2.0], (-1, 1)), "fold")
    curve = ENGINE.bifurcation_curve(field, fold, 1.5, spans=((-1.0, 1.0), (0.5, 2.0)))
    (cusp,) = of_kind(curve.special_points, "cusp")[:1]
    np.testing.assert_allclose(cusp.parameters, [0.0, 1.0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(cusp.normal_form.cubic, -1 / 3, rtol=1e-9)
