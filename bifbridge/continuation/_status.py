"""How a continuation ended, each with a sentence."""

import enum


class Status(enum.IntEnum):
    """Why a branch ends where it does.

    Every branch keeps the points that it reached, whatever its status.
    """

    RUNNING = 0
    SPAN_END = 1
    CLOSED = 2
    POINT_LIMIT = 3
    NORM_LIMIT = 4
    NO_CONVERGENCE = 5
    SINGULAR = 6
    NOT_FINITE = 7
    NO_EQUILIBRIUM = 8
    INTERRUPTED = 9

    @property
    def ok(self) -> bool:
        """Whether the branch was followed as far as was asked."""
        return self in {Status.SPAN_END, Status.CLOSED}

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
    Status.POINT_LIMIT: "The limit on the number of points was reached; resume or raise it.",
    Status.NORM_LIMIT: "The state left the bound on its size.",
    Status.NO_CONVERGENCE: "Newton's method did not converge even at the smallest step.",
    Status.SINGULAR: "The bordered Jacobian is singular even at the smallest step.",
    Status.NOT_FINITE: "The field returned a value that is not finite.",
    Status.NO_EQUILIBRIUM: "Newton's method found no equilibrium from the start state.",
    Status.INTERRUPTED: "The run was interrupted; the points reached until then are kept.",
}
