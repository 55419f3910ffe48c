# Vector fields: one concrete type for all of them, so that BifurcationKit is compiled once.

"""
    Field(call, n, parameters)

A vector field of `n` states behind one type. `call(z, p)` takes a number `p` where `parameters`
is 0, else a vector of that length.

As a function of `(z, par)`, `par` a NamedTuple of the parameters, it is what BifurcationKit
wants. The call goes through `invokelatest`, since the function may be younger than its caller;
it costs some tens of nanoseconds, and the result has a known type again.
"""
struct Field
    call::Any
    n::Int
    parameters::Int
end

function (F::Field)(z::AbstractVector, par::NamedTuple)
    T = promote_type(eltype(z), map(typeof, values(par))...)
    p = F.parameters == 0 ? first(par) : T[par...]
    return _state(T, Base.invokelatest(F.call, z, p), F.n)
end

_state(::Type{T}, out::Vector{T}, n) where {T} = length(out) == n ? out : _refuse(out, n)
function _state(::Type{T}, out, n)::Vector{T} where {T}
    out isa AbstractVector && length(out) == n || _refuse(out, n)
    return convert(Vector{T}, out)
end

_refuse(out, n) = throw(FieldError(
    "the field returned $(summary(out)), expected a vector of length $n, as long as the state",
))

# A loaded function with its constants.
struct Loaded
    f::Any
    constants::NamedTuple
end

(L::Loaded)(z, p) = L.f(z, p, L.constants)

# Other weights for the same text are no reason to compile again.
const LOADED = Dict{String,Any}()

"""
    load_field(source, constants = (;); n, parameters = 0) -> Field

The field that `source` defines as `field(z, p, c)`, with `constants` as its `c`.

The text is evaluated in a module of its own, once per text: with other constants of the same
types nothing is compiled again.
"""
function load_field(source::AbstractString, constants::NamedTuple = (;); n, parameters = 0)
    f = get!(() -> _evaluate(String(source)), LOADED, String(source))
    return Field(Loaded(f, constants), n, parameters)
end

function _evaluate(source::String)
    parsed = try
        Meta.parseall(source)
    catch error
        throw(FieldError("the field's source does not parse: $(oneline(error))"))
    end
    room = Module(:BifBridgeField)
    Core.eval(room, :(const LinearAlgebra = $LinearAlgebra))
    Core.eval(room, :(using .LinearAlgebra))
    try
        Core.eval(room, parsed)
    catch error
        throw(FieldError("the field's source cannot be evaluated: $(oneline(error))"))
    end
    isdefined(room, :field) ||
        throw(FieldError("the field's source defines no function called `field`"))
    return Base.invokelatest(getfield, room, :field)
end

"""
    as_field(request) -> Field

A field from what a caller hands over: a `Field`, a `CallbackField`, or a NamedTuple with
`source`, `constants`, `n` and `parameters`.
"""
as_field(field::Field) = field
as_field(field::CallbackField) = Field(field, field.n, field.parameters)
as_field(request::NamedTuple) = load_field(
    request.source, request.constants; n = request.n, parameters = request.parameters,
)

"The parameters of a one-parameter problem."
one_parameter(p::Real) = (p = Float64(p),)
"The parameters of a two-parameter problem."
two_parameters(p::Real, q::Real) = (p = Float64(p), q = Float64(q))

const LENS = @optic _.p
const SECOND_LENS = @optic _.q

# The function of the state alone.
struct At{P}
    field::Field
    par::P
end

(A::At)(z) = A.field(z, A.par)
with_parameter(par::NamedTuple, p) = merge(par, (p = p,))
