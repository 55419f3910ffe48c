# Branches of equilibria.

"""
    continue_equilibria(field, state, p, options; directions, hook, second = nothing)

Follow the branch of equilibria through a state, by `PALC` or `Natural`, in each of `directions`
(±1, signs of `ds`).

Returns `ways`, one per direction, each with the arrays of `table`, its special points as
BifurcationKit located and described them (`points`), and each of them located again (`polished`);
and `messages`, what BifurcationKit warned of.
"""
function continue_equilibria(
    request, state::AbstractVector, p::Real, options::Options;
    directions = [1.0], hook = StepHook(),
)
    F = as_field(request)
    par = one_parameter(p)
    ways, messages = quietly() do
        start, status = first_equilibrium(F, state, par, options)
        status == "converged" || return [no_way(status, F.n, options) for _ in directions]
        [_one_way(F, start, par, options, Float64(sign), hook) for sign in directions]
    end
    return (ways = ways, messages = messages)
end

"""
    first_equilibrium(F, z, par, options) -> state, status

Newton's method at the start, which says by "converged", "no_equilibrium", "singular" or
"not_finite" what BifurcationKit says by an exception.
"""
function first_equilibrium(F::Field, z, par, options::Options)
    x = Vector{Float64}(z)
    all(isfinite, F(x, par)) || return x, "not_finite"
    prob = bifurcation_problem(F, x, par; matrix_free = options.krylov !== nothing)
    solution = try
        BK.solve(prob, Newton(), newton_par(options, F.n))
    catch error
        status = _failure(error)
        return x, status
    end
    all(isfinite, solution.u) || return x, "not_finite"
    return solution.u, BK.converged(solution) ? "converged" : "no_equilibrium"
end

function _one_way(F, start, par, options, sign, hook)
    matrix_free = options.krylov !== nothing
    prob = bifurcation_problem(F, start, par; matrix_free)
    contparams = continuation_par(options, F.n; ds = sign * options.continuation.ds)
    alg = BK.update(algorithm(options), contparams, nothing)
    way = watched(hook, options) do watch
        continuation(prob, alg, contparams; finalise_solution = watch, verbosity = 0)
    end
    return described_way(F, way, par, options)
end

"""
    described_way(F, way, par, options)

A way's table with its special points.
"""
function described_way(F::Field, way::Way, par, options::Options)
    nev = min(something(options.continuation.nev, F.n), F.n)
    points, again = Any[], Any[]
    if way.branch !== nothing
        for k in eachindex(way.branch.specialpoint)
            point = located(way.branch, k, F.n)
            point.type == "endpoint" && continue
            form = _raw(F, way.branch, k, point, par, options)
            push!(points, merge(point, (normal_form = form,)))
            push!(again, options.polish ? polished(F, point, par, options) : nothing)
        end
        options.polish && _add_turns!(points, again, F, way.branch, par, options)
    end
    return merge(table(way, F.n, nev), (points = points, polished = again))
end

# Where eigenvalues are counted, BifurcationKit sees no turn of the parameter at which the count
# does not change: a pitchfork met from its side branch, or two crossings that cancel.
function _add_turns!(points, again, F, branch, par, options)
    count = min(length(branch.sol), length(branch.branch))
    p = [branch.sol[k].p for k in 1:count]
    for k in 2:count-1
        (p[k+1] - p[k]) * (p[k] - p[k-1]) < 0 || continue
        any(point -> abs(point.index - k) <= 2, points) && continue
        point = _turn(branch, k, F.n)
        better = polished(F, point, par, options)
        better !== nothing && better.converged || continue
        push!(points, point)
        push!(again, better)
    end
    order = sortperm([point.index for point in points])
    permute!(points, order)
    permute!(again, order)
    return nothing
end

function _turn(branch, k, n)
    before, here, after = branch.sol[k-1], branch.sol[k], branch.sol[k+1]
    values = filter(isfinite, count_eigenvalues(branch, k, n))
    chord = vcat(_numbers(after.x) - _numbers(before.x), after.p - before.p)
    return (
        type = "fold", parameter = Float64(here.p), state = _numbers(here.x), status = "guess",
        precision = abs(after.p - before.p), interval = Float64[extrema((before.p, here.p, after.p))...],
        delta = [0, 0], index = k, step = k - 1, tangent = chord / norm(chord), eigenvalues = values,
        critical = isempty(values) ? complex(NaN) : values[argmin(abs.(values))],
        normal_form = (error = "a turn of the parameter, seen by BifBridge",),
    )
end

function no_way(status, n, options)
    nev = min(something(options.continuation.nev, n), n)
    nothing_there = table(Way(nothing, Vector{Float64}[], status), n, nev)
    return merge(nothing_there, (points = Any[], polished = Any[]))
end

# Matrix-free branches know too little of the Jacobian for a normal form: a dense one is made.
function _raw(F, branch, k, point, par, options)
    options.normal_forms || return nothing
    options.krylov === nothing && return raw_normal_form(branch, k)
    simple = point.type == "hopf" || (point.type == "bp" && abs(point.delta[1]) == 1)
    simple || return (error = "no normal form of a multiple point in matrix-free mode",)
    here, type = with_parameter(par, point.parameter), Symbol(point.type)
    return raw_normal_form(lone(F, point.state, here, point.tangent, point.critical, type, options))
end
