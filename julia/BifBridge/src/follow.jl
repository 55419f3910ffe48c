# One way along a branch: BifurcationKit's loop, watched, and read out as plain arrays.

"""
    Watch(hook, max_norm; leaves = z -> :none)

What BifurcationKit calls as `finalise_solution` after each step. It asks the hook whether to go
on, keeps the tangents, and holds on to the branch, so that nothing is lost when a step fails.
`leaves(z)` says why the branch is to end at z = (u, p), or `:none`.
"""
mutable struct Watch
    hook::Any
    max_norm::Float64
    leaves::Any
    tangents::Vector{Vector{Float64}}
    branch::Any
    stop::Symbol
end

Watch(hook, max_norm; leaves = _ -> :none) =
    Watch(hook, max_norm, leaves, Vector{Float64}[], nothing, :none)

function (watch::Watch)(z, tangent, step, branch; state, keywords...)
    BK.in_bisection(state) && return true
    # A diagram is one run after another: only an interruption ends them all.
    step == 1 && watch.stop !== :interrupted && (watch.stop = :none)
    watch.branch = branch
    push!(watch.tangents, vcat(_numbers(tangent.u), tangent.p))
    if watch.stop === :interrupted || !watch.hook(step, Float64(z.p))
        watch.stop = :interrupted
    elseif !(norm(_numbers(z.u), Inf) <= watch.max_norm)
        watch.stop = :norm_limit
    else
        watch.stop = watch.leaves(z)::Symbol
    end
    return watch.stop === :none
end

_numbers(u::AbstractVector) = Vector{Float64}(u)
_numbers(u::BorderedArray) = vcat(_numbers(u.u), u.p)

"""
    Way(branch, tangents, status)

A branch as BifurcationKit returned it, the tangents after each step, and how it ended: "span_end",
"point_limit", "norm_limit", "no_convergence", "singular", "not_finite", "interrupted", "closed" or
"no_equilibrium" (then the branch is `nothing`).
"""
struct Way
    branch::Any
    tangents::Vector{Vector{Float64}}
    status::String
end

"""
    watched(run, hook, options; leaves) -> Way

Call `run(watch)`, which is to return a branch, and say how it ended.
"""
function watched(run, hook, options::Options; leaves = _ -> :none)
    watch = Watch(hook, options.max_norm; leaves)
    branch, failure = try
        _plain_branch(run(watch)), ""
    catch error
        error isa InterruptException && rethrow()
        watch.branch, _failure(error)
    end
    if branch === nothing
        return Way(nothing, watch.tangents, isempty(failure) ? "no_equilibrium" : failure)
    end
    isempty(failure) || return Way(branch, watch.tangents, failure)
    return Way(branch, watch.tangents, _ending(branch, watch))
end

_plain_branch(branch) = branch
_plain_branch(branch::BK.Branch) = branch.γ

# Failures that end a branch; anything else is an error of the request and goes on its way.
_failure(error::SingularException) = "singular"
_failure(error::LinearAlgebra.LAPACKException) = "singular"
_failure(error::InterruptException) = throw(error)
_failure(error::String) = "no_equilibrium"          # BifurcationKit throws "Stopping continuation."
function _failure(error::Exception)
    text = sprint(showerror, error)
    occursin("Infs or NaNs", text) && return "not_finite"
    occursin("Newton failed to converge", text) && return "no_equilibrium"
    throw(error)
end

function _ending(branch, watch::Watch)
    watch.stop === :none || return String(watch.stop)
    c, p = branch.contparams, branch.param[end]
    edge = 1e-9 * (c.p_max - c.p_min)
    (p <= c.p_min + edge || p >= c.p_max - edge) && return "span_end"
    length(branch) > c.max_steps && return "point_limit"
    c.detect_loop && _looped(branch) && return "closed"
    return "no_convergence"
end

# `detect_loop` ends a branch at a special point that is there already.
function _looped(branch)
    near(point) = point.type !== :endpoint && abs(point.param - branch.param[end]) < 1e-2
    return any(near, branch.specialpoint) && abs(branch.ds[end]) > branch.contparams.dsmin
end

"""
    table(way, n, nev; state = _numbers)

The points of a way as plain arrays: `parameters`, `states` (one row per point), `eigenvalues`,
`tangents` (missing ones are zero), `iterations`, `status`.
"""
function table(way::Way, n::Int, nev::Int; state = _numbers)
    branch = way.branch
    if branch === nothing
        return (
            parameters = Float64[], states = zeros(0, n), eigenvalues = zeros(ComplexF64, 0, nev),
            tangents = zeros(0, n + 1), iterations = Int[], status = way.status,
        )
    end
    count = min(length(branch.sol), length(branch.branch))
    values = [count_eigenvalues(branch, k, nev) for k in 1:count]
    first_tangent = zeros(isempty(way.tangents) ? n + 1 : length(way.tangents[1]))
    tangents = [k == 1 ? first_tangent : get(way.tangents, k - 1, first_tangent) for k in 1:count]
    # `Natural` solves at the end of the interval and writes down where it wanted to step.
    inside(p) = clamp(p, branch.contparams.p_min, branch.contparams.p_max)
    return (
        parameters = Float64[inside(branch.sol[k].p) for k in 1:count],
        states = rows([state(branch.sol[k].x) for k in 1:count]),
        eigenvalues = rows(values),
        tangents = rows(tangents),
        iterations = Int[branch.itnewton[k] for k in 1:count],
        status = way.status,
    )
end

rows(vectors::Vector{<:AbstractVector}) = permutedims(reduce(hcat, vectors))

# Eigenvalues of one point, all lists of one length: a Krylov solver returns now more, now fewer.
function count_eigenvalues(branch, k::Int, nev::Int)
    values = fill(complex(NaN, NaN), nev)
    k <= length(branch.eig) || return values
    found = branch.eig[k].eigenvals
    found === nothing && return values
    for j in 1:min(nev, length(found))
        values[j] = found[j]
    end
    return values
end
