const COLLOCATION = (
    name = "Collocation", ntst = 20, m = 4, meshadapt = true, max_period = 1e3, delta_p = 0.01,
    nodes = [0.0, 0.25, 0.5, 0.75, 1.0], segments = 1, abstol = 1e-11, reltol = 1e-11,
)
const CYCLES = default_options(
    p_min = -1.0, p_max = 1.0,
    continuation = (ds = 0.01, dsmax = 0.1, max_steps = 40, tol_stability = 1e-6),
    newton = (tol = 1e-10, max_iterations = 15),
)

# Stuart–Landau: radius² = p/1.5, ω = 2 + 0.7 p/1.5, multiplier exp(−2pT).
function check_circles(result)
    p = result.parameters
    omega = 2 .+ 0.7 .* p ./ 1.5
    @test result.periods ≈ 2π ./ omega rtol = 1e-6
    radius = sqrt.(sum(abs2, result.nodes; dims = 4))
    for k in eachindex(p)
        @test all(isapprox.(radius[k, :, :, 1], sqrt(p[k] / 1.5); rtol = 1e-4))
        multipliers = sort(abs.(result.multipliers[k, :]))
        @test multipliers[1] ≈ exp(-2 * p[k] * result.periods[k]) rtol = 1e-3
        @test multipliers[2] ≈ 1 rtol = 1e-4
    end
end

@testset "cycles by collocation" begin
    method = COLLOCATION
    result = BifBridge.continue_cycles(OSCILLATOR, [0.0, 0.0], 0.0, 2.0, CYCLES; method)
    @test length(result.parameters) > 5
    @test size(result.nodes)[2:end] == (20, 5, 2)
    check_circles(result)
end

@testset "cycles by shooting" begin
    method = merge(COLLOCATION, (name = "Shooting", segments = 2))
    if !BifBridge.has_ode_solver()
        @test_throws BifBridge.MissingPackageError BifBridge.continue_cycles(
            OSCILLATOR, [0.0, 0.0], 0.0, 2.0, CYCLES; method,
        )
    else
        check_circles(BifBridge.continue_cycles(OSCILLATOR, [0.0, 0.0], 0.0, 2.0, CYCLES; method))
    end
end
