# From a bisected bifurcation of cycles to one at the accuracy of its cycles.
#
# BifurcationKit bisects them on the count of unstable Floquet exponents and has no Newton method for
# them. Near the point the branch is a function of the distance s along its tangent τ,
#
#     R(x, p) = 0,   τ·((x, p) − (x₀, p₀)) = s |τ|²,
#
# and the secant method brings a smooth function of s to zero: the real part of the critical Floquet
# exponent at a period doubling or Neimark–Sacker point, the slope dp/ds at a fold.

# A branch of cycles near one of them.
struct Nearby{B, W, T}
    branch::B
    wrap::W
    start::Vector{Float64}
    tangent::Vector{Float64}
    target::T
end

"""
    polished_cycle(branch, k, reach) -> (branch, kind, moved) or nothing

The branch with its k-th special point moved to where its bifurcation is, and by how much: the root
mean square change of the orbit and the period, plus the change of the parameter. `kind` is "pd",
"ns" or "fold". Nothing where the secant method does not settle within `reach`.
"""
function polished_cycle(branch, k::Int, reach::Real)
    try
        near = _nearby(branch, k)
        near === nothing && return nothing
        y = _settled_cycle(near)
        y === nothing && return nothing
        change = y - near.start
        moved = norm(change[1:end-1]) / sqrt(length(change) - 1) + abs(change[end])
        moved <= reach || return nothing
        kind = branch.specialpoint[k].type === :bp ? "fold" : String(branch.specialpoint[k].type)
        return (branch = _moved_cycle(near, k, y), kind = kind, moved = moved)
    catch error
        # Outside of the span the field may overflow or the ODE solver give up.
        error isa InterruptException && rethrow()
        return nothing
    end
end

function _nearby(branch, k)
    point = branch.specialpoint[k]
    point.type in (:pd, :ns, :bp) || return nothing
    wrap = deepcopy(BK.getprob(branch))
    method = BK.get_discretization(wrap)
    x = Vector{Float64}(_orbit_values(point.x))
    point.x isa BK.POSavedSolutionAndState && BK.update_mesh!(method, point.x._mesh)
    BK.updatesection!(method, x, BK.setparam(branch, point.param))
    tangent = vcat(Vector{Float64}(point.τ.u), Float64(point.τ.p))
    target = if point.type === :bp
        nothing
    elseif point.type === :pd
        complex(-1.0)
    else
        values = exp.(branch.eig[point.idx].eigenvals)
        turning = filter(value -> imag(value) > 0, values)
        isempty(turning) && return nothing
        turning[argmin(abs.(abs.(turning) .- 1))]
    end
    return Nearby(branch, wrap, vcat(x, point.param), tangent, target)
end

_orbit_values(x::BK.POSavedSolutionAndState) = x.sol
_orbit_values(x) = x

_parameters(near::Nearby, p) = BK.setparam(near.branch, p)

# [R_x R_p; τᵀ], with R_p by central differences: an error there only slows Newton's method down.
function _bordered(near::Nearby, y)
    x, p = y[1:end-1], y[end]
    step = cbrt(eps()) * (1 + abs(p))
    residual(q) = BK.residual(near.wrap, x, _parameters(near, q))
    slope = (residual(p + step) - residual(p - step)) / (2step)
    return [Matrix(BK.jacobian(near.wrap, x, _parameters(near, p))) slope; near.tangent']
end

# The cycle at the distance s, `nothing` where Newton's method does not find it.
function _cycle_at(near::Nearby, s, guess)
    y, square = copy(guess), dot(near.tangent, near.tangent)
    for _ in 1:12
        ahead = dot(near.tangent, y - near.start) - s * square
        rest = BK.residual(near.wrap, y[1:end-1], _parameters(near, y[end]))
        step = _bordered(near, y) \ vcat(rest, ahead)
        y -= step
        all(isfinite, y) || return nothing
        norm(step, Inf) <= 1e-10 * (1 + norm(y, Inf)) && return y
    end
    return nothing
end

# What vanishes at the bifurcation.
function _cycle_test(near::Nearby, y)
    if near.target === nothing
        along = _bordered(near, y) \ vcat(zeros(length(y) - 1), 1.0)
        return along[end] / norm(along)
    end
    values, _ = _exponents(near, y)
    return real(values[_critical(near, values)])
end

_critical(near::Nearby, values) = argmin(abs.(exp.(values) .- near.target))

function _exponents(near::Nearby, y)
    solver, alg = near.branch.contparams.newton_options.eigsolver, near.branch.alg
    iterable = BK.ContIterable(
        near.wrap, alg, near.branch.contparams; kind = BK.PeriodicOrbitCont(),
    )
    found = BK.compute_eigenvalues(
        solver, iterable, nothing, y[1:end-1], _parameters(near, y[end]),
    )
    return found[1], found[2]
end

function _settled_cycle(near::Nearby)
    size = norm(near.start) / norm(near.tangent)
    before, s = 1e-5 * size, 0.0
    last = _cycle_at(near, before, near.start + before * near.tangent)
    last === nothing && return nothing
    value = _cycle_test(near, last)
    for _ in 1:15
        y = _cycle_at(near, s, last + (s - before) * near.tangent)
        y === nothing && return nothing
        abs(s - before) <= 1e-9 * size && return y
        here = _cycle_test(near, y)
        here == value && return nothing
        s, before, value, last = s - here * (s - before) / (here - value), s, here, y
    end
    return nothing
end

# The branch with the point, its exponents, and the mesh and phase condition that belong to it.
function _moved_cycle(near::Nearby, k, y)
    branch = near.branch
    there = @set branch.prob = near.wrap
    there = @set there.specialpoint = copy(there.specialpoint)
    there = @set there.eig = copy(there.eig)
    point = there.specialpoint[k]
    values, vectors = _exponents(near, y)
    there.eig[point.idx] = merge(there.eig[point.idx], (eigenvals = values, eigenvecs = vectors))
    orbit, x = point.x, y[1:end-1]
    point = @set point.x = orbit isa BK.POSavedSolutionAndState ? (@set orbit.sol = x) : x
    point = @set point.param = y[end]
    near.target === nothing || (point = @set point.ind_ev = _critical(near, values))
    there.specialpoint[k] = point
    return there
end
