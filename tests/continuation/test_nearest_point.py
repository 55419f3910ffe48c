"""Special points are located from a guess, with the numbers of their closed forms."""

import jax.numpy as jnp
import numpy as np
import pytest

from bifbridge._errors import BifbridgeError
from bifbridge.continuation import (
    nearest_codim_two_point,
    nearest_special_point,
    special_points_to_dataframe,
)


def brusselator(z, b):
    x, y = z
    return jnp.stack([1.5 - (b + 1) * x + x * x * y, b * x - x * x * y])


def two_points(z, p):
    """A transcritical point at p = 0 and a fold at p = 1, z = 1/2 of another branch."""
    return jnp.stack([p * z[0] - z[0] ** 2, p - 1 + (z[1] - 0.5) ** 2])


def test_the_hopf_point_of_the_brusselator():
    point = nearest_special_point(brusselator, [1.5, 2.0], 3.0)
    assert (point.kind, point.converged) == ("hopf", True)
    assert point.parameter == pytest.approx(3.25, abs=1e-10)
    assert float(point.normal_form.first_lyapunov) == pytest.approx(-17 / 66)  # pyright: ignore


def test_of_several_points_the_nearest_is_taken():
    fold = nearest_special_point(two_points, [0.9, 0.45], 0.9)
    assert (fold.kind, round(fold.parameter, 8)) == ("fold", 1.0)
    np.testing.assert_allclose(fold.eigenvalues, [0, -1], atol=1e-8)


def test_a_branch_point_comes_back_as_what_its_coefficients_say():
    field = lambda z, p: p * z - z**2  # noqa: E731
    point = nearest_special_point(field, [0.05], 0.1, "branch_point")
    assert point.kind == "transcritical"
    assert float(point.normal_form.quadratic) == pytest.approx(-1)  # pyright: ignore


def test_what_is_not_there_is_an_error_that_names_it():
    with pytest.raises(BifbridgeError, match="No point of kind hopf"):
        nearest_special_point(lambda z, p: p - z, [0.0], 0.0, "hopf")
    with pytest.raises(ValueError, match="kind='cusp'"):
        nearest_special_point(lambda z, p: p - z, [0.0], 0.0, "cusp")


def test_bogdanov_takens_by_its_normal_form():
    def plane(z, p, q):
        return jnp.stack([z[1], p + q * z[0] + z[0] ** 2 + z[0] * z[1]])

    point = nearest_codim_two_point(plane, [0.05, 0.0], (0.02, 0.05), "bogdanov_takens")
    np.testing.assert_allclose(point.parameters, 0, atol=1e-8)
    assert float(point.normal_form.mixed) == pytest.approx(1)  # pyright: ignore
    with pytest.raises(BifbridgeError, match="too few pairs"):
        nearest_codim_two_point(lambda z, p, q: p - q * z, [0.0], (0.0, 1.0), "bautin")


def test_the_table_has_the_numbers_that_apply():
    point = nearest_special_point(brusselator, [1.5, 2.0], 3.0, "hopf", frequency=1.4)
    table = special_points_to_dataframe([point])
    assert table.kind[0] == "hopf"
    assert table.omega[0] == pytest.approx(1.5)
    assert table.c1_re[0] == pytest.approx(-17 / 44)
    assert np.isnan(table.b2[0])
    assert table.z1[0] == pytest.approx(3.25 / 1.5)
