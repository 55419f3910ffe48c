@testset "the arms of a pitchfork" begin
    options = settings(p_min = -1.0, p_max = 1.0)
    ways = BifBridge.switch_branch(POLYNOMIAL, [0.0], 0.0, [0.0, 1.0], options).ways
    @test length(ways) == 2
    for way in ways
        @test way.states[2:end, 1] .^ 2 ≈ way.parameters[2:end] rtol = 1e-8
        @test way.status == "span_end"
    end
    @test sort([sign(way.states[end, 1]) for way in ways]) == [-1.0, 1.0]
end

@testset "the arms of a transcritical point" begin
    field = Field((z, p) -> p .* z .- z .^ 2, 1, 0)
    options = settings(p_min = -1.0, p_max = 1.0)
    ways = BifBridge.switch_branch(field, [0.0], 0.0, [0.0, 1.0], options).ways
    @test length(ways) == 2
    @test all(way.states[2:end, 1] ≈ way.parameters[2:end] for way in ways)
    @test sort([way.parameters[end] for way in ways]) == [-1.0, 1.0]
end

@testset "a whole diagram" begin
    options = settings(p_min = -1.0, p_max = 1.0)
    branches = BifBridge.whole_diagram(POLYNOMIAL, [0.0], -1.0, options; depth = 1).branches
    @test branches[1].level == 0 && branches[1].parent == -1
    @test length(branches) >= 3
    @test all(entry.parent == 0 && entry.code == 0 for entry in branches[2:end])
end

@testset "deflation" begin
    options = settings(p_min = -1.0, p_max = 1.0)
    starts = reshape([0.4, 2.0], 2, 1)
    states = BifBridge.deflated_equilibria(POLYNOMIAL, starts, 1.0, options).states
    @test sort(vec(states)) ≈ [-1, 0, 1] atol = 1e-9
    # The cubic p + z − z³: one root at p = −1, three at p = 0.
    field = Field((z, p) -> p .+ z .- z .^ 3, 1, 0)
    options = settings(p_min = -1.0, p_max = 0.0, ds = 0.05)
    start = BifBridge.deflated_equilibria(field, reshape([-1.3], 1, 1), -1.0, options).states
    @test size(start, 1) == 1
    ways = BifBridge.deflated_continuation(field, start[1, :], -1.0, options).ways
    ends = [way.states[end, 1] for way in ways if abs(way.parameters[end]) < 1e-12]
    @test sort(ends) ≈ [-1, 0, 1] atol = 1e-8
end
