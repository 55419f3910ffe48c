"""One kind of curve: points, special points, balance, status, text, tables and files, once."""

from bifbridge.continuation.curves._balance import Balance as Balance
from bifbridge.continuation.curves._balance import balanced as balanced
from bifbridge.continuation.curves._branch import Branch as Branch
from bifbridge.continuation.curves._cycle import Cycle as Cycle
from bifbridge.continuation.curves._cycle import CyclePoint as CyclePoint
from bifbridge.continuation.curves._cycle import Orbits as Orbits
from bifbridge.continuation.curves._cycle import arrays_of as arrays_of
from bifbridge.continuation.curves._cycle import no_orbits as no_orbits
from bifbridge.continuation.curves._homoclinic import HomoclinicApproach as HomoclinicApproach
from bifbridge.continuation.curves._join import bearer as bearer
from bifbridge.continuation.curves._join import both_ways as both_ways
from bifbridge.continuation.curves._join import joined as joined
from bifbridge.continuation.curves._join import no_points as no_points
from bifbridge.continuation.curves._join import one_way as one_way
from bifbridge.continuation.curves._join import turned as turned
from bifbridge.continuation.curves._rules import FLOW as FLOW
from bifbridge.continuation.curves._rules import MAP as MAP
from bifbridge.continuation.curves._rules import StabilityRule as StabilityRule
from bifbridge.continuation.curves._solution import SolutionKind as SolutionKind
from bifbridge.continuation.curves._solutions import CYCLE as CYCLE
from bifbridge.continuation.curves._solutions import EQUILIBRIUM as EQUILIBRIUM
from bifbridge.continuation.curves._solutions import SOLUTIONS as SOLUTIONS
from bifbridge.continuation.curves._special_point import SpecialPoint as SpecialPoint
from bifbridge.continuation.curves._special_point import point_on_cycle as point_on_cycle
from bifbridge.continuation.curves._status import Status as Status
