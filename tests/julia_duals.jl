# Dual numbers for a Julia without packages, with the manners of ForwardDiff's: nested by level,
# and comparing derivatives where values tie.

struct Dual{L,V<:Real} <: Real
    value::V
    slope::V
end

Dual{L}(value::V, slope::V) where {L,V<:Real} = Dual{L,V}(value, slope)
Dual{L,V}(x::Real) where {L,V<:Real} = Dual{L,V}(convert(V, x), zero(V))
Dual{L,V}(x::Dual{L,V}) where {L,V<:Real} = x
Dual{L,V}(x::Dual{L}) where {L,V<:Real} = Dual{L,V}(convert(V, x.value), convert(V, x.slope))

slope_of(x::Real, level) = zero(x)
slope_of(x::Dual{L}, level) where {L} = L == level ? x.slope : zero(x)

Base.convert(::Type{Dual{L,V}}, x::Real) where {L,V} = Dual{L,V}(x)
Base.convert(::Type{Dual{L,V}}, x::Dual{L,V}) where {L,V} = x
Base.promote_rule(::Type{Dual{L,V}}, ::Type{R}) where {L,V,R<:Union{AbstractFloat,Integer,Irrational}} =
    Dual{L,promote_type(V, R)}
function Base.promote_rule(::Type{Dual{L,V}}, ::Type{Dual{M,W}}) where {L,V,M,W}
    L == M && return Dual{L,promote_type(V, W)}
    return L > M ? Dual{L,promote_type(V, Dual{M,W})} : Dual{M,promote_type(W, Dual{L,V})}
end

Base.zero(::Type{Dual{L,V}}) where {L,V} = Dual{L}(zero(V), zero(V))
Base.one(::Type{Dual{L,V}}) where {L,V} = Dual{L}(one(V), zero(V))
Base.zero(x::Dual) = zero(typeof(x))
Base.one(x::Dual) = one(typeof(x))
Base.float(x::Dual) = x
Base.typemin(::Type{Dual{L,V}}) where {L,V} = Dual{L}(typemin(V), zero(V))
Base.typemax(::Type{Dual{L,V}}) where {L,V} = Dual{L}(typemax(V), zero(V))

for f in (:isnan, :isinf, :isfinite, :isinteger, :signbit)
    @eval Base.$f(x::Dual) = $f(x.value)
end
for f in (:floor, :ceil, :round, :trunc, :sign)
    @eval Base.$f(x::Dual) = $f(x.value)
end

same(x, y) = x.value == y.value
for (f, on_tie) in ((:<, :<), (:<=, :<=), (:isless, :isless))
    @eval Base.$f(x::Dual{L,V}, y::Dual{L,V}) where {L,V} =
        $f(x.value, y.value) && !same(x, y) || same(x, y) && $on_tie(x.slope, y.slope)
end
Base.:(==)(x::Dual{L,V}, y::Dual{L,V}) where {L,V} = same(x, y) && x.slope == y.slope

Base.:+(x::Dual{L,V}, y::Dual{L,V}) where {L,V} = Dual{L}(x.value + y.value, x.slope + y.slope)
Base.:-(x::Dual{L,V}, y::Dual{L,V}) where {L,V} = Dual{L}(x.value - y.value, x.slope - y.slope)
Base.:-(x::Dual{L}) where {L} = Dual{L}(-x.value, -x.slope)
Base.:*(x::Dual{L,V}, y::Dual{L,V}) where {L,V} =
    Dual{L}(x.value * y.value, x.value * y.slope + x.slope * y.value)
Base.:/(x::Dual{L,V}, y::Dual{L,V}) where {L,V} =
    Dual{L}(x.value / y.value, (x.slope - x.value / y.value * y.slope) / y.value)
Base.:*(x::Bool, y::Dual) = x ? y : zero(y)
Base.:*(x::Dual, y::Bool) = y * x
Base.inv(x::Dual) = one(x) / x

function Base.:^(x::Dual{L}, n::Integer) where {L}
    n == 0 && return one(x)
    return Dual{L}(x.value^n, n * x.value^(n - 1) * x.slope)
end
function Base.:^(x::Dual{L}, y::Union{AbstractFloat,Irrational}) where {L}
    y == 0 && return one(x)
    return Dual{L}(x.value^y, y * x.value^(y - 1) * x.slope)
end
Base.:^(x::Union{AbstractFloat,Integer}, y::Dual{L}) where {L} =
    Dual{L}(x^y.value, x^y.value * log(x) * y.slope)
Base.:^(x::Dual, y::Dual) = same_power(promote(x, y)...)
function same_power(x::Dual{L}, y::Dual{L}) where {L}
    power = x.value^y.value
    return Dual{L}(power, y.value * x.value^(y.value - 1) * x.slope + power * log(x.value) * y.slope)
end

Base.atan(y::Dual, x::Real) = same_angle(promote(y, x)...)
Base.atan(y::Real, x::Dual) = same_angle(promote(y, x)...)
Base.atan(y::Dual, x::Dual) = same_angle(promote(y, x)...)
function same_angle(y::Dual{L}, x::Dual{L}) where {L}
    slope = (x.value * y.slope - y.value * x.slope) / (x.value^2 + y.value^2)
    return Dual{L}(atan(y.value, x.value), slope)
end

for (f, slope) in (
    :exp => :(exp(v)),
    :exp2 => :(exp2(v) * log(2.0)),
    :expm1 => :(exp(v)),
    :log => :(1 / v),
    :log1p => :(1 / (1 + v)),
    :sqrt => :(1 / (2 * sqrt(v))),
    :cbrt => :(1 / (3 * cbrt(v)^2)),
    :sin => :(cos(v)),
    :cos => :(-sin(v)),
    :tan => :(1 + tan(v)^2),
    :asin => :(1 / sqrt(1 - v^2)),
    :acos => :(-1 / sqrt(1 - v^2)),
    :atan => :(1 / (1 + v^2)),
    :sinh => :(cosh(v)),
    :cosh => :(sinh(v)),
    :tanh => :(1 - tanh(v)^2),
    :asinh => :(1 / sqrt(v^2 + 1)),
    :acosh => :(1 / sqrt(v^2 - 1)),
    :atanh => :(1 / (1 - v^2)),
)
    @eval Base.$f(x::Dual{L}) where {L} = (v = x.value; Dual{L}($f(v), $slope * x.slope))
end
