"""How a continuation of cycles ended, each with a sentence."""

import enum


class CycleStatus(enum.IntEnum):
    """Why a branch of cycles ends where it does.

    Every branch keeps the cycles that it reached, whatever its status.
    """

    RUNNING = 0
    SPAN_END = 1
    CLOSED = 2
    HOPF = 3
    PERIOD_LIMIT = 4
    POINT_LIMIT = 5
    NORM_LIMIT = 6
    NO_CONVERGENCE = 7
    NOT_FINITE = 8
    NO_CYCLE = 9

    @property
    def ok(self) -> bool:
        """Whether the branch was followed as far as was asked, or ends by itself."""
        return self in {
            CycleStatus.SPAN_END,
            CycleStatus.CLOSED,
            CycleStatus.HOPF,
            CycleStatus.PERIOD_LIMIT,
        }

    @property
    def sentence(self) -> str:
        """The status in words."""
        return _SENTENCES[self]


_SENTENCES = {
    CycleStatus.RUNNING: "The branch goes on.",
    CycleStatus.SPAN_END: "The parameter reached an end of the span.",
    CycleStatus.CLOSED: "The branch came back to its start: it is closed.",
    CycleStatus.HOPF: "The cycle shrank to a point at a Hopf bifurcation.",
    CycleStatus.PERIOD_LIMIT: "The period left its bound, as it does towards a homoclinic orbit.",
    CycleStatus.POINT_LIMIT: "The limit on the number of points was reached; raise it.",
    CycleStatus.NORM_LIMIT: "The cycle left the bound on its size.",
    CycleStatus.NO_CONVERGENCE: "Newton's method did not converge even at the smallest step.",
    CycleStatus.NOT_FINITE: "The field returned a value that is not finite.",
    CycleStatus.NO_CYCLE: "Newton's method found no cycle from the start.",
}
