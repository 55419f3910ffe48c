"""How a continuation ended, each with a sentence."""

import enum


class Status(enum.IntEnum):
    """Why a branch or a curve ends where it does, from the most to the least expected.

    Every branch keeps the points that it reached, whatever its status.

    Example:
        See `continuation`.
    """

    RUNNING = 0
    SPAN_END = 1
    CLOSED = 2
    HOPF = 3
    PERIOD_LIMIT = 4
    POINT_LIMIT = 5
    NORM_LIMIT = 6
    NO_CONVERGENCE = 7
    SINGULAR = 8
    NOT_FINITE = 9
    NO_EQUILIBRIUM = 10
    NO_CYCLE = 11
    INTERRUPTED = 12

    @property
    def ok(self) -> bool:
        """Whether the branch was followed as far as was asked, or ends by itself."""
        return self in {Status.SPAN_END, Status.CLOSED, Status.HOPF, Status.PERIOD_LIMIT}

    @property
    def word(self) -> str:
        """The status as an identifier, such as "span_end"."""
        return self.name.lower()

    @property
    def sentence(self) -> str:
        """The status in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Status.RUNNING: "The branch goes on.",
    Status.SPAN_END: "The parameter reached an end of the span.",
    Status.CLOSED: "The branch came back to its start: it is closed.",
    Status.HOPF: "The cycle shrank to a point at a Hopf bifurcation.",
    Status.PERIOD_LIMIT: "The period left its bound, as it does towards a homoclinic orbit.",
    Status.POINT_LIMIT: "The limit on the number of points was reached; resume or raise it.",
    Status.NORM_LIMIT: "The state left the bound on its size.",
    Status.NO_CONVERGENCE: "Newton's method did not converge even at the smallest step.",
    Status.SINGULAR: "The bordered Jacobian is singular even at the smallest step.",
    Status.NOT_FINITE: "The field returned a value that is not finite.",
    Status.NO_EQUILIBRIUM: "Newton's method found no equilibrium from the start state.",
    Status.NO_CYCLE: "Newton's method found no cycle from the start.",
    Status.INTERRUPTED: "The run was interrupted; the points reached until then are kept.",
}
