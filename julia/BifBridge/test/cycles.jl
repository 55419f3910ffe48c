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

found(field, state, p, omega, options, method) =
    only(BifBridge.continue_cycles(field, state, p, omega, options; method).polished)

@testset "a fold of cycles, located again" begin
    # r' = r(p + r² − r⁴), φ' = 1 + 0.3 r²: the fold lies at p = −1/4, r² = 1/2.
    function bent(z, p)
        s = z[1]^2 + z[2]^2
        growth, spin = p + s - s^2, 1 + 0.3 * s
        return [growth * z[1] - spin * z[2], growth * z[2] + spin * z[1]]
    end
    point = found(Field(bent, 2, 0), [0.0, 0.0], 0.0, 1.0, CYCLES, COLLOCATION)
    @test point.kind == "fold"
    @test point.parameter ≈ -0.25 atol = 1e-11
    @test point.period ≈ 2π / 1.15 rtol = 1e-8
    @test all(isapprox.(point.multipliers, 1; atol = 1e-5))
end

@testset "a period doubling of the Rössler system, whatever the mesh" begin
    roessler(z, a) = [-z[2] - z[3], z[1] + a * z[2], 2 + z[3] * (z[1] - 4)]
    field = Field(roessler, 3, 0)
    # Where p ends before the next period doubling.
    options = merge(CYCLES, (continuation = merge(CYCLES.continuation, (p_max = 0.36,)),))
    branch = BifBridge.continue_equilibria(field, [0.0, 0.0, 0.5], 0.02, options; directions = [1.0])
    hopf = only(point for point in branch.ways[1].polished if point.kind == "hopf")
    points = map((20, 40)) do ntst
        method = merge(COLLOCATION, (ntst = ntst, delta_p = 0.0))
        found(field, hopf.state, hopf.parameter, hopf.omega, options, method)
    end
    @test all(point -> point.kind == "pd", points)
    @test points[1].parameter ≈ points[2].parameter rtol = 1e-8
    @test points[1].normal_form.b3 ≈ points[2].normal_form.b3 rtol = 1e-5
    @test minimum(abs.(points[2].multipliers .+ 1)) < 1e-10
end
