"""The reference engine: BifurcationKit.jl through juliacall."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import equinox as eqx
import numpy as np

from bifbridge._custom_types import Span
from bifbridge._precision import require_x64
from bifbridge.continuation._diagram import Diagram, DiagramBranch
from bifbridge.continuation._equilibria import Equilibria
from bifbridge.continuation._problem import AbstractBranchingEngine, ContinuationProblem
from bifbridge.continuation.bifurcationkit._convert import branch, path, special_points
from bifbridge.continuation.bifurcationkit._curves import curve
from bifbridge.continuation.bifurcationkit._cycle_request import plain_method
from bifbridge.continuation.bifurcationkit._cycles import cycle_branch
from bifbridge.continuation.bifurcationkit._equilibria import described
from bifbridge.continuation.bifurcationkit._field import Call, field_request, plane_request
from bifbridge.continuation.bifurcationkit._gradients import with_gradients
from bifbridge.continuation.bifurcationkit._interrupt import watched
from bifbridge.continuation.bifurcationkit._messages import heard
from bifbridge.continuation.bifurcationkit._options import (
    PALC,
    Collocation,
    ContinuationPar,
    DefCont,
    KrylovKit,
    Natural,
    NewtonPar,
    Shooting,
)
from bifbridge.continuation.bifurcationkit._runtime import call
from bifbridge.continuation.bifurcationkit._worker import isolated_call
from bifbridge.continuation.curves import Branch, SpecialPoint
from bifbridge.continuation.jax_engine import JaxEngine, lies_on
from bifbridge.continuation.jax_engine._assemble import join
from bifbridge.continuation.jax_engine.two_parameter import frequency_of
from bifbridge.continuation.jax_engine.two_parameter._families import as_two_parameter_family


class BifurcationKit(AbstractBranchingEngine):
    """Continuation by BifurcationKit.jl 0.8, in a Julia that starts on the first request.

    Results are of the same types as `JaxEngine`'s. Special points carry BifurcationKit's own
    values in `raw`.

    Attributes:
        continuation: steps, eigenvalues and bisection.
        newton: Newton's method.
        algorithm: `PALC()` or `Natural()`.
        krylov: `KrylovKit()` for matrix-free linear algebra; None for dense.
        directions: "both" ways along the branch, only "up" or "down" from the start's parameter,
            or "auto": both from within the span, inwards from one of its ends.
        field: "translate" the field to Julia code, or "callback": let Julia call JAX.
        isolated: whether Julia runs in a process of its own, whose crash is only a failed request.
        polish: whether special points are located again in Julia, those of equilibria by Newton's
            method on extended systems, and their normal forms computed there.
        normal_forms: whether special points get normal forms where they were bisected.
        gradient: whether normal forms carry the unfolding gradient ∇θμ.
        self_test: whether a translated field is compared with JAX before it is used.
        max_norm: the branch ends where a component of the state exceeds this.
        on_step: called with the number and the parameter of every step, to show progress.

    Example:
        >>> import bifbridge as bb
        >>> problem = bb.ContinuationProblem(lambda z, p: p * z - z**3, [0.0], span=(-1, 1))
        >>> bb.continuation(problem, bb.BifurcationKit())  # doctest: +SKIP
        Branch of 44 equilibria, n = 1, p from -1 to 1
          ...
    """

    continuation: ContinuationPar = ContinuationPar()
    newton: NewtonPar = NewtonPar()
    algorithm: PALC | Natural = PALC()
    krylov: KrylovKit | None = None
    directions: Literal["auto", "both", "up", "down"] = "auto"
    field: Literal["translate", "callback"] = "translate"
    isolated: bool = False
    polish: bool = True
    normal_forms: bool = True
    gradient: bool = False
    self_test: bool = True
    max_norm: float = 1e6
    on_step: Callable[[int, float], None] | None = eqx.field(static=True, default=None)

    def __check_init__(self):
        if self.field not in {"translate", "callback"}:
            raise ValueError(
                f"BifurcationKit: got field={self.field!r}, expected 'translate' or 'callback'."
            )
        if self.directions not in {"auto", "both", "up", "down"}:
            raise ValueError(f"BifurcationKit: got directions={self.directions!r}.")

    def run(self, problem: ContinuationProblem) -> Branch:
        """Follow the branch through the problem's start.

        Args:
            problem: what to follow; without events of its own.

        Returns:
            The branch with its special points; with no points where Newton's method fails.
        """
        answer = self._ask(
            "continue_equilibria", problem, np.asarray(problem.state), float(problem.parameter),
            self.options(problem.span), directions=self._signs(problem),
        )  # fmt: skip
        return self._finished(problem, branch(problem, answer["ways"]))

    def arms(
        self, problem: ContinuationProblem, point: SpecialPoint, known: Sequence[Branch] = ()
    ) -> tuple[Branch, ...]:
        """The arms of the other branch through a branch point, by BifurcationKit's predictor.

        Args:
            problem: the problem on whose branch the point lies.
            point: a simple branch point, best a polished one.
            known: branches that need not be followed again.

        Returns:
            None, one or two branches, each from one step beyond the point.
        """
        tangent = point.tangent
        if tangent is None:
            tangent = np.append(np.zeros(point.state.size), 1.0)
        answer = self._ask(
            "switch_branch", problem, point.state, float(point.parameter), np.asarray(tangent),
            self.options(problem.span),
        )  # fmt: skip
        helper = JaxEngine()
        line, (control, _) = helper.curve(problem), helper.control(problem)
        found: list[Branch] = []
        for way in answer["ways"]:
            arm = path(way)
            if len(arm.points) < 2 or any(
                lies_on(line, control, other, arm.points[0]) for other in [*known, *found]
            ):
                continue
            found.append(self._finished(problem, join(problem, [arm], [special_points(way)])))
        return tuple(found)

    def diagram(self, problem: ContinuationProblem, depth: int = 2) -> Diagram:
        """BifurcationKit's own `bifurcationdiagram`.

        It follows every branch from its one start, inwards, and follows again what it meets twice;
        `bifurcation_diagram(problem, engine)` does neither.

        Args:
            problem: the family, the start and the span.
            depth: how many times to leave at branch points.

        Returns:
            The diagram.
        """
        options = self.options(problem.span)
        sign = self._signs(problem)[-1]
        options["continuation"]["ds"] *= sign
        answer = self._ask(
            "whole_diagram", problem, np.asarray(problem.state), float(problem.parameter), options,
            depth=depth,
        )  # fmt: skip
        entries = [
            DiagramBranch(
                self._finished(problem, branch(problem, [entry["way"]])),
                int(entry["level"]),
                None if entry["parent"] < 0 else int(entry["parent"]),
                None if entry["code"] < 0 else int(entry["code"]),
            )
            for entry in answer["branches"]
        ]
        return Diagram(tuple(entries))

    def equilibria(
        self, family: Any, starts: Any, parameter: float, *, power: float = 2.0, shift: float = 1.0
    ) -> Equilibria:
        """Equilibria at one parameter by deflated Newton iterations.

        Args:
            family: an `AbstractFamily`, or a plain function f(z, p).
            starts: states to start from, shape (k, n).
            parameter: p.
            power: exponent of the deflation operator Π(1/|z − zⱼ|²ᵖ + α).
            shift: α of the deflation operator.

        Returns:
            The distinct equilibria, stable ones first.
        """
        rows = np.atleast_2d(np.asarray(starts, float))
        problem = ContinuationProblem(
            family, rows[0], span=(parameter - 1, parameter + 1), parameter=parameter
        )
        states = self._ask(
            "deflated_equilibria", problem, rows, float(parameter), self.options(problem.span),
            power=float(power), shift=float(shift), hooked=False,
        )["states"]  # fmt: skip
        return described(problem.family, np.asarray(states, float), float(parameter))

    def deflated_continuation(
        self, problem: ContinuationProblem, options: DefCont | None = None
    ) -> tuple[Branch, ...]:
        """All branches at once, also such as do not hang together, by deflated continuation.

        BifurcationKit takes natural steps here: a branch ends at a fold, and its special points are
        neither bisected nor polished. The run cannot be interrupted half way.

        Args:
            problem: the family, an equilibrium to start from, and the span, which is walked inwards
                from one of its ends, upwards from within.
            options: `DefCont()` unless given.

        Returns:
            The branches.
        """
        options = DefCont() if options is None else options
        settings = self.options(problem.span)
        settings["continuation"]["ds"] *= self._signs(problem)[-1]
        answer = self._ask(
            "deflated_continuation", problem, np.asarray(problem.state), float(problem.parameter),
            settings, max_branches=options.max_branches, seek_every_step=options.seek_every_step,
            max_iter_defop=options.max_iter_defop, perturbation=float(options.perturbation),
            hooked=False,
        )  # fmt: skip
        return tuple(branch(problem, [way]) for way in answer["ways"])

    def bifurcation_curve(
        self,
        family: Any,
        point: SpecialPoint,
        second: float | None = None,
        *,
        spans: tuple[Span, Span],
        kind: Literal["fold", "hopf"] | None = None,
        frequency: float | None = None,
    ) -> Branch:
        """Follow a fold or a Hopf point in two parameters, see `two_parameter.bifurcation_curve`.

        BifurcationKit steps in the second parameter, and ends a Hopf curve at a Bogdanov–Takens
        point (with the status `SINGULAR`).

        Args:
            family: an `AbstractTwoParameterFamily`, or a plain function f(z, p, q).
            point: a fold or Hopf point of a branch in the first parameter, or a point of
                codimension two.
            second: the second parameter there; unless the point has its own.
            spans: the intervals of the first and of the second parameter.
            kind: which curve through a point of codimension two.
            frequency: ω of the pair, where a point of codimension two has several.

        Returns:
            The curve.

        Raises:
            ValueError: if the point is neither a fold nor a Hopf point, or its second parameter is
                not known.
        """
        require_x64("BifurcationKit")
        what = point.kind if kind is None else kind
        if what not in {"fold", "hopf"}:
            raise ValueError(
                f"BifurcationKit.bifurcation_curve: got a point of kind {point.kind!r}; expected a "
                "fold or Hopf point, or kind='fold' or 'hopf'."
            )
        if second is None and point.second_parameter is None:
            raise ValueError(
                "BifurcationKit.bifurcation_curve: give second=, the parameter q there."
            )
        p = float(point.parameter)
        q = float(point.second_parameter if second is None else second)  # pyright: ignore
        plane = as_two_parameter_family(family)
        state = np.asarray(point.state, float)

        def field(z: Any, both: Any) -> Any:
            return plane.velocity(both[0], both[1])(z)

        do = self._call()
        request = plane_request(field, state, np.array([p, q]), self.field, do, test=self.self_test)
        omega = frequency_of(point, frequency) if what == "hopf" else 0.0
        with watched(self.on_step) as hook:
            answer = do(
                "continue_curve", request, state, p, q, what, omega, self.options(spans[1]),
                span=(float(spans[0][0]), float(spans[0][1])), directions=self._plain_signs(),
                hook=hook, request=f"a curve of {what} points",
            )  # fmt: skip
        return curve(what, answer["ways"], spans)

    def cycles(
        self,
        family: Any,
        point: SpecialPoint,
        span: tuple[float, float],
        method: Collocation | Shooting | None = None,
        *,
        delta_p: float = 0.0,
        max_period: float = 1e4,
    ) -> Branch:
        """Follow the cycles that are born at a Hopf point.

        Args:
            family: an `AbstractFamily`, or a plain function f(z, p).
            point: a Hopf point.
            span: the parameter's interval.
            method: `Collocation()` unless given, or `Shooting()`.
            delta_p: how far from the Hopf point the first cycle lies; 0 for the first step `ds`.
            max_period: the branch ends where the period exceeds this.

        Returns:
            The branch. Its bifurcations are bisected by BifurcationKit and, with `polish`, located
            again by a secant method on the critical Floquet exponent, or on the turn of the
            parameter at a fold; their normal forms are BifurcationKit's there.

        Raises:
            ValueError: if the point is no Hopf point.
        """
        if point.kind != "hopf":
            raise ValueError(
                f"BifurcationKit.cycles: got a point of kind {point.kind!r}, expected 'hopf'."
            )
        method = Collocation() if method is None else method
        problem = ContinuationProblem(family, point.state, span=span, parameter=point.parameter)
        options = self.options(span)
        # The trivial exponent is 0: with any tolerance a bisection may end before it began.
        options["continuation"]["tol_bisection_eigenvalue"] = 0.0
        answer = self._ask(
            "continue_cycles", problem, np.asarray(point.state), float(point.parameter),
            frequency_of(point), options,
            method=plain_method(method, delta_p, max_period),
        )  # fmt: skip
        shooting = isinstance(method, Shooting)
        return cycle_branch(answer | {"equidistant": not shooting}, problem.state.size)

    def options(self, span: tuple[float, float]) -> dict[str, Any]:
        """Everything that is asked of BifurcationKit, as plain data.

        Args:
            span: the parameter's interval.

        Returns:
            The options by group, as the Julia package wants them.
        """
        continuation = self.continuation.plain(span)
        if self.krylov is not None and continuation["nev"] is None:
            continuation["nev"] = 8
        newton = {
            name: getattr(self.newton, name)
            for name in ("tol", "max_iterations", "linesearch", "alpha", "alpha_min")
        }
        return {
            "continuation": continuation,
            "newton": newton,
            "algorithm": self.algorithm.plain(),
            "krylov": None if self.krylov is None else self.krylov.plain(),
            "max_norm": float(self.max_norm),
            "normal_forms": self.normal_forms,
            "polish": self.polish,
            "reach": continuation["dsmax"],
        }

    def _ask(
        self,
        entry: str,
        problem: ContinuationProblem,
        *arguments: Any,
        hooked: bool = True,
        **more: Any,
    ) -> Any:
        require_x64("BifurcationKit")
        if problem.events:
            raise ValueError(
                "BifurcationKit: got a problem with events of its own, expected none; "
                "JaxEngine locates events."
            )
        do = self._call()
        request = field_request(
            problem.family, problem.state, float(problem.parameter), self.field, do,
            test=self.self_test,
        )  # fmt: skip
        if not hooked:
            return do(entry, request, *arguments, **more)
        with watched(self.on_step) as hook:
            return do(entry, request, *arguments, hook=hook, **more)

    def _call(self) -> Call:
        return heard(isolated_call if self.isolated else call)

    def _finished(self, problem: ContinuationProblem, found: Branch) -> Branch:
        return with_gradients(problem, found) if self.gradient else found

    def _signs(self, problem: ContinuationProblem) -> list[float]:
        return list(JaxEngine(directions=self.directions).signs(problem))

    def _plain_signs(self) -> list[float]:
        return {"up": [1.0], "down": [-1.0]}.get(self.directions, [-1.0, 1.0])
