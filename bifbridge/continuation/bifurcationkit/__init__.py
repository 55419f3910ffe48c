"""BifurcationKit.jl through juliacall: the reference engine."""

from bifbridge.continuation.bifurcationkit._runtime import julia_available as julia_available
