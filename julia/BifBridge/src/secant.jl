# A branch near one of its points, and the secant method along it.

"""
    Nearby(residual, slope, start, tangent)

The branch `residual(y) = 0`, with one unknown more than equations, near `start`: a function of the
distance s along the tangent τ,

    R(y) = 0,   τ·(y − y₀) = s |τ|².

`slope(y)` is the matrix R_y.
"""
struct Nearby{R, J}
    residual::R
    slope::J
    start::Vector{Float64}
    tangent::Vector{Float64}
end

# The matrix of the equations above.
_bordered(near::Nearby, y) = [near.slope(y); near.tangent']

# The point at the distance s, `nothing` where Newton's method does not find it.
function _point_at(near::Nearby, s, guess)
    y, square = copy(guess), dot(near.tangent, near.tangent)
    for _ in 1:12
        ahead = dot(near.tangent, y - near.start) - s * square
        step = _bordered(near, y) \ vcat(near.residual(y), ahead)
        y -= step
        all(isfinite, y) || return nothing
        norm(step, Inf) <= 1e-10 * (1 + norm(y, Inf)) && return y
    end
    return nothing
end

"""
    tangent_at(near, y)

The unit tangent of the branch at one of its points.
"""
tangent_at(near::Nearby, y) =
    normalize(_bordered(near, y) \ vcat(zeros(length(y) - 1), 1.0))

"""
    zero_along(near, test) -> y or nothing

Where `test(y)`, smooth along the branch, vanishes next to the start, by the secant method.
"""
function zero_along(near::Nearby, test)
    size = (1 + norm(near.start)) / norm(near.tangent)
    before, s = 1e-5 * size, 0.0
    last = _point_at(near, before, near.start + before * near.tangent)
    last === nothing && return nothing
    value = test(last)
    for _ in 1:15
        y = _point_at(near, s, last + (s - before) * near.tangent)
        y === nothing && return nothing
        abs(s - before) <= 1e-9 * size && return y
        here = test(y)
        here == value && return nothing
        s, before, value, last = s - here * (s - before) / (here - value), s, here, y
    end
    return nothing
end

# A bisection that failed leaves a point a whole step away, which a corrector may have lengthened.
const STEPS_AWAY = 3

# How far a point of n unknowns and some parameters moved: the root mean square change of the
# unknowns plus the change of the parameters.
_moved_by(change, n) = norm(change[1:n]) / sqrt(n) + norm(change[n+1:end], 1)
