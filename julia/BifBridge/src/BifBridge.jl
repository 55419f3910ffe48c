"""
BifurcationKit behind a few coarse functions that take plain data and return plain data.

A vector field arrives as source text with its constants, as a callback, or as a Julia function;
options and results are NamedTuples, numbers, strings and arrays. Nothing here knows of Python.
"""
module BifBridge

using BifurcationKit
using ForwardDiff: ForwardDiff, Dual, Partials
using LinearAlgebra
using Logging
using PrecompileTools: @compile_workload, @setup_workload

const BK = BifurcationKit

include("errors.jl")
include("callback.jl")
include("fields.jl")
include("derivatives.jl")
include("evaluate.jl")
include("options.jl")
include("follow.jl")
include("points.jl")
include("normal_forms.jl")
include("polish.jl")
include("equilibria.jl")
include("switching.jl")
include("deflation.jl")
include("secant.jl")
include("curve_polish.jl")
include("curves.jl")
include("cycle_polish.jl")
include("cycles.jl")
include("versions.jl")
include("workload.jl")

end
