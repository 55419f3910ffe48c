# From a bisected point of codimension two to one at rounding level.
#
# Bogdanov–Takens points go through BifurcationKit's own Newton method. For the others it has none:
# the secant method follows the curve, F = 0 with σ = 0 from the bordered matrix
#
#     [F_z − iω  w] [v]   [0]
#     [vᵢᴴ       0] [σ] = [1]
#
# (ω = 0 on fold curves), to the zero of a function that is smooth along it: the quadratic
# coefficient at a cusp, Re b of the Hopf normal form at a Bautin point, the real part of the second
# critical eigenvalue at zero-Hopf and Hopf–Hopf points.

"""
    polished_codim_two(branch, k, F, reach) -> NamedTuple or nothing

A special point of a curve, located again, with BifurcationKit's normal form computed there, the
`residual` of the field and by how much it `moved`. Nothing where it does not settle near enough
(`reach` is the longest step).
"""
function polished_codim_two(branch, k::Int, F::Field, reach::Real)
    try
        point = branch.specialpoint[k]
        place = point.type === :bt ? _bogdanov_takens(branch, k) : _along_curve(branch, k, F)
        place === nothing && return nothing
        return _described_place(branch, k, F, place, reach)
    catch error
        error isa InterruptException && rethrow()
        return nothing
    end
end

function _described_place(branch, k, F, place, reach)
    point, n = branch.specialpoint[k], F.n
    state, parameters = place.state, place.parameters
    residual = norm(F(state, two_parameters(parameters...)), Inf)
    before = vcat(_numbers(point.x.x)[1:n], point.x.p1, point.param)
    moved = _moved_by(vcat(state, parameters) - before, n)
    residual < 1e-8 && moved <= STEPS_AWAY * reach || return nothing
    there = _moved_point(branch, k, F, place)
    return (state = state, parameters = parameters, omega = abs(place.omega), residual = residual,
            moved = moved, normal_form = _form_there(there, k))
end

# BifurcationKit takes fourth and fifth derivatives as nested differences of the third. Its step 1e-8
# leaves the fifth an error of 1e-16/δ² = 1; this one 1e-8, as much as the differences' own.
const BAUTIN_STEP = 1e-4

function _form_there(branch, k)
    type, prob = branch.specialpoint[k].type, BK.getprob(branch)
    type === :gh &&
        return described(BK.bautin_normal_form(prob, branch, k; δ = BAUTIN_STEP, detailed = false))
    there = type === :cusp ? _nearest_zero_first(branch) : branch
    return raw_normal_form(there, k; detailed = Val(true))
end

# At a cusp BifurcationKit looks for the critical vectors among the two rightmost eigenvalues.
_nearest_zero_first(branch) =
    @set branch.contparams.newton_options.eigsolver.eigsolver = DefaultEig(which = x -> -abs(x))

function _bogdanov_takens(branch, k)
    solution = newton(
        branch, k; options = NewtonPar(tol = 1e-25, max_iterations = 8), start_with_eigen = true,
        lens2 = SECOND_LENS,
    )
    found = solution.u
    return (state = Vector{Float64}(found.x0), omega = 0.0,
            parameters = Float64[found.params.p, found.params.q])
end

# A curve in y = (z, p, q) along folds, (z, p, ω, q) along Hopf points, and the null vectors where it
# starts, which border its matrix.
struct CriticalCurve{V}
    F::Field
    hopf::Bool
    left::V
    right::V
end

function CriticalCurve(F::Field, y, hopf)
    spectrum = svd(_singular(F, y, hopf))
    return CriticalCurve(F, hopf, spectrum.U[:, end], spectrum.V[:, end])
end

_place(F, y) = y[1:F.n]
_both(F, y) = two_parameters(y[F.n+1], y[end])
_frequency(F, y, hopf) = hopf ? y[F.n+2] : 0.0
_matrix(F, y) = state_jacobian(F, _place(F, y), _both(F, y))
_singular(F, y, hopf) = hopf ? _matrix(F, y) - im * _frequency(F, y, hopf) * I : _matrix(F, y)

# v, wᴴ and σ at y.
function _critical(curve::CriticalCurve, y)
    n = curve.F.n
    matrix = [_singular(curve.F, y, curve.hopf) curve.left; curve.right' 0]
    unit = [k == n + 1 ? 1.0 : 0.0 for k in 1:n+1]
    ahead, back = matrix \ unit, matrix' \ unit
    return (right = ahead[1:n], left = back[1:n], σ = ahead[end])
end

function _residual(curve::CriticalCurve, y)
    σ = _critical(curve, y).σ
    value = curve.F(_place(curve.F, y), _both(curve.F, y))
    return vcat(value, curve.hopf ? [real(σ), imag(σ)] : [real(σ)])
end

# By differences: an error there only slows Newton's method down.
function _slope(curve::CriticalCurve, y)
    columns = map(eachindex(y)) do k
        step = cbrt(eps()) * (1 + abs(y[k]))
        move = [j == k ? step : 0.0 for j in eachindex(y)]
        (_residual(curve, y + move) - _residual(curve, y - move)) / (2step)
    end
    return reduce(hcat, columns)
end

function _along_curve(branch, k, F)
    point, n = branch.specialpoint[k], F.n
    hopf = hasproperty(point.x, :ω)
    state = _numbers(point.x.x)[1:n]
    start = vcat(state, point.x.p1, hopf ? Float64(point.x.ω) : Float64[], point.param)
    curve = CriticalCurve(F, start, hopf)
    test = _curve_test(curve, String(point.type), start)
    test === nothing && return nothing
    tangent = vcat(_numbers(point.τ.u), Float64(point.τ.p))
    y = zero_along(
        Nearby(y -> _residual(curve, y), y -> _slope(curve, y), start, tangent), test,
    )
    y === nothing && return nothing
    return (state = y[1:n], parameters = [y[n+1], y[end]], omega = _frequency(F, y, hopf))
end

# What vanishes at the point, by its kind.
function _curve_test(curve::CriticalCurve, type, start)
    F, hopf = curve.F, curve.hopf
    type == "cusp" && return y -> _quadratic(curve, y)
    type == "gh" && return y -> _cubic(F, y)
    type in ("zh", "hh") || return nothing
    target = _second_eigenvalue(eigvals(_matrix(F, start)), _frequency(F, start, hopf), type)
    target === nothing && return nothing
    return function (y)
        values = eigvals(_matrix(F, y))
        return real(values[argmin(abs.(values .- target))])
    end
end

# The eigenvalue that becomes critical besides 0 or ±iω.
function _second_eigenvalue(values, omega, type)
    left = collect(ComplexF64, values)
    for critical in (omega == 0 ? (0.0 + 0im,) : (im * omega, -im * omega))
        deleteat!(left, argmin(abs.(left .- critical)))
    end
    turning = type == "hh" || omega == 0
    fitting = filter(value -> turning ? imag(value) > 0 : imag(value) == 0, left)
    isempty(fitting) && return nothing
    return fitting[argmin(abs.(real.(fitting)))]
end

function _quadratic(curve::CriticalCurve, y)
    v, w, = _critical(curve, y)
    F, z, par = curve.F, _place(curve.F, y), _both(curve.F, y)
    slope(t) = ForwardDiff.derivative(s -> F(z .+ s .* v, par), t)
    return dot(w, ForwardDiff.derivative(slope, 0.0))
end

function _cubic(F, y)
    n = F.n
    critical = complex(0.0, y[n+2])
    point = lone(F, _place(F, y), _both(F, y), ones(n + 1), critical, :hopf, default_options())
    return real(get_normal_form(point, 1).nf.b)
end

# The branch whose k-th special point lies there, with the eigenvectors there.
function _moved_point(branch, k, F, place)
    there = @set branch.specialpoint = deepcopy(branch.specialpoint)
    there = @set there.eig = copy(there.eig)
    there.specialpoint[k].x.x .= place.state
    point = there.specialpoint[k]
    point = @set point.x.p1 = place.parameters[1]
    point = @set point.param = place.parameters[2]
    hasproperty(point.x, :ω) && (point = @set point.x.ω = place.omega)
    if point.idx in eachindex(there.eig)
        J = state_jacobian(F, place.state, two_parameters(place.parameters...))
        values, vectors = branch.contparams.newton_options.eigsolver.eigsolver(J, F.n)
        known = (eigenvals = values, eigenvecs = vectors)
        there.eig[point.idx] = merge(there.eig[point.idx], known)
        point = @set point.ind_ev = argmin(abs.(values .- im * place.omega))
    end
    there.specialpoint[k] = point
    return there
end
