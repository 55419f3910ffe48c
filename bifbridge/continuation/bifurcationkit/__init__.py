"""The reference engine: BifurcationKit.jl through juliacall."""
