using BifBridge: CallbackError, CallbackField, StepHook, jacobian

# The other side of the border, in Julia: it reads the coefficients back as nested duals, so that
# what crosses must be laid out as `CallbackField` says.
struct OtherSide end

dual_type(widths) =
    foldr((width, inner) -> ForwardDiff.Dual{OtherSide,inner,Int(width)}, widths; init = Float64)

cubic(z, p) = [p * z[1] - z[1]^3 + z[2], tanh(z[1]) * z[2] + p^2]

function other_side(levels::Int64, widths::Ptr{Int64}, z::Ptr{Cvoid}, p::Ptr{Cvoid}, out::Ptr{Cvoid})
    D = dual_type([unsafe_load(widths, k) for k in 1:levels])
    states, parameter = unsafe_wrap(Array, Ptr{D}(z), 2), unsafe_load(Ptr{D}(p))
    any(isnan, states) && return Int32(7)
    unsafe_wrap(Array, Ptr{D}(out), 2) .= cubic(states, parameter)
    return Int32(0)
end

const OTHER_SIDE =
    @cfunction(other_side, Int32, (Int64, Ptr{Int64}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}))

along(f, z, v) = ForwardDiff.derivative(t -> f(z .+ t .* v), 0.0)

@testset "callback" begin
    F = CallbackField(OTHER_SIDE, 2, 0)
    z, p, v, w = [0.3, -0.7], 1.3, [1.0, 2.0], [-0.5, 0.25]

    @testset "derivatives of any order, in state and parameter" begin
        callback, direct = s -> F(s, p), s -> cubic(s, p)
        second(g) = along(s -> along(g, s, v), z, w)
        third(g) = along(s -> along(r -> along(g, r, v), s, w), z, v)
        @test callback(z) == direct(z)
        @test along(callback, z, v) ≈ along(direct, z, v) rtol = 1e-15
        @test second(callback) ≈ second(direct) rtol = 1e-14
        @test third(callback) ≈ third(direct) rtol = 1e-14
        @test ForwardDiff.jacobian(s -> F(s, p), z) ≈ ForwardDiff.jacobian(s -> cubic(s, p), z)
        @test jacobian(F, z, p) ≈ ForwardDiff.jacobian(s -> cubic(s, p), z)
        mixed(g) = ForwardDiff.derivative(q -> along(s -> g(s, q), z, v), p)
        @test mixed(F) ≈ mixed(cubic)
        by_parameter(g) = ForwardDiff.derivative(q -> g(z, q), p)
        @test by_parameter(F) ≈ by_parameter(cubic)
    end

    @testset "what is refused" begin
        @test_throws CallbackError(7) F([NaN, 0.0], p)
        @test_throws DimensionMismatch F([1.0], p)
        @test_throws DimensionMismatch F(z, [1.0, 2.0])
        @test_throws ArgumentError F(big.(z), p)
    end

    @testset "hooks" begin
        stop_at_three(step::Int64, parameter::Float64) = Int32(step < 3)
        hook = StepHook(@cfunction($stop_at_three, Int32, (Int64, Float64)).ptr)
        @test hook(2, 0.1)
        @test !hook(3, 0.1)
        @test StepHook()(1, 0.0)
    end
end
