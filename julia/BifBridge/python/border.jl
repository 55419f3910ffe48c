# The border between Python and BifBridge: plain data in, plain data out. Included by bifbridge's
# Python side into a module of its own; everything else of BifBridge knows nothing of Python.
#
# In: a value arrives as the tuple (kind, content). Out: Python's own types and numpy arrays.

using PythonCall
import BifBridge

const numpy = pyimport("numpy")

const DECODERS = Dict{String,Function}(
    "none" => x -> nothing,
    "bool" => x -> pyconvert(Bool, x),
    "int" => x -> pyconvert(Int, x),
    "float" => x -> pyconvert(Float64, x),
    "complex" => x -> pyconvert(ComplexF64, x),
    "text" => x -> pyconvert(String, x),
    "array" => x -> Array(PyArray(x)),
    "list" => x -> map(identity, Any[decode(item) for item in x]),
    "tuple" => x -> Tuple(Any[decode(item) for item in x]),
    "dict" => x -> named(x),
    "pointer" => x -> pointed(x),
)

decode(x::Py) = DECODERS[pyconvert(String, x[0])](x[1])

function named(x::Py)
    pairs = [Symbol(pyconvert(String, item[0])) => decode(item[1]) for item in x]
    return (; pairs...)
end

# A C function, such as the one behind a field: the name of BifBridge's type and its arguments.
function pointed(x::Py)
    constructor = getfield(BifBridge, Symbol(pyconvert(String, x[0])))
    return constructor((pyconvert(Int, argument) for argument in x[1])...)
end

const Numeric = Union{Bool,Int64,Float64,ComplexF64}
array(x) = numpy.array(Py(Array(x)), order = "C")

encode(x::Union{Nothing,Missing}) = pybuiltins.None
encode(x::Union{Bool,Integer,Float64,AbstractString}) = Py(x)
encode(x::AbstractFloat) = Py(Float64(x))
encode(x::Complex) = Py(ComplexF64(x))
encode(x::Symbol) = Py(String(x))
encode(x::Tuple) = pytuple([encode(item) for item in x])
encode(x::NamedTuple) = pydict(Dict(String(name) => encode(x[name]) for name in keys(x)))
encode(x::AbstractDict) = pydict(Dict(string(key) => encode(value) for (key, value) in x))
encode(x::AbstractArray{<:Numeric}) = array(x)
# Said again for vectors: a method for any vector is otherwise taken for the nearer one.
encode(x::AbstractVector{<:Numeric}) = array(x)
encode(x::AbstractRange{<:Integer}) = array(collect(Int64, x))
encode(x::AbstractVector) = pylist([encode(item) for item in x])
encode(x) = throw(ArgumentError("a $(typeof(x)) cannot be handed to Python as plain data"))

# Everything that was thrown, the last first: juliacall shows only one link of this chain.
function described(exceptions)
    messages = [sprint(showerror, link.exception) for link in reverse(exceptions)]
    return join(messages, "\ncaused by: ")
end

traced(exceptions) = sprint(Base.show_backtrace, last(exceptions).backtrace)

"""
    invoke(name, arguments, keywords)

Call `BifBridge.name` with encoded arguments: `(True, result)`, or `(False, (message, backtrace))`.
"""
function invoke(name, arguments, keywords)
    try
        entry = getfield(BifBridge, Symbol(pyconvert(String, Py(name))))
        positional, named = decode(Py(arguments)), decode(Py(keywords))
        result = Base.invokelatest(entry, positional...; named...)
        return pytuple((true, encode(result)))
    catch
        exceptions = current_exceptions()
        return pytuple((false, pytuple((described(exceptions), traced(exceptions)))))
    end
end

const python_invoke = pyfunc(invoke; name = "invoke")
