# Deflation: several solutions at one parameter, and branches that do not hang together.

"""
    deflated_equilibria(field, starts, p, options; power = 2.0, shift = 1.0)

Equilibria at one parameter by deflated Newton iterations from every row of `starts`.

A start is tried until deflation finds nothing new from it. Returns `states`, one row per solution.
"""
function deflated_equilibria(
    request, starts::AbstractMatrix, p::Real, options::Options; power = 2.0, shift = 1.0,
)
    F, par = as_field(request), one_parameter(p)
    found, messages = quietly() do
        roots = Vector{Float64}[]
        for start in eachrow(starts)
            while true
                root = _next_root(F, Vector{Float64}(start), par, roots, options, power, shift)
                root === nothing && break
                push!(roots, root)
            end
        end
        roots
    end
    return (states = isempty(found) ? zeros(0, F.n) : rows(found), messages = messages)
end

function _next_root(F, start, par, roots, options, power, shift)
    newton_options = newton_par(dense(options), F.n)
    guess = isempty(roots) ? start : start .+ 1e-3 .* cos.(1.7 .* eachindex(start))
    prob = bifurcation_problem(F, guess, par)
    solution = try
        if isempty(roots)
            BK.solve(prob, Newton(), newton_options)
        else
            operator = DeflationOperator(power, shift, copy.(roots); autodiff = true)
            more = NewtonPar(newton_options; max_iterations = 10 * newton_options.max_iterations)
            BK.solve(prob, operator, more, Val(:autodiff))
        end
    catch error
        _failure(error)
        return nothing
    end
    u = solution.u
    all(isfinite, u) && BK.converged(solution) || return nothing
    norm(F(u, par), Inf) <= 1e3 * newton_options.tol * (1 + norm(u)) || return nothing
    any(root -> norm(root - u) <= 1e-6 * (1 + norm(u)), roots) && return nothing
    return Vector{Float64}(u)
end

"""
    deflated_continuation(field, state, p, options; max_branches, seek_every_step,
                          max_iter_defop, perturbation)

BifurcationKit's `DefCont`: all branches at once by natural steps, with deflation looking for more
after each. It starts from one known solution (with several, BifurcationKit follows the first of
them several times); `perturbation` is the size of a fixed kick that
starts each search. Returns `ways`; their special points are only
detected, not bisected. This loop has no hook: it cannot be stopped half way.
"""
function deflated_continuation(
    request, state::AbstractVector, p::Real, options::Options;
    max_branches = 20, seek_every_step = 1, max_iter_defop = 5, perturbation = 1e-1,
)
    F, par = as_field(request), one_parameter(p)
    ways, messages = quietly() do
        prob = bifurcation_problem(F, state, par)
        contparams = continuation_par(
            dense(options), F.n; detect_bifurcation = 2, detect_fold = false,
        )
        roots = [Vector{Float64}(state)]
        alg = DefCont(;
            deflation_operator = DeflationOperator(2, 1.0, roots; autodiff = true),
            alg = BK.update(PALC(), contparams, nothing),
            max_branches, seek_every_step, max_iter_defop,
            perturb_solution = (x, q, id) -> x .+ perturbation .* cos.(1.7 .* eachindex(x) .+ id),
        )
        result = continuation(prob, alg, contparams; verbosity = 0, plot = false)
        map(result.branches) do branch
            way = Way(branch, Vector{Float64}[], _deflated_ending(branch, contparams))
            described_way(F, way, par, merge(options, (polish = false, normal_forms = false)))
        end
    end
    return (ways = collect(Any, ways), messages = messages)
end

function _deflated_ending(branch, c)
    p, edge = branch.param[end], 1e-9 * (c.p_max - c.p_min)
    (p <= c.p_min + edge || p >= c.p_max - edge) && return "span_end"
    return length(branch) > c.max_steps ? "point_limit" : "no_convergence"
end
