# Branch switching at simple branch points, and whole diagrams.

"""
    switch_branch(field, state, p, tangent, options; hook)

The arms of the other branch through a simple branch point, by BifurcationKit's reduced equation.

At a pitchfork the arms lie on either side of the kernel, at a transcritical point on either side
of the parameter. Each way starts at the first equilibrium beyond the branch point, found from
BifurcationKit's predictor. Returns `ways` as `continue_equilibria` does.
"""
function switch_branch(
    request, state::AbstractVector, p::Real, tangent::AbstractVector, options::Options;
    hook = StepHook(),
)
    F, par = as_field(request), one_parameter(p)
    ways, messages = quietly() do
        branch = lone(F, state, par, tangent, 0.0, :bp, options)
        form = get_normal_form(branch, 1)
        form isa BK.Fold && return Any[]
        found = Any[]
        for (sign, amplitude) in _arms(form)
            way = watched(hook, options) do watch
                _first_arm(F, form, par, options, sign, amplitude, watch)
            end
            way.branch === nothing || push!(found, described_way(F, way, par, options))
        end
        found
    end
    return (ways = ways, messages = messages)
end

# Signs of the parameter step and of the amplitude of both arms.
_arms(form::BK.Pitchfork) = ((1.0, 1.0), (1.0, -1.0))
_arms(form) = ((1.0, 1.0), (-1.0, 1.0))

# From the branch point itself BifurcationKit's first step may turn back to the other arm, for it
# bisects there: an arm starts at its first equilibrium instead, `nothing` if that is not found.
function _first_arm(F, form, par, options, sign, amplitude, watch)
    ds = sign * abs(options.continuation.ds)
    start = _beyond(F, form, par, options, ds, amplitude)
    start === nothing && return nothing
    z, p = start
    onwards(to, from) = to + 1e-2 * (to - from)
    contparams = continuation_par(dense(options), F.n; ds)
    alg = BK.update(algorithm(dense(options)), contparams, nothing)
    return continuation(
        bifurcation_problem(F, z, with_parameter(par, p)), z, with_parameter(par, p),
        onwards(z, form.x0), onwards(p, form.p), alg, LENS, contparams;
        finalise_solution = watch, verbosity = 0,
    )
end

# An equilibrium near BifurcationKit's predictor, nearer to it than to the branch that is known.
function _beyond(F, form, par, options, ds, amplitude)
    for shorter in 0:6
        guess = BK.predictor(form, ds / 4.0^shorter; ampfactor = amplitude)
        guess === nothing && return nothing
        aim = Vector{Float64}(guess.x1)
        prob = bifurcation_problem(F, aim, with_parameter(par, guess.p))
        solution = BK.solve(prob, Newton(), newton_par(dense(options), F.n))
        near = norm(solution.u - aim) <= 0.5 * norm(aim - guess.x0)
        BK.converged(solution) && near && return solution.u, Float64(guess.p)
    end
    return nothing
end

"""
    whole_diagram(field, state, p, options; depth, hook)

BifurcationKit's own `bifurcationdiagram`, `depth` levels below the first branch.

Returns `branches`, each with its way, its `level`, its `parent` (counted from 0, -1 for the first)
and the special point of the parent that it leaves (`code`, counted from 0).
"""
function whole_diagram(
    request, state::AbstractVector, p::Real, options::Options; depth = 2, hook = StepHook(),
)
    F, par = as_field(request), one_parameter(p)
    branches, messages = quietly() do
        start, status = first_equilibrium(F, state, par, options)
        status == "converged" || return Any[]
        prob = bifurcation_problem(F, start, par)
        contparams = continuation_par(dense(options), F.n)
        alg = BK.update(algorithm(dense(options)), contparams, nothing)
        watch = Watch(hook, options.max_norm)
        # It prints where it looks for arms at multiple points.
        tree = redirect_stdout(devnull) do
            bifurcationdiagram(
                prob, alg, depth + 1, contparams; finalise_solution = watch, verbosity = 0,
            )
        end
        _listed!(Any[], F, tree, par, options, watch, -1, -1)
    end
    return (branches = branches, messages = messages)
end

function _listed!(list, F, node, par, options, watch, parent, code)
    branch = _plain_branch(node.γ)
    # Tangents are not kept here: which branch a step belongs to is not told.
    way = Way(branch, Vector{Float64}[], _ending(branch, Watch(watch.hook, watch.max_norm)))
    entry = (way = described_way(F, way, par, options), level = node.level - 1, parent, code)
    push!(list, entry)
    own = length(list) - 1
    for child in node.child
        child.γ === nothing && continue
        _listed!(list, F, child, par, options, watch, own, child.code - 1)
    end
    return list
end
