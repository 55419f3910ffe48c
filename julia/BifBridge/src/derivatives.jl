# Derivatives by dual numbers of one fixed width: one compilation per field, whatever its size.

const WIDTH = 8

# ForwardDiff tells nested derivatives apart by counting their tags in the order of appearance. In
# compiled code the counts are frozen, and a session starts from zero again: an inner derivative
# that appears only now would count as an outer one. So each session counts on from higher numbers.
_count_from(least) = ForwardDiff.TAGCOUNT[] = max(ForwardDiff.TAGCOUNT[], UInt(least))

__init__() = (_count_from(2^40); nothing)

"""
    jacobian(g, y)

The matrix of derivatives of a vector function at `y`, eight columns at a time.

`ForwardDiff.jacobian` takes another width for every length below thirteen and compiles the field
and BifurcationKit's solvers again for each.
"""
function jacobian(g, y::AbstractVector{V}) where {V<:Real}
    T = typeof(ForwardDiff.Tag(g, V))
    blocks = map(1:WIDTH:length(y)) do first
        last = min(first + WIDTH - 1, length(y))
        out = g(_seeded(T, y, first))
        [ForwardDiff.partials(T, out[i], k) for i in eachindex(out), k in 1:(last-first+1)]
    end
    return reduce(hcat, blocks)
end

function _seeded(::Type{T}, y::AbstractVector{V}, first::Int) where {T,V}
    unit(i) = Partials{WIDTH,V}(ntuple(k -> i == first + k - 1 ? one(V) : zero(V), Val(WIDTH)))
    return [Dual{T,V,WIDTH}(y[i], unit(i)) for i in eachindex(y)]
end

"""
    state_jacobian(F, z, par)

∂F/∂z. A callback is asked for the whole matrix at once where plain numbers are asked for.
"""
function state_jacobian(F::Field, z::AbstractVector, par::NamedTuple)
    plain = eltype(z) === Float64 && all(value -> value isa Float64, values(par))
    if plain && F.call isa CallbackField
        return jacobian(F.call, z, F.parameters == 0 ? first(par) : Float64[par...])
    end
    return jacobian(At(F, par), z)
end

"""
    jvp(F, z, par, v)

∂F/∂z·v.
"""
jvp(F::Field, z, par, v) = ForwardDiff.derivative(t -> F(z .+ t .* v, par), zero(eltype(v)))

"""
    parameter_derivative(F, z, par)

∂F/∂p by the first parameter.
"""
parameter_derivative(F::Field, z, par) =
    ForwardDiff.derivative(p -> F(z, with_parameter(par, p)), par.p)

# F as a function of y = (z, p), the other parameters fixed.
extended(F::Field, par) = y -> F(y[1:end-1], with_parameter(par, y[end]))
