using BifBridge
using BifBridge: Field, default_options, load_field
using ForwardDiff
using LinearAlgebra
using Test

const TIGHT = (
    n_inversion = 8, max_bisection_steps = 50, tol_bisection_eigenvalue = 1e-14, dsmin = 1e-6,
)

settings(; p_min, p_max, ds = 0.01, dsmax = 0.05, max_steps = 500, changes...) = default_options(;
    p_min, p_max, continuation = merge(TIGHT, (; ds, dsmax, max_steps)), changes...,
)

include("fields.jl")
include("equilibria.jl")
include("switching.jl")
include("curves.jl")
include("cycles.jl")
include("callback.jl")
