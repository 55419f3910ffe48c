"""BifurcationKit's methods as typed Python objects: linear algebra, cycles, deflation."""

from typing import Any

import equinox as eqx


class KrylovKit(eqx.Module):
    """Matrix-free linear algebra: `GMRESKrylovKit`, `EigKrylovKit` and `MatrixFreeBLS`.

    Attributes:
        dim: dimension of the Krylov space of linear solves.
        rtol: their relative tolerance.
        maxiter: limit on restarts of both.
        eig_dim: dimension of the Krylov space of eigenvalues.
        eig_tol: their tolerance.

    Example:
        See `BifurcationKit`.
    """

    dim: int = 60
    rtol: float = 1e-10
    maxiter: int = 100
    eig_dim: int = 60
    eig_tol: float = 1e-8

    def plain(self) -> dict[str, Any]:
        """The options as plain data.

        Returns:
            The numbers by name.
        """
        return {
            name: getattr(self, name) for name in ("dim", "rtol", "maxiter", "eig_dim", "eig_tol")
        }


class Collocation(eqx.Module):
    """Cycles by orthogonal collocation, see BifurcationKit's `Collocation`.

    Attributes:
        ntst: mesh intervals.
        m: degree of the polynomials.
        meshadapt: whether the mesh follows the cycle.
    """

    ntst: int = 40
    m: int = 4
    meshadapt: bool = True

    def __check_init__(self):
        if self.ntst < 2 or not 2 <= self.m <= 9:
            raise ValueError(
                f"Collocation: got ntst={self.ntst}, m={self.m}, expected at least 2 intervals "
                "and a degree from 2 to 9."
            )


class Shooting(eqx.Module):
    """Cycles by (multiple) shooting, see BifurcationKit's `Shooting`.

    Needs a Julia package with an ODE solver, see `docs/bifurcationkit.md`.

    Attributes:
        segments: pieces of the orbit, BifurcationKit's M.
        abstol: absolute tolerance of the ODE solver.
        reltol: relative tolerance of the ODE solver.
        ntst: mesh intervals on which the orbit is reported.
        m: degree of the polynomials there.
    """

    segments: int = 4
    abstol: float = 1e-10
    reltol: float = 1e-10
    ntst: int = 40
    m: int = 4

    def __check_init__(self):
        if self.segments < 1:
            raise ValueError(f"Shooting: got segments={self.segments}, expected at least 1.")


class DefCont(eqx.Module):
    """Deflated continuation, see BifurcationKit's `DefCont`.

    Attributes:
        max_branches: limit on active branches.
        seek_every_step: steps between two searches for new solutions.
        max_iter_defop: deflated Newton iterations, in units of `NewtonPar.max_iterations`.
        perturbation: size of the kick with which a search starts.
    """

    max_branches: int = 20
    seek_every_step: int = 1
    max_iter_defop: int = 5
    perturbation: float = 0.1
