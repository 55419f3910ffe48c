# Evaluates translated fields and their derivatives for the tests, over standard input and output.
#
# Requests and answers are lines of words and numbers. Derivatives are ForwardDiff's where it is
# installed, else those of the dual numbers beside this file.

const FORWARD_DIFF = try
    @eval import ForwardDiff
    true
catch
    false
end
FORWARD_DIFF || include(joinpath(@__DIR__, "julia_duals.jl"))

numbers(line, T = Float64) = T[parse(T, word) for word in split(line)]

function read_constant(io)
    words = split(readline(io))
    name, kind, sizes = words[1], words[2], words[3:end]
    T = kind == "f" ? Float64 : kind == "i" ? Int : Bool
    entries = T[T === Bool ? word == "1" : parse(T, word) for word in split(readline(io))]
    return Symbol(name) => reshape(entries, Tuple(parse.(Int, sizes)))
end

function read_field(io, n_lines, n_constants)
    source = join([readline(io) for _ in 1:n_lines], "\n")
    constants = [read_constant(io) for _ in 1:n_constants]
    room = Module(:Room)
    include_string(room, source)
    c = NamedTuple{Tuple(first.(constants))}(Tuple(last.(constants)))
    return (z, p) -> Base.invokelatest(room.field, z, p, c)
end

# d/dt g(t) at 0. Of nested derivatives the innermost has the greatest level, the outer layer.
slope(g, level) =
    FORWARD_DIFF ? ForwardDiff.derivative(g, 0.0) :
    map(x -> slope_of(x, level), g(Dual{level}(0.0, 1.0)))

function derivative(F, z, p, directions)
    isempty(directions) && return F(z, p)
    (v, q), rest = directions[1], directions[2:end]
    g(t) = derivative(F, any(!iszero, v) ? z .+ t .* v : z, any(!iszero, q) ? p .+ t .* q : p, rest)
    return slope(g, 9 - length(rest))
end

function evaluate(F, io, n_directions)
    z = numbers(readline(io))
    words = split(readline(io))
    kind = words[1]
    p = kind == "number" ? parse(Float64, words[2]) : parse.(Float64, words[2:end])
    directions = Any[]
    for _ in 1:n_directions
        v, q = numbers(readline(io)), numbers(readline(io))
        push!(directions, (v, kind == "number" ? q[1] : q))
    end
    return derivative(F, z, p, directions)
end

function serve(io, out)
    F = nothing
    while !eof(io)
        words = split(readline(io))
        command, counts = words[1], words[2:end]
        try
            if command == "field"
                F = read_field(io, parse.(Int, counts)...)
                println(out, "ok")
            else
                result = evaluate(F, io, parse(Int, counts[1]))
                eltype(result) === Float64 || error("the result is a $(typeof(result))")
                println(out, "ok ", join(result, " "))
            end
        catch problem
            println(out, "error ", replace(sprint(showerror, problem), '\n' => " | "))
        end
        flush(out)
    end
end

println("ready ", VERSION, " ", FORWARD_DIFF ? "ForwardDiff" : "duals")
flush(stdout)
serve(stdin, stdout)
