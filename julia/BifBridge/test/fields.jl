const RNN = """
function field(z, p, c)
    return -z .+ c.W * tanh.(p .* z) .+ c.b
end
"""

function linear_field(levels, widths, z, p, out)
    unsafe_store!(out, unsafe_load(p) * unsafe_load(z))
    return Int32(0)
end

@testset "fields" begin
    W, b = [0.3 -1.1; 0.7 0.4], [0.1, -0.2]
    F = load_field(RNN, (W = W, b = b); n = 2)
    z, p = [0.3, -0.5], 1.3
    exact = -z + W * tanh.(p * z) + b
    @test F(z, (p = p,)) ≈ exact
    @test F([0.3f0, -0.5f0], (p = 1.3,)) isa Vector{Float64}

    slope = Diagonal(1 .- tanh.(p * z) .^ 2)
    @test BifBridge.state_jacobian(F, z, (p = p,)) ≈ -I + p * W * slope
    @test BifBridge.evaluate(F, "jvp", z, p, Any[[1.0, 2.0]]) ≈ (-I + p * W * slope) * [1.0, 2.0]
    @test BifBridge.evaluate(F, "parameter", z, p) ≈ W * slope * z
    t = tanh.(p * z)
    second = -2 * p^2 * t .* (1 .- t .^ 2)
    third = p^3 * (1 .- t .^ 2) .* (6 * t .^ 2 .- 2)
    u, v, w = [1.0, 2.0], [-0.4, 0.7], [0.2, 0.9]
    @test BifBridge.evaluate(F, "second", z, p, Any[u, v]) ≈ W * (second .* u .* v)
    @test BifBridge.evaluate(F, "third", z, p, Any[u, v, w]) ≈ W * (third .* u .* v .* w)
    @test BifBridge.evaluate(F, "mixed", z, p, Any[u]) ≈
          W * ((1 .- t .^ 2) .* u + p * (-2 * t .* (1 .- t .^ 2)) .* z .* u)

    # The derivative of the Jacobian by the parameter: nested duals whose tags must not mix.
    by_p = ForwardDiff.derivative(q -> BifBridge.state_jacobian(F, z, (p = q,)), p)
    h = 1e-6
    difference = (BifBridge.state_jacobian(F, z, (p = p + h,)) -
                  BifBridge.state_jacobian(F, z, (p = p - h,))) / 2h
    @test by_p ≈ difference rtol = 1e-8

    # Other constants, the same text: nothing is compiled again.
    @test load_field(RNN, (W = 2W, b = b); n = 2).call.f === F.call.f

    # A callback through a C pointer, here to Julia itself: zᵢ' = p zᵢ for plain numbers.
    pointer = @cfunction(
        linear_field, Int32, (Int64, Ptr{Int64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}),
    )
    callback = BifBridge.CallbackField(pointer, 1, 0)
    @test BifBridge.as_field(callback)([2.0], (p = 3.0,)) == [6.0]

    # More than eight states: the Jacobian in blocks.
    n = 19
    M = [sin(i + 2j) for i in 1:n, j in 1:n]
    wide = Field((z, p) -> p .* (M * sin.(z)), n, 0)
    x = [0.1 * k for k in 1:n]
    @test BifBridge.state_jacobian(wide, x, (p = 2.0,)) ≈ 2 * M * Diagonal(cos.(x))
    @test BifBridge.jacobian(y -> [sum(abs2, y)], x) ≈ 2x'
end

@testset "bad fields" begin
    @test_throws BifBridge.FieldError load_field("function field(z, p, c"; n = 1)
    @test_throws BifBridge.FieldError load_field("g(z) = z"; n = 1)
    short = load_field("field(z, p, c) = [1.0]"; n = 2)
    @test_throws BifBridge.FieldError short([0.0, 0.0], (p = 0.0,))
    number = load_field("field(z, p, c) = 1.0"; n = 1)
    @test_throws BifBridge.FieldError number([0.0], (p = 0.0,))
    @test_throws ArgumentError BifBridge.evaluate(Field((z, p) -> z, 1, 0), "fourth", [0.0], 0.0)
end
