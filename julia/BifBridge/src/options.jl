# BifurcationKit's option objects from plain data.

"""
    Options

What a request asks for: `continuation`, `newton` and `algorithm` are NamedTuples whose names are
BifurcationKit's own (spelled in letters: `eta` for η, `theta` for θ, `alpha` for α).

- `continuation`: `ds`, `dsmin`, `dsmax`, `a`, `max_steps`, `nev`, `eta`, `tol_stability`,
  `detect_fold`, `detect_bifurcation`, `n_inversion`, `max_bisection_steps`,
  `tol_bisection_eigenvalue`, `dsmin_bisection`, `detect_loop`, `p_min`, `p_max`
- `newton`: `tol`, `max_iterations`, `linesearch`, `alpha`, `alpha_min`
- `algorithm`: `name` ("PALC" or "Natural"), `tangent` ("Secant" or "Bordered"), `theta`
- `krylov`: nothing for dense linear algebra, else see `krylov_solvers`
- `max_norm`: the branch ends where a component of the state exceeds this
- `normal_forms`, `polish`: whether special points get them
- `reach`: how far from a bisected point its polished place may lie
"""
const Options = NamedTuple

"""
    default_options(; p_min, p_max, changes...) -> Options

BifurcationKit's own defaults, with the names of `Options`. A change may be of any of its groups:
`default_options(p_min = 0.0, p_max = 1.0, continuation = (ds = 0.1,), polish = false)`.
"""
function default_options(;
    p_min = -1.0, p_max = 1.0, continuation = (;), newton = (;), algorithm = (;), changes...,
)
    standard = (
        ds = 0.01, dsmin = 1e-4, dsmax = 0.1, a = 0.5, max_steps = 400, nev = nothing, eta = 150.0,
        tol_stability = 1e-10, detect_fold = true, detect_bifurcation = 3, n_inversion = 2,
        max_bisection_steps = 25, tol_bisection_eigenvalue = 1e-16, dsmin_bisection = 1e-16,
        detect_loop = false, p_min = Float64(p_min), p_max = Float64(p_max),
    )
    corrector = (
        tol = 1e-12, max_iterations = 25, linesearch = false, alpha = 1.0, alpha_min = 0.001,
    )
    chosen = merge(standard, continuation)
    rest = (
        krylov = nothing, max_norm = 1e6, normal_forms = true, polish = true, reach = chosen.dsmax,
    )
    groups = (
        continuation = chosen, newton = merge(corrector, newton),
        algorithm = merge((name = "PALC", tangent = "Secant", theta = 0.5), algorithm),
    )
    return merge(groups, rest, values(changes))
end

"""
    continuation_par(options, n; changes...)

A `ContinuationPar` for `n` states.
"""
function continuation_par(options::Options, n::Int; changes...)
    c = merge(options.continuation, values(changes))
    nev = something(c.nev, n)
    return ContinuationPar(;
        c.ds, c.dsmin, c.dsmax, c.a, c.max_steps, nev = min(nev, n), η = c.eta, c.tol_stability,
        c.detect_fold, c.detect_bifurcation, c.n_inversion, c.max_bisection_steps,
        c.tol_bisection_eigenvalue, c.dsmin_bisection, c.detect_loop, c.p_min, c.p_max,
        newton_options = newton_par(options, n),
    )
end

"""
    newton_par(options, n)

A `NewtonPar`, dense or matrix-free.
"""
function newton_par(options::Options, n::Int)
    w = options.newton
    common = (tol = w.tol, max_iterations = w.max_iterations, linesearch = w.linesearch,
              α = w.alpha, αmin = w.alpha_min)
    options.krylov === nothing && return NewtonPar(; common...)
    linsolver, eigsolver = krylov_solvers(options.krylov, n)
    return NewtonPar(; common..., linsolver, eigsolver)
end

# The same start for every run: an Arnoldi iteration from random numbers cannot be repeated.
_arnoldi_start(n) = [1 + 0.5 * sin(1.7 * i + 0.3 * i^2) for i in 1:n]

"""
    krylov_solvers(krylov, n)

Solvers that need products with the Jacobian only: `GMRESKrylovKit` (`dim`, `rtol`, `maxiter`) and
`EigKrylovKit` (`eig_dim`, `eig_tol`).
"""
function krylov_solvers(krylov::NamedTuple, n::Int)
    linsolver = GMRESKrylovKit(;
        dim = min(krylov.dim, n), rtol = krylov.rtol, atol = 1e-14, maxiter = krylov.maxiter,
    )
    eigsolver = EigKrylovKit(;
        dim = min(krylov.eig_dim, n), tol = krylov.eig_tol, x₀ = _arnoldi_start(n),
    )
    return linsolver, eigsolver
end

"""
    algorithm(options)

`PALC` with its tangent, or `Natural`.
"""
function algorithm(options::Options)
    a = options.algorithm
    a.name == "Natural" && return Natural()
    a.name == "PALC" ||
        throw(ArgumentError("got the algorithm $(repr(a.name)), expected \"PALC\" or \"Natural\""))
    tangent = a.tangent == "Bordered" ? Bordered() : Secant()
    options.krylov === nothing && return PALC(; tangent, θ = a.theta)
    return PALC(; tangent, θ = a.theta, bls = MatrixFreeBLS(nothing))
end

# The dense twin of an option set: special points are described by dense linear algebra.
dense(options::Options) = merge(options, (krylov = nothing,))

# How a recorded state enters BifurcationKit's own table.
record_first(x, p; keywords...) = (x1 = x[1],)

"""
    bifurcation_problem(F, z, par; lens = LENS, matrix_free = false)

The `BifurcationProblem` of a field. Its Jacobian is dense, or a function where `matrix_free`.
"""
function bifurcation_problem(F::Field, z, par; lens = LENS, matrix_free = false)
    J = matrix_free ? (x, q) -> (v -> jvp(F, x, q, v)) : (x, q) -> state_jacobian(F, x, q)
    return BifurcationProblem(
        F, Vector{Float64}(z), par, lens; J, record_from_solution = record_first,
    )
end
