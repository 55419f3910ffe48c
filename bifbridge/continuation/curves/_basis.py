"""Polynomials on one mesh interval: representation nodes, Gauss points, and the maps between."""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.polynomial import legendre


class Basis(NamedTuple):
    """Polynomials of degree m on the local interval [0, 1], by their values at m + 1 nodes.

    Attributes:
        nodes: Chebyshev–Lobatto nodes, both ends among them, shape (m + 1,).
        points: the m Gauss points, where the differential equation holds, shape (m,).
        weights: Gauss quadrature weights, shape (m,); they add up to 1.
        value: node values ↦ values at the Gauss points, shape (m, m + 1).
        slope: node values ↦ local derivatives at the Gauss points, shape (m, m + 1).
        nodal: quadrature weights of the nodes, shape (m + 1,).
        highest: node values ↦ the m-th local derivative (a constant), shape (m + 1,).
    """

    nodes: Float[np.ndarray, " m+1"]
    points: Float[np.ndarray, " m"]
    weights: Float[np.ndarray, " m"]
    value: Float[np.ndarray, "m m+1"]
    slope: Float[np.ndarray, "m m+1"]
    nodal: Float[np.ndarray, " m+1"]
    highest: Float[np.ndarray, " m+1"]


@functools.cache
def basis(degree: int) -> Basis:
    """The polynomial basis of one degree."""
    if not 2 <= degree <= 9:
        raise ValueError(f"Collocation: got degree={degree}, expected 2 to 9 (4 is usual).")
    nodes = (1 - np.cos(np.pi * np.arange(degree + 1) / degree)) / 2
    points, weights = legendre.leggauss(degree)
    points = (points + 1) / 2
    fine_points, fine_weights = legendre.leggauss(degree + 1)
    top = _derivative_matrix(nodes, np.array([0.5]), degree)[0]
    return Basis(
        nodes=nodes,
        points=points,
        weights=weights / 2,
        value=interpolation_matrix(nodes, points),
        slope=_derivative_matrix(nodes, points, 1),
        nodal=(fine_weights / 2) @ interpolation_matrix(nodes, (fine_points + 1) / 2),
        highest=top,
    )


def interpolation_matrix(nodes: np.ndarray, at: np.ndarray) -> Float[np.ndarray, "k m"]:
    """The matrix that takes values at nodes to values of the interpolant elsewhere."""
    return _derivative_matrix(nodes, at, 0)


def _derivative_matrix(nodes: np.ndarray, at: np.ndarray, order: int) -> np.ndarray:
    # Legendre polynomials keep the change of basis well conditioned.
    degree = len(nodes) - 1
    coefficients = np.linalg.inv(legendre.legvander(2 * nodes - 1, degree))
    derived = legendre.legder(np.eye(degree + 1), order) * 2.0**order
    return legendre.legvander(2 * at - 1, degree - order) @ derived @ coefficients
