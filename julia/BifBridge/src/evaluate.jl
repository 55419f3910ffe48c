# A field and its derivatives at a point: for the self-test at every crossing.

"""
    evaluate(field, kind, z, p, directions = [])

The field, or a derivative of it, at a state.

`kind` is "value", "jvp" (one direction), "parameter" (∂F/∂p, a matrix where there are several),
"second" (two directions), "third" (three), "jacobian", or "mixed" (∂²F/∂z∂p·v).
"""
function evaluate(request, kind::AbstractString, z::AbstractVector, p, directions = Any[])
    F = as_field(request)
    f(state) = F(state, _named(p))
    v = [Vector{Float64}(direction) for direction in directions]
    kind == "value" && return f(z)
    kind == "jacobian" && return state_jacobian(F, z, _named(p))
    kind == "jvp" && return along(f, z, v[1])
    kind == "second" && return along(s -> along(f, s, v[1]), z, v[2])
    kind == "third" && return along(s -> along(r -> along(f, r, v[1]), s, v[2]), z, v[3])
    kind == "parameter" && return _by_parameter(q -> F(z, _named(q)), p)
    kind == "mixed" &&
        return _by_parameter(q -> along(s -> F(s, _named(q)), z, v[1]), p)
    throw(ArgumentError("evaluate: got kind $(repr(kind)), expected \"value\", \"jvp\", " *
                        "\"parameter\", \"second\", \"third\", \"jacobian\" or \"mixed\""))
end

along(f, z, v) = ForwardDiff.derivative(t -> f(z .+ t .* v), zero(eltype(v)))

_named(p::Real) = (p = p,)
_named(p::AbstractVector) = NamedTuple{ntuple(k -> Symbol(:p, k), length(p))}(Tuple(p))

_by_parameter(f, p::Real) = ForwardDiff.derivative(f, Float64(p))
_by_parameter(f, p::AbstractVector) = ForwardDiff.jacobian(f, Vector{Float64}(p))
