# From a bisected bifurcation of cycles to one at the accuracy of its cycles.
#
# BifurcationKit bisects them on the count of unstable Floquet exponents, which may end a whole step
# away, and has no Newton method for them. Here the secant method brings to zero the real part of
# the critical exponent at a period doubling or Neimark–Sacker point, the slope dp/ds at a fold.

"""
    polished_cycle(branch, k, reach) -> (branch, kind, moved) or nothing

The branch with its k-th special point moved to where its bifurcation is, and by how much. `kind` is
"pd", "ns" or "fold". Nothing where the secant method does not settle near enough (`reach` is the
longest step).
"""
function polished_cycle(branch, k::Int, reach::Real)
    try
        return _polished_cycle(branch, k, reach)
    catch error
        # Outside of the span the field may overflow or the ODE solver give up.
        error isa InterruptException && rethrow()
        return nothing
    end
end

function _polished_cycle(branch, k, reach)
    point = branch.specialpoint[k]
    point.type in (:pd, :ns, :bp) || return nothing
    wrap = _wrap_at(branch, point)
    near = _cycles_nearby(branch, wrap, point)
    multiplier = point.type === :bp ? nothing : _critical_multiplier(branch, point)
    exponents(y) = _exponents(branch, wrap, y)[1]
    y = zero_along(near, y -> if multiplier === nothing
        tangent_at(near, y)[end]
    else
        real(_nearest_exponent(exponents(y), multiplier)[1])
    end)
    y === nothing && return nothing
    moved = _moved_by(y - near.start, length(y) - 1)
    moved <= STEPS_AWAY * reach || return nothing
    kind = point.type === :bp ? "fold" : String(point.type)
    return (branch = _moved_cycle(branch, wrap, k, y, multiplier), kind = kind, moved = moved)
end

# The equations of the cycle, on its own mesh, with its own phase condition.
function _wrap_at(branch, point)
    wrap = deepcopy(BK.getprob(branch))
    method, orbit = BK.get_discretization(wrap), point.x
    orbit isa BK.POSavedSolutionAndState && BK.update_mesh!(method, orbit._mesh)
    BK.updatesection!(method, _orbit_values(orbit), BK.setparam(branch, point.param))
    return wrap
end

_orbit_values(x::BK.POSavedSolutionAndState) = Vector{Float64}(x.sol)
_orbit_values(x) = Vector{Float64}(x)

function _cycles_nearby(branch, wrap, point)
    residual(x, p) = BK.residual(wrap, x, BK.setparam(branch, p))
    residual(y) = residual(y[1:end-1], y[end])
    function slope(y)
        x, p = y[1:end-1], y[end]
        step = cbrt(eps()) * (1 + abs(p))
        # By differences: an error there only slows Newton's method down.
        by_parameter = (residual(x, p + step) - residual(x, p - step)) / (2step)
        return [Matrix(BK.jacobian(wrap, x, BK.setparam(branch, p))) by_parameter]
    end
    tangent = vcat(Vector{Float64}(point.τ.u), Float64(point.τ.p))
    return Nearby(residual, slope, vcat(_orbit_values(point.x), point.param), tangent)
end

function _critical_multiplier(branch, point)
    point.type === :pd && return complex(-1.0)
    turning = filter(value -> imag(value) > 0, exp.(branch.eig[point.idx].eigenvals))
    return turning[argmin(abs.(abs.(turning) .- 1))]
end

function _nearest_exponent(exponents, multiplier)
    k = argmin(abs.(exp.(exponents) .- multiplier))
    return exponents[k], k
end

function _exponents(branch, wrap, y)
    solver = branch.contparams.newton_options.eigsolver
    iterable = BK.ContIterable(wrap, branch.alg, branch.contparams; kind = BK.PeriodicOrbitCont())
    parameters = BK.setparam(branch, y[end])
    return BK.compute_eigenvalues(solver, iterable, nothing, y[1:end-1], parameters)
end

# The branch with the point, its exponents, and the mesh and phase condition that belong to it.
function _moved_cycle(branch, wrap, k, y, multiplier)
    there = @set branch.prob = wrap
    there = @set there.specialpoint = copy(there.specialpoint)
    there = @set there.eig = copy(there.eig)
    point = there.specialpoint[k]
    values, vectors, = _exponents(branch, wrap, y)
    there.eig[point.idx] = merge(there.eig[point.idx], (eigenvals = values, eigenvecs = vectors))
    orbit, x = point.x, y[1:end-1]
    point = @set point.x = orbit isa BK.POSavedSolutionAndState ? (@set orbit.sol = x) : x
    point = @set point.param = y[end]
    if multiplier !== nothing
        point = @set point.ind_ev = _nearest_exponent(values, multiplier)[2]
    end
    there.specialpoint[k] = point
    return there
end
