# A very small JSON writer: objects are vectors of pairs, so the order is kept.
js(io, x::Nothing, i) = print(io, "null")
js(io, x::Missing, i) = print(io, "null")
js(io, x::Bool, i) = print(io, x ? "true" : "false")
js(io, x::Integer, i) = print(io, x)
js(io, x::AbstractFloat, i) = print(io, isfinite(x) ? repr(Float64(x)) : "null")
js(io, x::Rational, i) = js(io, float(x), i)
js(io, x::Complex, i) = js(io, [real(x), imag(x)], i)
js(io, x::Symbol, i) = js(io, String(x), i)
function js(io, x::AbstractString, i)
    print(io, '"')
    for c in x
        c == '"' ? print(io, "\\\"") : c == '\\' ? print(io, "\\\\") : c == '\n' ? print(io, "\\n") : print(io, c)
    end
    print(io, '"')
end
js(io, x::Pair, i) = js(io, [x], i)
function js(io, x::Union{NamedTuple, Vector{<:Pair}}, i)
    kv = x isa NamedTuple ? collect(pairs(x)) : x
    if isempty(kv); print(io, "{}"); return; end
    print(io, "{\n")
    for (j, (k, v)) in enumerate(kv)
        print(io, " "^(i+1)); js(io, string(k), i); print(io, ": "); js(io, v, i+1)
        print(io, j < length(kv) ? ",\n" : "\n")
    end
    print(io, " "^i, "}")
end
function js(io, x::Union{AbstractArray, Tuple}, i)
    if x isa AbstractArray && ndims(x) > 1          # nested lists, first index outermost
        x = [collect(selectdim(x, 1, k)) for k in axes(x, 1)]
    end
    flat = all(v -> v isa Union{Number, Symbol, AbstractString, Nothing}, x) ||
           all(v -> (v isa AbstractArray && all(w -> w isa Number, v)), x)
    print(io, "[")
    for (j, v) in enumerate(x)
        flat || print(io, "\n", " "^(i+1))
        js(io, v, i+1)
        j < length(x) && print(io, flat ? ", " : ",")
    end
    flat || isempty(x) || print(io, "\n", " "^i)
    print(io, "]")
end
const OBJ = Vector{Pair{String, Any}}
obj(ps...) = Pair{String, Any}[String(k) => v for (k, v) in ps]
