# Functions that translated fields call where Julia has none with JAX's values and derivatives.
# Those that a field needs are copied in front of it. One blank line separates them.
#
# All take numbers of any type that ForwardDiff may pass. Comparisons look at the value alone
# (ForwardDiff's own compare derivatives where values tie), and branches return one type.

# The value without its derivatives; `value` is a field of ForwardDiff.Dual.
primal(x::Union{AbstractFloat,Integer}) = x
primal(x::Real) = primal(x.value)

# Both branches are brought to one type.
select(condition, a, b) = ifelse(condition, promote(a, b)...)

# Repeat x along its axes of length one.
expand(x, dims) = ((a, _) -> a).(x, CartesianIndices(dims))

# Derivative 1 at 0, as in JAX.
absolute(x) = primal(x) < 0 ? -x : x

# Derivative 0 at 0, as in JAX.
absolute_flat(x) = primal(x) > 0 ? x : primal(x) < 0 ? -x : 0 * x

# Where both are equal each has half of the derivative, as in JAX.
larger(a, b) = larger(promote(a, b)...)
larger(a::R, b::R) where {R} = primal(a) > primal(b) ? a : primal(b) > primal(a) ? b : (a + b) / 2

# Where both are equal each has half of the derivative, as in JAX.
smaller(a, b) = smaller(promote(a, b)...)
smaller(a::R, b::R) where {R} = primal(a) < primal(b) ? a : primal(b) < primal(a) ? b : (a + b) / 2

# Derivative 0 at 0, as in JAX.
relu(x) = primal(x) <= 0 ? zero(x) : x

# Derivative 0 at 0 and at 6, as in JAX.
relu6(x) = primal(x) <= 0 ? zero(x) : primal(x) >= 6 ? oftype(x, 6) : x

# Without overflow on either side.
function logistic(x)
    small = exp(primal(x) < 0 ? x : -x)
    return primal(x) < 0 ? small / (1 + small) : 1 / (1 + small)
end

# log(1 + exp(x)) without overflow.
softplus(x) = primal(x) > 0 ? x + log1p(exp(-x)) : log1p(exp(x))

# log(exp(a) + exp(b)) without overflow.
logaddexp(a, b) = logaddexp(promote(a, b)...)
function logaddexp(a::R, b::R) where {R}
    isinf(primal(a)) && primal(a) == primal(b) && return a
    return primal(a) > primal(b) ? a + log1p(exp(b - a)) : b + log1p(exp(a - b))
end

# log2(2^a + 2^b) without overflow.
logaddexp2(a, b) = logaddexp(a * log(2.0), b * log(2.0)) / log(2.0)

# JAX's NaN instead of Julia's DomainError.
log_or_nan(x) = primal(x) < 0 ? x * NaN : log(x)

# JAX's NaN instead of Julia's DomainError.
log1p_or_nan(x) = primal(x) < -1 ? x * NaN : log1p(x)

# JAX's NaN instead of Julia's DomainError.
sqrt_or_nan(x) = primal(x) < 0 ? x * NaN : sqrt(x)

# JAX's NaN instead of Julia's DomainError.
function power_or_nan(x, y)
    return primal(x) < 0 && !isinteger(primal(y)) ? x * y * NaN : x^y
end

asin_or_nan(x) = abs(primal(x)) > 1 ? x * NaN : asin(x)

acos_or_nan(x) = abs(primal(x)) > 1 ? x * NaN : acos(x)

acosh_or_nan(x) = primal(x) < 1 ? x * NaN : acosh(x)

atanh_or_nan(x) = abs(primal(x)) > 1 ? x * NaN : atanh(x)

# Of the division rounded towards zero.
remainder(x, y) = x - y * trunc(primal(x) / primal(y))

# Derivative 0 on the bounds, as in JAX.
function clamped(x, lower, upper)
    x, lower, upper = promote(x, lower, upper)
    primal(x) < primal(lower) && return lower
    primal(x) > primal(upper) && return upper
    on_bound = primal(x) == primal(lower) || primal(x) == primal(upper)
    return on_bound ? oftype(x, primal(x)) : x
end

# x log(y), and 0 at x = y = 0.
xlogy(x, y) = primal(x) == 0 && primal(y) <= 0 ? 0 * x * y : x * log_or_nan(y)

# x log(1 + y), and 0 at x = 0, y = -1.
xlog1py(x, y) = primal(x) == 0 && primal(y) <= -1 ? 0 * x * y : x * log1p_or_nan(y)

# sin(x)/x near 0.
sinc_maclaurin(x) = 1 - x^2 / 6 * (1 - x^2 / 20 * (1 - x^2 / 42))

# Entries that share the maximum share its derivative, as in JAX.
function largest(x; dims=:)
    hits = primal.(x) .== maximum(primal.(x); dims=dims)
    return sum(select.(hits, x, 0.0); dims=dims) ./ sum(hits; dims=dims)
end

# Entries that share the minimum share its derivative, as in JAX.
function smallest(x; dims=:)
    hits = primal.(x) .== minimum(primal.(x); dims=dims)
    return sum(select.(hits, x, 0.0); dims=dims) ./ sum(hits; dims=dims)
end

# As in JAX, entries are counted by rows.
function reshape_rows(x, dims)
    reversed = reshape(permutedims(x, ndims(x):-1:1), reverse(dims))
    return permutedims(reversed, length(dims):-1:1)
end

# Matrix products a[k, :, :] * b[k, :, :].
function batched_product(a, b)
    R = promote_type(eltype(a), eltype(b))
    result = Array{R}(undef, size(a, 1), size(a, 2), size(b, 3))
    for k in axes(a, 1)
        result[k, :, :] = a[k, :, :] * b[k, :, :]
    end
    return result
end

# x among copies of a value: `low` of them before x, and step - 1 between its entries.
function pad(x, value, dims, low, step)
    result = fill(convert(promote_type(eltype(x), typeof(value)), value), dims)
    for k in CartesianIndices(x)
        place = low .+ (Tuple(k) .- 1) .* step .+ 1
        checkbounds(Bool, result, place...) && (result[place...] = x[k])
    end
    return result
end

# A copy of x with another value at one place.
function with_entry(x, value, place...)
    R = promote_type(eltype(x), typeof(value))
    result = copyto!(Array{R}(undef, size(x)), x)
    result[place...] = value
    return result
end

# A copy of x with another block from `first` on.
function with_block(x, block, first)
    R = promote_type(eltype(x), eltype(block))
    result = copyto!(Array{R}(undef, size(x)), x)
    result[map((k, n) -> k:k+n-1, first, size(block))...] = block
    return result
end

# A copy of x with values combined in at places, counted by columns; place 0 is nowhere.
function scattered(combine, x, values, places)
    R = promote_type(eltype(x), eltype(values))
    result = copyto!(Array{R}(undef, size(x)), x)
    for (place, value) in zip(places, values)
        place > 0 && (result[place] = combine(result[place], value))
    end
    return result
end

within(start, room) = 0 <= start <= room

# Series near 0, continued fraction beyond, for any type of number.
function erf(x)
    abs(primal(x)) > 2 && return primal(x) > 0 ? 1 - erfc(x) : erfc(-x) - 1
    term = total = x
    for k in 1:40
        term *= 2 * x^2 / (2k + 1)
        total += term
    end
    return 2 / sqrt(pi) * exp(-x^2) * total
end

function erfc(x)
    primal(x) < -2 && return 2 - erfc(-x)
    primal(x) <= 2 && return 1 - erf(x)
    isinf(primal(x)) && return 0 * exp(-x)
    tail = x
    for k in 50:-1:1
        tail = x + k / 2 / tail
    end
    return exp(-x^2) / sqrt(pi) / tail
end

# Newton's method on erf; each step also doubles the number of derivatives that are right.
function erf_inv(x)
    primal(x) < 0 && return -erf_inv(-x)
    primal(x) < 1 || return x * (primal(x) == 1 ? Inf : NaN)
    a = log1p(-primal(x)^2)
    b = 2 / (0.147 * pi) + a / 2
    y = oftype(x, sqrt(sqrt(b^2 - a / 0.147) - b))
    for _ in 1:8
        y -= sqrt(pi) / 2 * exp(y^2) * ((1 - x) - erfc(y))
    end
    return y
end
