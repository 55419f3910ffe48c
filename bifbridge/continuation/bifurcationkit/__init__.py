"""BifurcationKit.jl through juliacall: the reference engine."""

from bifbridge.continuation.bifurcationkit._engine import BifurcationKit as BifurcationKit
from bifbridge.continuation.bifurcationkit._options import PALC as PALC
from bifbridge.continuation.bifurcationkit._options import Collocation as Collocation
from bifbridge.continuation.bifurcationkit._options import ContinuationPar as ContinuationPar
from bifbridge.continuation.bifurcationkit._options import DefCont as DefCont
from bifbridge.continuation.bifurcationkit._options import KrylovKit as KrylovKit
from bifbridge.continuation.bifurcationkit._options import Natural as Natural
from bifbridge.continuation.bifurcationkit._options import NewtonPar as NewtonPar
from bifbridge.continuation.bifurcationkit._options import Shooting as Shooting
from bifbridge.continuation.bifurcationkit._runtime import julia_available as julia_available
