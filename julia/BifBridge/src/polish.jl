# From a bisected point to one at rounding level.
#
# Folds and Hopf points go through BifurcationKit's own Newton method on its minimally augmented
# systems. Branch points have none there: theirs is Govaerts' (*Numerical Methods for Bifurcations
# of Dynamical Equilibria*, SIAM 2000, chapter 4), F + βb = 0 with both tests of the rank of
# [F_x F_p] zero. The imperfection β is rounding at a branch point and something else at a fold,
# which tells them apart even where a pitchfork, met from its side branch, looks like a fold.

"""
    polished(F, point, par, options) -> NamedTuple or nothing

A special point, located again, with BifurcationKit's normal form computed there.

`kind` is "fold", "branch_point" or "hopf"; `converged` says that Newton's method settled within
one step of the branch (`options.reach`), with the critical eigenvalue at zero.
"""
function polished(F::Field, point::NamedTuple, par, options::Options)
    try
        return _polished(F, point, par, options)
    catch error
        # Newton's method may lead to where the field overflows: then there is no better place.
        _failure(error)
        return nothing
    end
end

function _polished(F, point, par, options)
    z, p, τ = point.state, point.parameter, point.tangent
    here = with_parameter(par, p)
    candidate = if point.type == "hopf"
        _hopf(F, z, here, τ, point.critical, options)
    elseif point.type in ("bp", "fold")
        found = _branch_point(F, z, here, point, options)
        found === nothing ? _fold(F, z, here, τ, point.critical, options) : found
    else
        nothing
    end
    candidate === nothing && return nothing
    return _described(F, candidate, point, par, options)
end

# What a Newton method that failed comes back with.
const NOWHERE = (
    kind = "fold", state = Float64[], parameter = NaN, omega = 0.0, imperfection = NaN,
    settled = false,
)

function _described(F, found, point, par, options)
    found.settled || return nothing
    here = with_parameter(par, found.parameter)
    n = length(found.state)
    moved = norm(found.state - point.state) / sqrt(n) + abs(found.parameter - point.parameter)
    type = found.kind == "hopf" ? :hopf : :bp
    branch = lone(F, found.state, here, point.tangent, complex(0.0, found.omega), type, options)
    values = branch.eig[1].eigenvals
    critical = values[branch.specialpoint[1].ind_ev]
    scale = 1 + maximum(abs, values)
    converged = moved <= options.reach && abs(critical - complex(0.0, found.omega)) <= 1e-5 * scale
    return (
        kind = found.kind, parameter = found.parameter, state = found.state, omega = found.omega,
        converged = converged, moved = moved, imperfection = found.imperfection,
        residual = norm(F(found.state, here), Inf), critical = ComplexF64(critical),
        eigenvalues = Vector{ComplexF64}(values),
        normal_form = converged ? raw_normal_form(branch) : (error = "not found again",),
    )
end

# BifurcationKit's tolerance is an absolute one: below rounding it is a number of steps.
_to_rounding(branch) =
    NewtonPar(branch.contparams.newton_options; tol = 1e-25, max_iterations = 8)

function _fold(F, z, par, τ, critical, options)
    branch = lone(F, z, par, τ, isfinite(critical) ? critical : 0.0, :bp, options)
    return _settled("fold", branch, sol -> (sol.u.u, sol.u.p, 0.0))
end

function _hopf(F, z, par, τ, critical, options)
    branch = lone(F, z, par, τ, critical, :hopf, options)
    return _settled("hopf", branch, sol -> (sol.u.u, sol.u.p[1], sol.u.p[2]))
end

function _settled(kind, branch, read)
    try
        solution = newton(branch, 1; options = _to_rounding(branch), start_with_eigen = true)
        state, parameter, omega = read(solution)
        last = minimum(solution.residuals)
        settled = all(isfinite, state) && isfinite(parameter) && last < 1e-9
        return (kind = kind, state = Vector{Float64}(state), parameter = Float64(parameter),
                omega = Float64(omega), imperfection = NaN, settled = settled)
    catch error
        error isa InterruptException && rethrow()
        return merge(NOWHERE, (kind = kind,))
    end
end

# `nothing` where the point is not a branch point.
function _branch_point(F, z, par, point, options)
    y, β, settled = try
        _branch_point_newton(F, vcat(z, par.p), par, point.critical)
    catch error
        _failure(error)
        return nothing
    end
    settled || return nothing
    scale = maximum(abs.(jacobian(extended(F, par), y)) * abs.(y))
    abs(β) <= 1e-12 + 1e-13 * scale || return nothing
    moved = norm(y[1:end-1] - z) / sqrt(length(z)) + abs(y[end] - par.p)
    moved <= options.reach || return nothing
    return (kind = "branch_point", state = y[1:end-1], parameter = y[end], omega = 0.0,
            imperfection = β, settled = true)
end

function _branch_point_newton(F, start, par, critical)
    f, n = extended(F, par), length(start) - 1
    left, right = _borders(jacobian(At(F, par), start[1:n]), critical)
    u = vcat(start, 0.0)
    for _ in 1:15
        value, matrix = _branch_point_system(f, u, left, right)
        step = matrix \ value
        u -= step
        all(isfinite, u) || return u[1:n+1], NaN, false
        norm(step) <= 1e-12 * (1 + norm(u)) && return u[1:n+1], u[end], true
    end
    return u[1:n+1], u[end], false
end

# Null vectors to be: of the eigenvalue that crosses, which is not always the smallest where
# BifurcationKit could not bisect (it does not in the last step, at the end of the span).
function _borders(J, critical)
    if isfinite(critical) && imag(critical) == 0
        vectors = map((J, transpose(J))) do matrix
            values, columns = eigen(Matrix(matrix))
            real(columns[:, argmin(abs.(values .- critical))])
        end
        all(v -> norm(v) > 0.5, vectors) && return normalize.(reverse(vectors))
    end
    spectrum = svd(J)
    return spectrum.U[:, end], spectrum.V[:, end]
end

function _branch_point_system(f, u, left, right)
    y, β, n = u[1:end-1], u[end], length(left)
    matrix = jacobian(f, y)
    bordered = [matrix left; vcat(right, 0.0)' 0.0; zeros(1, n) 1.0 0.0]
    factors = lu(bordered)
    unit = Matrix{Float64}(I, n + 2, n + 2)
    columns, ψ = factors \ unit[:, n+1:n+2], (factors' \ unit[:, n+2])[1:n]
    slope(φ) = vec(jacobian(s -> [-dot(ψ, along(f, s, φ))], y))
    gradients = permutedims(hcat(slope(columns[1:n+1, 1]), slope(columns[1:n+1, 2])))
    value = vcat(f(y) + β * left, columns[n+2, :])
    return value, [matrix left; gradients zeros(2)]
end
