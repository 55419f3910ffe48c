# Fields and hooks that live in another language, reached through C function pointers.
#
# The caller hands over an address and keeps what stands behind it alive. No Python package is
# needed on this side: a pointer from `@cfunction` serves as well as one from Python's ctypes.

using ForwardDiff: ForwardDiff, Dual

"""
    CallbackField(pointer, n, parameters)

A vector field `F(z, p)` of `n` states, evaluated behind `pointer`; `p` is a number if
`parameters == 0`, else a vector of that length.

`z` and `p` may hold `ForwardDiff.Dual`s nested to any depth: all coefficients cross together and
the derivatives are taken on the other side, so that they are exact. The pointer is called as

    status = pointer(levels::Int64, widths::Ptr{Int64}, z::Ptr{Float64}, p::Ptr{Float64},
                     out::Ptr{Float64})::Int32

where `widths` are the numbers of partials, outermost first, and each number stands as its
coefficients: value first, then the partials, each of them in the same way. In C's order of axes
`z` and `out` have the shape `(n, 1 + widths[1], 1 + widths[2], …)`. A status other than 0 raises
`CallbackError`.
"""
struct CallbackField
    pointer::Ptr{Cvoid}
    n::Int
    parameters::Int
end

CallbackField(address::Integer, n::Integer, parameters::Integer) =
    CallbackField(Ptr{Cvoid}(UInt(address)), Int(n), Int(parameters))

"""
    CallbackError(status)

The function behind a `CallbackField` failed; the side that owns it knows why.
"""
struct CallbackError <: Exception
    status::Int32
end

Base.showerror(io::IO, error::CallbackError) = print(
    io, "the field's callback failed with status ", error.status, "; its own side knows why",
)

# Numbers of partials of a type of nested duals, outermost first.
_widths(::Type{Float64}) = ()
_widths(::Type{Dual{T,V,N}}) where {T,V,N} = (N, _widths(V)...)
_widths(::Type{D}) where {D} =
    throw(ArgumentError("a callback computes with Float64 and duals over it, not with $D"))

# The type of nested duals over Float64 that holds numbers of type `D`.
_over_float64(::Type{D}) where {D<:Real} = promote_type(D, Float64)
_over_float64(::Type{Dual{T,V,N}}) where {T,V,N} = Dual{T,_over_float64(V),N}

function (F::CallbackField)(z::AbstractVector{<:Real}, p)
    D = _over_float64(promote_type(eltype(z), eltype(p)))
    out = Vector{D}(undef, F.n)
    return _cross!(out, F, convert(Vector{D}, z), D[p...])
end

function _cross!(out::Vector{D}, F::CallbackField, z::Vector{D}, p::Vector{D}) where {D}
    length(z) == F.n ||
        throw(DimensionMismatch("got a state of length $(length(z)), expected $(F.n)"))
    length(p) == max(F.parameters, 1) || throw(
        DimensionMismatch("got $(length(p)) parameters, expected $(max(F.parameters, 1))"),
    )
    return _call(F, Int64[_widths(D)...], z, p, out)
end

"""
    jacobian(F::CallbackField, z, p)

The matrix ∂F/∂z in one crossing, where `ForwardDiff.jacobian` would cross once per chunk.
"""
function jacobian(F::CallbackField, z::AbstractVector{<:Real}, p)
    # The coefficients are laid out by hand: a Dual with n partials would be slow to compile.
    n = F.n
    states, parameters = zeros(1 + n, n), zeros(1 + n, max(F.parameters, 1))
    states[1, :] = z
    parameters[1, :] .= p
    for k in 1:n
        states[1+k, k] = 1
    end
    out = zeros(1 + n, n)
    _call(F, Int64[n], states, parameters, out)
    return permutedims(out[2:end, :])
end

function _call(F::CallbackField, widths, z, p, out)
    status = GC.@preserve widths z p out ccall(
        F.pointer, Int32,
        (Int64, Ptr{Int64}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}),
        length(widths), pointer(widths), pointer(z), pointer(p), pointer(out),
    )
    return status == 0 ? out : throw(CallbackError(status))
end

"""
    StepHook(pointer)
    StepHook()

What is called after every continuation step: `hook(step, parameter)` is `false` when the run is
to stop. The pointer is called as `pointer(step::Int64, parameter::Float64)::Int32`; without one
the hook always says go on.
"""
struct StepHook
    pointer::Ptr{Cvoid}
end

StepHook() = StepHook(C_NULL)
StepHook(address::Integer) = StepHook(Ptr{Cvoid}(UInt(address)))

(hook::StepHook)(step::Integer, parameter::Real) =
    hook.pointer == C_NULL ||
    ccall(hook.pointer, Int32, (Int64, Float64), step, parameter) != 0
