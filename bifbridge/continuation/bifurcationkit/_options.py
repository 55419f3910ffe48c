"""BifurcationKit's options as typed Python objects, with BifurcationKit's own names.

Greek letters are spelled out: η is `eta`, θ is `theta`, α is `alpha`. None where BifurcationKit's
absolute default would not fit a span: then the span decides.
"""

from typing import Any, Literal

import equinox as eqx


class NewtonPar(eqx.Module):
    """Newton's method, see BifurcationKit's `NewtonPar`.

    Attributes:
        tol: the residual's norm at which Newton's method stops; absolute.
        max_iterations: limit on iterations.
        linesearch: whether to damp by Armijo's rule.
        alpha: α, the first damping factor.
        alpha_min: the smallest damping factor.

    Example:
        See `BifurcationKit`.
    """

    tol: float = 1e-12
    max_iterations: int = 25
    linesearch: bool = False
    alpha: float = 1.0
    alpha_min: float = 0.001

    def __check_init__(self):
        if not self.tol > 0:
            raise ValueError(f"NewtonPar: got tol={self.tol}, expected a positive number.")
        if self.max_iterations < 1:
            raise ValueError(
                f"NewtonPar: got max_iterations={self.max_iterations}, expected at least 1."
            )


class ContinuationPar(eqx.Module):
    """A continuation, see BifurcationKit's `ContinuationPar`.

    Attributes:
        ds: length of the first step; None for a hundredth of the span.
        dsmin: shortest step; None for 1e-4 times the first.
        dsmax: longest step; None for 2.5 times the first.
        a: how fast the step adapts.
        max_steps: limit on steps in each direction.
        nev: how many eigenvalues; None for all (8 in matrix-free mode).
        eta: η, the first tangent comes from a parameter step ds/η.
        tol_stability: real parts above it count as unstable.
        detect_fold: whether folds are detected where eigenvalues are not.
        detect_bifurcation: 0 nothing, 1 eigenvalues, 2 special points detected, 3 bisected.
        n_inversion: sign changes that end a bisection; even.
        max_bisection_steps: limit on bisection steps.
        tol_bisection_eigenvalue: real part at which a bisection ends.
        dsmin_bisection: shortest step of a bisection.
        detect_loop: whether to stop where a branch comes back.

    Example:
        >>> from bifbridge.continuation.bifurcationkit import BifurcationKit, ContinuationPar
        >>> engine = BifurcationKit(ContinuationPar(ds=0.01, dsmax=0.05, max_steps=500))
    """

    ds: float | None = None
    dsmin: float | None = None
    dsmax: float | None = None
    a: float = 0.5
    max_steps: int = 2000
    nev: int | None = None
    eta: float = 150.0
    tol_stability: float = 1e-10
    detect_fold: bool = True
    detect_bifurcation: Literal[0, 1, 2, 3] = 3
    n_inversion: int = 6
    max_bisection_steps: int = 40
    tol_bisection_eigenvalue: float = 1e-14
    dsmin_bisection: float = 1e-16
    detect_loop: bool = False

    def __check_init__(self):
        for name in ("ds", "dsmin", "dsmax"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(
                    f"ContinuationPar: got {name}={value}, expected a positive number; "
                    "the direction is the engine's `directions`."
                )
        if self.n_inversion % 2:
            raise ValueError(
                f"ContinuationPar: got n_inversion={self.n_inversion}, expected an even number."
            )
        if self.max_steps < 1:
            raise ValueError(
                f"ContinuationPar: got max_steps={self.max_steps}, expected at least 1."
            )

    def plain(self, span: tuple[float, float]) -> dict[str, Any]:
        """The options of a span, every one a number.

        Args:
            span: the parameter's interval.

        Returns:
            What BifurcationKit's constructor takes, by name.

        Raises:
            ValueError: if the steps are not ordered.
        """
        ds = (span[1] - span[0]) / 100 if self.ds is None else self.ds
        dsmin = 1e-4 * ds if self.dsmin is None else self.dsmin
        dsmax = 2.5 * ds if self.dsmax is None else self.dsmax
        if not dsmin <= ds <= dsmax:
            raise ValueError(
                f"ContinuationPar: got dsmin={dsmin}, ds={ds}, dsmax={dsmax}, expected "
                "dsmin <= ds <= dsmax."
            )
        names = (
            "a", "max_steps", "nev", "eta", "tol_stability", "detect_fold", "detect_bifurcation",
            "n_inversion", "max_bisection_steps", "tol_bisection_eigenvalue", "dsmin_bisection",
            "detect_loop",
        )  # fmt: skip
        steps = {"ds": float(ds), "dsmin": float(dsmin), "dsmax": float(dsmax)}
        rest = {name: getattr(self, name) for name in names}
        return steps | rest | {"p_min": float(span[0]), "p_max": float(span[1])}


class PALC(eqx.Module):
    """Pseudo-arclength continuation, see BifurcationKit's `PALC`.

    Attributes:
        tangent: "Secant" or "Bordered".
        theta: θ, the weight of the state in the arclength θ|δz|²/n + (1 − θ)δp².

    Example:
        See `BifurcationKit`.
    """

    tangent: Literal["Secant", "Bordered"] = "Secant"
    theta: float = 0.5

    def __check_init__(self):
        if self.tangent not in {"Secant", "Bordered"}:
            raise ValueError(
                f"PALC: got tangent={self.tangent!r}, expected 'Secant' or 'Bordered'."
            )
        if not 0 < self.theta < 1:
            raise ValueError(f"PALC: got theta={self.theta}, expected a number between 0 and 1.")

    def plain(self) -> dict[str, Any]:
        """The algorithm as plain data.

        Returns:
            Its name and its numbers.
        """
        return {"name": "PALC", "tangent": self.tangent, "theta": float(self.theta)}


class Natural(eqx.Module):
    """Steps at fixed parameter, which end at folds, see BifurcationKit's `Natural`.

    Example:
        See `BifurcationKit`.
    """

    def plain(self) -> dict[str, Any]:
        """The algorithm as plain data.

        Returns:
            Its name; the rest fills the places of `PALC`.
        """
        return {"name": "Natural", "tangent": "Secant", "theta": 0.5}


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
