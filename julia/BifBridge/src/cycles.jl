# Branches of periodic orbits that are born at Hopf points.

"""
    continue_cycles(field, state, p, omega, options; method, hook)

Follow the cycles that leave a Hopf point.

`method` is `(name = "Collocation", ntst, m, meshadapt)` or `(name = "Shooting", segments, ntst, m,
abstol, reltol)`, plus `max_period`, `delta_p` (distance of the first cycle; 0 for `ds`) and
`nodes`, the `m + 1` relative places in a mesh interval at which shooting reports the orbit.
Shooting needs one of the packages `OrdinaryDiffEqVerner`, `OrdinaryDiffEqTsit5` and
`OrdinaryDiffEq` in the active project.

Returns `parameters`, `periods`, `times` (mesh in units of the period, one row per cycle), `nodes`
(cycle, interval, node, state), `multipliers` (with the trivial one), `points` as BifurcationKit
bisected them, each of them located again (`polished`, or nothing), `status`; and `messages`.
Collocation's nodes are equidistant in each interval.
"""
function continue_cycles(
    request, state::AbstractVector, p::Real, omega::Real, options::Options;
    method, hook = StepHook(),
)
    F, par = as_field(request), one_parameter(p)
    solver = method.name == "Shooting" ? ode_algorithm() : nothing
    # The solver may have been loaded by the line before.
    (way, solved), messages = quietly() do
        Base.invokelatest(_cycle_way, F, state, par, omega, options, method, hook, solver)
    end
    return merge(solved, (status = way.status, messages = messages))
end

function _cycle_way(F, state, par, omega, options, method, hook, solver)
    start = lone(F, state, par, ones(F.n + 1), complex(0.0, omega), :hopf, options)
    # The cycles lie on one side of the Hopf point, and steps have to lead away from it there.
    form = get_normal_form(start, 1).nf
    side = real(form.a) * real(form.b) < 0 ? 1.0 : -1.0
    ds = side * options.continuation.ds
    contparams = continuation_par(dense(options), F.n; ds, nev = nothing)
    leaves(z) = abs(z.u[end]) <= method.max_period ? :none : :period_limit
    way = watched(hook, options; leaves) do watch
        continuation(
            start, 1, contparams, _discretisation(F, state, par, method, solver);
            δp = method.delta_p == 0 ? ds : side * method.delta_p, finalise_solution = watch,
            verbosity = 0, record_from_solution = record_first,
        )
    end
    return way, _described_cycles(F, way, par, method, solver, options)
end

function _discretisation(F, state, par, method, solver)
    method.name == "Collocation" &&
        return Collocation(method.ntst, method.m; meshadapt = method.meshadapt)
    method.name == "Shooting" || throw(ArgumentError(
        "got the method $(repr(method.name)), expected \"Collocation\" or \"Shooting\"",
    ))
    return Shooting(
        method.segments, _ode(F, Vector{Float64}(state), par, 1.0), solver;
        abstol = method.abstol, reltol = method.reltol,
    )
end

_ode(F, start, par, duration) =
    BK.SciMLBase.ODEProblem((u, q, t) -> F(u, q), start, (0.0, duration), par)

# Packages with an ODE solver, the most accurate first, and their method.
const _SOLVERS = (
    "OrdinaryDiffEqVerner" => :Vern9, "OrdinaryDiffEqTsit5" => :Tsit5, "OrdinaryDiffEq" => :Tsit5,
)

"""
    has_ode_solver()

Whether the active project has a package that shooting can integrate with.
"""
has_ode_solver() = any(pair -> Base.identify_package(first(pair)) !== nothing, _SOLVERS)

"""
    ode_algorithm()

An explicit Runge–Kutta method from the first package of OrdinaryDiffEq's family that is there.
"""
function ode_algorithm()
    for (package, name) in _SOLVERS
        id = Base.identify_package(package)
        id === nothing && continue
        room = Base.require(id)
        return Base.invokelatest(Base.invokelatest(getfield, room, name))
    end
    throw(MissingPackageError(
        "shooting needs an ODE solver: add OrdinaryDiffEqVerner (or OrdinaryDiffEqTsit5, or " *
        "OrdinaryDiffEq) to the Julia project, or use collocation",
    ))
end

function _described_cycles(F, way::Way, par, method, solver, options)
    n, branch = F.n, way.branch
    if branch === nothing
        return (
            parameters = Float64[], periods = Float64[], times = zeros(0, method.ntst + 1),
            nodes = zeros(0, method.ntst, method.m + 1, n), multipliers = zeros(ComplexF64, 0, n),
            iterations = Int[], points = Any[], polished = Any[],
        )
    end
    count = min(length(branch.sol), length(branch.branch))
    saved = branch.sol[1:count]
    found = [orbit(F, branch, one.x, one.p, par, method, solver) for one in saved]
    special = [k for (k, point) in pairs(branch.specialpoint) if point.type !== :endpoint]
    points = Any[_cycle_point(F, branch, k, par, method, solver) for k in special]
    again = Any[
        options.polish ? _polished_point(F, branch, k, par, method, solver, options) : nothing
        for k in special
    ]
    return (
        parameters = Float64[branch.sol[k].p for k in 1:count],
        periods = Float64[cycle.period for cycle in found],
        times = rows([cycle.times for cycle in found]),
        nodes = permutedims(cat((cycle.nodes for cycle in found)...; dims = 4), (4, 1, 2, 3)),
        multipliers = exp.(rows([count_eigenvalues(branch, k, n) for k in 1:count])),
        iterations = Int[branch.itnewton[k] for k in 1:count],
        points = points,
        polished = again,
    )
end

"""
    orbit(F, branch, x, p, par, method, solver) -> (period, times, nodes)

A saved cycle by its values at the nodes of each mesh interval, shape (intervals, m + 1, n).
"""
function orbit(F, branch, x, p, par, method, solver)
    method.name == "Shooting" && return _shot_orbit(F, branch, x, p, par, method, solver)
    collocation = BK.get_discretization(BK.getprob(branch))
    n, m, ntst = size(collocation)
    adapted = x isa BK.POSavedSolutionAndState
    u = Vector{Float64}(adapted ? x.sol : x)
    times = Vector{Float64}(adapted ? x.mesh : BK.get_times(collocation))
    values = reshape(u[1:end-1], n, :)
    nodes = [values[j, (i-1)*m+k] for i in 1:ntst, k in 1:m+1, j in 1:n]
    return (period = u[end], times = times[1:m:end], nodes = nodes)
end

function _shot_orbit(F, branch, x, p, par, method, solver)
    shooting = BK.get_discretization(BK.getprob(branch))
    n, u = F.n, Vector{Float64}(x)
    period, here = u[end], with_parameter(par, p)
    segments = map(eachindex(shooting.ds)) do i
        problem = _ode(F, u[(i-1)*n+1:i*n], here, shooting.ds[i] * period)
        BK.SciMLBase.solve(problem, solver; abstol = method.abstol, reltol = method.reltol)
    end
    ends = vcat(0.0, cumsum(shooting.ds))
    function value(s)
        i = clamp(searchsortedlast(ends, s), 1, length(segments))
        return segments[i]((s - ends[i]) * period)
    end
    times = collect(range(0, 1; length = method.ntst + 1))
    nodes = zeros(method.ntst, method.m + 1, n)
    for i in 1:method.ntst, k in 1:method.m+1
        nodes[i, k, :] = value(min(times[i] + method.nodes[k] * (times[i+1] - times[i]), 1.0))
    end
    return (period = period, times = times, nodes = nodes)
end

function _cycle_point(F, branch, k, par, method, solver)
    point = branch.specialpoint[k]
    known = point.idx in eachindex(branch.eig)
    values = known ? Vector{ComplexF64}(branch.eig[point.idx].eigenvals) : ComplexF64[]
    return merge(orbit(F, branch, point.x, point.param, par, method, solver), (
        type = String(point.type),
        parameter = Float64(point.param),
        status = String(point.status),
        precision = Float64(point.precision),
        interval = Float64[point.interval...],
        delta = Int[point.δ...],
        index = point.idx - 1,
        multipliers = exp.(values),
        normal_form = raw_normal_form(branch, k; detailed = Val(true)),
    ))
end

function _polished_point(F, branch, k, par, method, solver, options)
    better = polished_cycle(branch, k, options.reach)
    better === nothing && return nothing
    there = better.branch
    point = there.specialpoint[k]
    return merge(orbit(F, there, point.x, point.param, par, method, solver), (
        kind = better.kind,
        parameter = Float64(point.param),
        moved = better.moved,
        multipliers = exp.(Vector{ComplexF64}(there.eig[point.idx].eigenvals)),
        normal_form = raw_normal_form(there, k; detailed = Val(true)),
    ))
end

function described(form::BK.PeriodDoublingPO)
    return merge(
        (class = "PeriodDoubling", type = String(form.nf.type), period = Float64(form.T),
         return_map = form.prm),
        _scalars(form.nf.nf, (:a, :b3, :a₀₁, :c₁₁)), _mode(form),
    )
end

function described(form::BK.NeimarkSackerPO)
    return merge(
        (class = "NeimarkSacker", type = String(form.nf.type), period = Float64(form.T),
         angle = Float64(real(form.ω)), return_map = form.prm),
        _scalars(form.nf.nf, (:a, :b, :d)), _mode(form),
    )
end

described(form::BK.BranchPointPO) = (
    class = "BranchPoint", period = Float64(form.T), return_map = form.prm,
)

const _LETTERS = Dict(:a₀₁ => :a01, :c₁₁ => :c11)

function _scalars(form, names)
    form === nothing && return (;)
    kept = [name for name in names if hasproperty(form, name) && getproperty(form, name) isa Number]
    return NamedTuple{Tuple(get(_LETTERS, name, name) for name in kept)}(
        Tuple(ComplexF64(getproperty(form, name)) for name in kept),
    )
end

# The critical Floquet mode of collocation, (state, node).
function _mode(form)
    form.prm && return (;)
    n = size(form.prob)[1]
    return (mode = Matrix{ComplexF64}(reshape(Vector(vec(form.ζ)), n, :)),)
end
